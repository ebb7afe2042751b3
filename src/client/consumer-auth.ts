import type { ResolvedConfig } from "../config/options.js";
import type { CallOptions } from "../ladder/flights.js";
import type { Prompt } from "../ladder/prompt.js";
import type { Credential } from "../sources/credential.js";
import type { ConsumerAuthEventMap } from "./events.js";
import type { Session } from "./session.js";

/** How far a sign-out goes. */
export interface SignOutOptions {
  /** Default `false`. With `true` the session at the identity provider ends too: the page goes there and comes back. */
  readonly everywhere?: boolean;
}

/** The headless client: everything but what a person sees. */
export interface ConsumerAuth {
  /** The configuration, checked, with its defaults. */
  readonly config: ResolvedConfig;
  /** What is known of the consumer right now. */
  readonly session: Session;
  /**
   * Puts the page method where the connector says, and the identity function into
   * `lpTag.identities`; from now on the client keeps up with the consumer between calls.
   *
   * @returns takes them away again, and puts back what was there before
   * @throws Error with `code` `page_method_conflict` where the place can't be written to
   */
  expose(): () => void;
  /**
   * Gets what the window gets: the cheapest credential that the engagement allows.
   *
   * @param call - the window's challenge, whether a person may be asked, what the identity provider
   * is asked for, an abort signal
   * @throws ConsumerAuthError whose `code` says why there is none, and whose `attempts` say what was
   * tried. It settles within `answerTimeout`; where a person is asked, `interactionTimeout` and a
   * second `answerTimeout` may come on top
   */
  getCredential(call?: CallOptions): Promise<Credential>;
  /**
   * Has the consumer sign in, whoever they were before; best called from a click. With `acrValues` or
   * `maxAge` it asks for more proof (step-up).
   *
   * @returns the session of who has signed in
   * @throws ConsumerAuthError as {@link ConsumerAuth.getCredential}; `invalid_call` where there is no
   * sign-in
   */
  signIn(call?: Omit<CallOptions, "codeChallenge" | "interactive">): Promise<Session>;
  /**
   * Forgets the consumer in all tabs of this browser, the anonymous person too, and revokes the refresh
   * token. With `everywhere` the page goes to the identity provider, which ends its session too, and
   * comes back.
   */
  signOut(options?: SignOutOptions): Promise<void>;
  /**
   * Has this prompt ask the consumer, in place of the library's own.
   *
   * @returns takes it away again
   */
  readonly attachPrompt: (prompt: Prompt) => () => void;
  addEventListener<Name extends keyof ConsumerAuthEventMap>(
    type: Name,
    listener: (event: ConsumerAuthEventMap[Name]) => void,
    options?: AddEventListenerOptions,
  ): void;
  removeEventListener<Name extends keyof ConsumerAuthEventMap>(
    type: Name,
    listener: (event: ConsumerAuthEventMap[Name]) => void,
  ): void;
}

/** A client as the rest of this package sees it. */
export interface Client extends ConsumerAuth {
  /** Answers one call of the window. */
  answer(codeChallenge: unknown): Promise<Credential>;
  /**
   * Keeps up with the consumer between calls.
   *
   * @returns ends it
   */
  accompany(): () => void;
}
