import { systemClock, type Clock } from "../base/clock.js";
import { settleBy } from "../base/deadline.js";
import { ConsumerAuthError } from "../base/errors.js";
import type { ResolvedConfig } from "../config/options.js";
import type { exposePageMethod } from "../engagement/page-method.js";
import { createFlights, type CallOptions } from "../ladder/flights.js";
import { declined, inGesture } from "../ladder/interactive.js";
import { climb } from "../ladder/ladder.js";
import type { Prompt } from "../ladder/prompt.js";
import { readCodeChallenge } from "../oidc/pkce.js";
import type { Credential, IdTokenCredential } from "../sources/credential.js";
import { openPopup } from "../transports/popup.js";
import type { ConsumerAuthEventMap } from "./events.js";
import { createLoaders } from "./loaders.js";
import { createPromptSwitch } from "./prompt-port.js";
import { createRungs, mayAsk, mayBeAnonymous } from "./rungs.js";
import { createSessionKeeper, type Session } from "./session.js";

/** The headless client: everything but what a person sees. */
export interface ConsumerAuth {
  /** The configuration, checked, with its defaults. */
  readonly config: ResolvedConfig;
  /** What is known of the consumer right now. */
  readonly session: Session;
  /**
   * Puts the page method where the connector says.
   *
   * @returns takes it away again, and puts back what was there before
   * @throws Error with `code` `page_method_conflict` where the place can't be written to
   */
  expose(): () => void;
  /**
   * Gets what the window gets: the cheapest credential that the engagement allows.
   *
   * @param call - the window's challenge, whether a person may be asked, an abort signal
   * @throws ConsumerAuthError whose `code` says why there is none, and whose `attempts` say what was
   * tried. It settles within `answerTimeout`; where a person is asked, `interactionTimeout` and a
   * second `answerTimeout` may come on top
   */
  getCredential(call?: CallOptions): Promise<Credential>;
  /**
   * Has the consumer sign in, whoever they were before; best called from a click.
   *
   * @returns the session of who has signed in
   * @throws ConsumerAuthError as {@link ConsumerAuth.getCredential}; `invalid_call` where the
   * engagement knows no sign-in
   */
  signIn(call?: Pick<CallOptions, "signal">): Promise<Session>;
  /** Forgets the consumer in this browser, the anonymous person too. The provider isn't told. */
  signOut(): Promise<void>;
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

/** What a client takes from its surroundings. */
export interface Surroundings {
  /** Has a prompt attach itself, when the page has attached none. */
  readonly bringUpPrompt: (auth: ConsumerAuth) => Promise<void>;
  /** The script tag has it already when the client loads. */
  readonly exposePageMethod: typeof exposePageMethod;
  readonly clock?: Clock;
}

/** An ID token with less life left than this many milliseconds is not handed over again. */
const margin = 30_000;

/**
 * Makes a client. It touches nothing on the page before one of its methods is called.
 *
 * @param config - the checked configuration
 * @param surroundings - the prompt, the page method, and a clock
 */
export function createClient(
  config: ResolvedConfig,
  { bringUpPrompt, exposePageMethod, clock = systemClock }: Surroundings,
): ConsumerAuth {
  const events = new EventTarget();
  let stored: IdTokenCredential | undefined;
  let justSignedOut = false;
  let exposed: (() => void) | undefined;

  const emit = <Name extends keyof ConsumerAuthEventMap>(
    type: Name,
    detail: ConsumerAuthEventMap[Name]["detail"],
  ): void => {
    events.dispatchEvent(new CustomEvent(type, { detail }));
  };
  const report = (error: ConsumerAuthError): void => {
    emit("error", error);
  };
  const session = createSessionKeeper(clock, (now) => {
    emit("sessionchange", now);
  });
  const prompt = createPromptSwitch(() => bringUpPrompt(auth));
  const loaders = createLoaders({ config, clock }, report);

  function readStored(): IdTokenCredential | undefined {
    const expiry = stored?.claims && stored.claims.exp * 1000;
    return expiry !== undefined && expiry - clock.now() > margin ? stored : undefined;
  }

  // Whoever has just signed out did not click in order to sign in.
  const mayOpen = (): boolean => inGesture() && !justSignedOut;

  const getRungs = createRungs({
    config,
    readStored,
    loadSource: loaders.authorization,
    loadAnonymous: loaders.anonymous,
    prompt,
    mayOpen,
    onBegin: session.begin,
    onEnd: session.end,
    onSignIn: (credential) => {
      stored = credential.kind === "id_token" ? credential : undefined;
      // Who has signed in is no anonymous person any more.
      forgetPerson().catch(report);
    },
  });

  async function forgetPerson(): Promise<void> {
    if (mayBeAnonymous(config)) await (await loaders.anonymous()).forget();
  }

  function keep(credential: Credential): Credential {
    // Whoever signed in while a guest's token was on its way is no guest.
    const kept = (credential.kind === "anonymous" ? readStored() : undefined) ?? credential;
    if (kept !== credential) forgetPerson().catch(report);
    justSignedOut = false;
    session.take(kept);
    return kept;
  }

  const flights = createFlights(
    {
      fly: (flight, signIn) => climb(getRungs(signIn), flight),
      land({ credential, attempts, failures }) {
        const kept = keep(credential);
        failures.forEach(report);
        emit("credential", { kind: kept.kind, attempts });
        return kept;
      },
      fail(error) {
        session.fail(error);
        report(error);
      },
    },
    config.answerTimeout,
  );

  /** A popup opens at once where nothing else can come of the call. */
  const openAtOnce = (call: CallOptions, signIn: boolean) => (): Window | undefined =>
    call.interactive !== false &&
    (signIn || !(mayBeAnonymous(config) || readStored())) &&
    !prompt.isShown() &&
    mayAsk(config) &&
    mayOpen()
      ? openPopup()
      : undefined;

  const auth: ConsumerAuth = {
    config,
    get session() {
      return session.read();
    },
    expose() {
      const conceal = (exposed ??= exposePageMethod({
        ...config,
        answer: (challenge) => auth.getCredential({ codeChallenge: challenge as string }),
        nothing: () => (takesCode(config) ? {} : ""),
      }));
      return () => {
        if (exposed === conceal) exposed = undefined;
        conceal();
      };
    },
    async getCredential(call = {}) {
      const codeChallenge = readCodeChallenge(call.codeChallenge);
      return flights.join({ ...call, codeChallenge }, false, openAtOnce(call, false));
    },
    async signIn(call = {}) {
      if (!mayAsk(config)) {
        throw new ConsumerAuthError("invalid_call", "This engagement has no sign-in.");
      }
      justSignedOut = false;
      if (prompt.isShown()) {
        // Somebody is being asked already: this click answers.
        const change = new Promise((resolve) => {
          events.addEventListener("sessionchange", resolve, { once: true });
        });
        prompt.press();
        await settleBy(call.signal, change);
        const now = session.read();
        if (now.state === "authenticated") return now;
        throw now.error ?? declined();
      }
      await flights.join(call, true, openAtOnce(call, true));
      return session.read();
    },
    async signOut() {
      flights.abort(new ConsumerAuthError("aborted", "The consumer signed out."));
      stored = undefined;
      justSignedOut = true;
      session.clear();
      await forgetPerson();
    },
    attachPrompt: prompt.attach,
    addEventListener: events.addEventListener.bind(events) as ConsumerAuth["addEventListener"],
    removeEventListener: events.removeEventListener.bind(
      events,
    ) as ConsumerAuth["removeEventListener"],
  };
  return auth;
}

/** Whether the window gets a code. */
const takesCode = ({ flow, exchange }: ResolvedConfig): boolean =>
  flow === "code" && exchange === "window";
