import { systemClock, type Clock } from "../base/clock.js";
import { abortError } from "../base/deadline.js";
import { ConsumerAuthError, toConsumerAuthError } from "../base/errors.js";
import type { ConsumerAuthConfig, ResolvedConfig } from "../config/options.js";
import { validateConfig } from "../config/validate.js";
import { exposePageMethod } from "../engagement/page-method.js";
import { createFlights, type CallOptions } from "../ladder/flights.js";
import { inGesture } from "../ladder/interactive.js";
import { climb } from "../ladder/ladder.js";
import type { Prompt } from "../ladder/prompt.js";
import { readCodeChallenge } from "../oidc/pkce.js";
import type { Credential, IdTokenCredential } from "../sources/credential.js";
import { openPopup } from "../transports/popup.js";
import {
  AuthErrorEvent,
  CredentialEvent,
  SessionChangeEvent,
  type ConsumerAuthEventMap,
} from "./events.js";
import { createLoaders, loadFailed } from "./loaders.js";
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
   * @throws ConsumerAuthError `page_method_conflict`
   */
  expose(): () => void;
  /**
   * Gets what the window gets: the cheapest credential that the engagement allows.
   *
   * @param call - the window's challenge, whether a person may be asked, an abort signal
   * @throws ConsumerAuthError whose `code` says why there is none, and whose `attempts` say what was
   * tried; always within `answerTimeout`, and `interactionTimeout` where a person acts
   */
  getCredential(call?: CallOptions): Promise<Credential>;
  /**
   * Has the consumer sign in, whoever they were before; best called from a click.
   *
   * @throws ConsumerAuthError as {@link ConsumerAuth.getCredential}; `invalid_call` where the
   * engagement knows no sign-in
   */
  signIn(call?: Pick<CallOptions, "signal">): Promise<Credential>;
  /** Forgets the consumer in this browser, the anonymous person too. The provider isn't told. */
  signOut(): Promise<void>;
  /**
   * Has this prompt ask the consumer, in place of the library's own.
   *
   * @returns takes it away again
   */
  attachPrompt(prompt: Prompt): () => void;
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
  readonly clock?: Clock;
}

/** An ID token with less life left than this many milliseconds is not handed over again. */
const margin = 30_000;

/**
 * Makes a client. It touches nothing on the page before one of its methods is called.
 *
 * @param options - the configuration, in the connector's words
 * @param surroundings - the prompt, and a clock
 * @throws ConfigError with every mistake of the configuration
 */
export function createClient(
  options: ConsumerAuthConfig,
  { bringUpPrompt, clock = systemClock }: Surroundings,
): ConsumerAuth {
  const config = validateConfig(options);
  const events = new EventTarget();
  let stored: IdTokenCredential | undefined;
  // Unknown until the store was read; a popup opened at once would be in a known guest's way.
  let person: "unknown" | "none" | "known" = mayBeAnonymous(config) ? "unknown" : "none";
  let exposures = 0;
  let conceal: () => void = () => undefined;

  const report = (error: ConsumerAuthError): void => {
    events.dispatchEvent(new AuthErrorEvent(error));
  };
  const session = createSessionKeeper(clock, (now) => {
    events.dispatchEvent(new SessionChangeEvent(now));
  });
  const prompt = createPromptSwitch(() => bringUpPrompt(auth).catch(loadFailed));
  const loaders = createLoaders({ config, clock }, report);

  function readStored(): IdTokenCredential | undefined {
    const expiry = stored?.claims && stored.claims.exp * 1000;
    return expiry !== undefined && expiry - clock.now() > margin ? stored : undefined;
  }

  const rungs = createRungs({
    config,
    readStored,
    loadSource: loaders.authorization,
    loadAnonymous: loaders.anonymous,
    prompt,
    onBegin: session.begin,
  });

  /** Keeps what may be kept; who has signed in is no anonymous person any more. */
  function keep(credential: Credential): void {
    stored = credential.kind === "id_token" ? credential : undefined;
    person = credential.kind === "anonymous" ? "known" : "none";
    if (person === "none") void forgetPerson();
    session.take(credential);
  }

  async function forgetPerson(): Promise<void> {
    if (!mayBeAnonymous(config)) return;
    try {
      await (await loaders.anonymous()).forget();
    } catch (error) {
      report(toConsumerAuthError(error));
    }
  }

  const flights = createFlights(async (flight) => {
    try {
      const landing = await climb(rungs, flight);
      if (flight.deadline.signal.aborted) throw abortError(flight.deadline.signal);
      keep(landing.credential);
      events.dispatchEvent(new CredentialEvent(landing.credential.kind, landing.attempts));
      return landing;
    } catch (thrown) {
      const error = toConsumerAuthError(thrown);
      session.fail(error);
      report(error);
      throw error;
    }
  }, config.answerTimeout);

  /** A popup opens at once where nothing else can come of the call. */
  const openAtOnce = (call: CallOptions, signIn: boolean) => (): Window | undefined =>
    call.interactive !== false &&
    mayAsk(config) &&
    (signIn || (person === "none" && !readStored())) &&
    inGesture()
      ? openPopup()
      : undefined;

  const auth: ConsumerAuth = {
    config,
    get session() {
      return session.read();
    },
    expose() {
      if (exposures++ === 0) {
        const { jsContext, jsMethodName, flow, exchange } = config;
        conceal = exposePageMethod({
          jsContext,
          jsMethodName,
          answer: (challenge) => auth.getCredential({ codeChallenge: challenge as string }),
          nothing: () => (flow === "code" && exchange === "window" ? {} : ""),
        });
      }
      let undone = false;
      return () => {
        if (!undone && --exposures === 0) conceal();
        undone = true;
      };
    },
    async getCredential(call = {}) {
      const codeChallenge = readCodeChallenge(call.codeChallenge);
      if (codeChallenge !== undefined && !takesChallenge(config)) {
        throw new ConsumerAuthError(
          "invalid_challenge",
          'The window passed a PKCE challenge, so its connector exchanges a code, but this page is configured to hand over a token: set flow to "code" and exchange to "window", or the connector to Implicit.',
        );
      }
      return flights.join({ ...call, codeChallenge }, false, openAtOnce(call, false));
    },
    async signIn(call = {}) {
      if (!mayAsk(config)) {
        throw new ConsumerAuthError(
          "invalid_call",
          'There is no sign-in with engagement "unauthenticated": configure "either".',
        );
      }
      return flights.join(call, true, openAtOnce(call, true));
    },
    async signOut() {
      flights.abort(new ConsumerAuthError("aborted", "The consumer signed out."));
      stored = undefined;
      person = "none";
      await forgetPerson();
      session.clear();
    },
    attachPrompt: prompt.attach,
    addEventListener(type, listener, listenerOptions) {
      events.addEventListener(type, listener as EventListener, listenerOptions);
    },
    removeEventListener(type, listener) {
      events.removeEventListener(type, listener as EventListener);
    },
  };
  return auth;
}

/** Whether a code goes to the window, or nobody signs in at all and a challenge means nothing. */
const takesChallenge = (config: ResolvedConfig): boolean =>
  (config.flow === "code" && config.exchange === "window") || !mayAsk(config);
