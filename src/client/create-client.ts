import { systemClock, type Clock } from "../base/clock.js";
import { abortError } from "../base/deadline.js";
import { ConsumerAuthError, toConsumerAuthError } from "../base/errors.js";
import type { ResolvedConfig } from "../config/options.js";
import type { exposePageMethod } from "../engagement/page-method.js";
import { createFlights, type CallOptions } from "../ladder/flights.js";
import { inGesture } from "../ladder/interactive.js";
import { climb } from "../ladder/ladder.js";
import type { Prompt } from "../ladder/prompt.js";
import { readCodeChallenge } from "../oidc/pkce.js";
import type { Credential, IdTokenCredential } from "../sources/credential.js";
import { openPopup } from "../transports/popup.js";
import type { ConsumerAuthEventMap } from "./events.js";
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
   * @throws Error with `code` `page_method_conflict` where the place can't be written to
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
  // Not known before the store was read; a popup opened at once would be in a guest's way.
  let noGuest = !mayBeAnonymous(config);
  let conceal: (() => void) | undefined;

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
  const prompt = createPromptSwitch(() => bringUpPrompt(auth).catch(loadFailed));
  const loaders = createLoaders({ config, clock }, report);

  function readStored(): IdTokenCredential | undefined {
    const expiry = stored?.claims && stored.claims.exp * 1000;
    return expiry !== undefined && expiry - clock.now() > margin ? stored : undefined;
  }

  const getRungs = createRungs({
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
    noGuest = credential.kind !== "anonymous";
    if (noGuest) void forgetPerson();
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

  const flights = createFlights(async (flight, signIn) => {
    try {
      const landing = await climb(getRungs(signIn), flight);
      if (flight.deadline.signal.aborted) throw abortError(flight.deadline.signal);
      keep(landing.credential);
      landing.failures.forEach(report);
      emit("credential", { kind: landing.credential.kind, attempts: landing.attempts });
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
    (signIn || (noGuest && !readStored())) &&
    inGesture()
      ? openPopup()
      : undefined;

  const auth: ConsumerAuth = {
    config,
    get session() {
      return session.read();
    },
    expose() {
      conceal ??= exposePageMethod({
        ...config,
        answer: (challenge) => auth.getCredential({ codeChallenge: challenge as string }),
        nothing: () => (takesCode(config) ? {} : ""),
      });
      return () => {
        conceal?.();
        conceal = undefined;
      };
    },
    async getCredential(call = {}) {
      const codeChallenge = readCodeChallenge(call.codeChallenge);
      if (codeChallenge && !takesCode(config) && mayAsk(config)) {
        throw new ConsumerAuthError(
          "invalid_challenge",
          'The window passed a PKCE challenge, so its connector wants flow "code" and exchange "window".',
        );
      }
      return flights.join({ ...call, codeChallenge }, false, openAtOnce(call, false));
    },
    async signIn(call = {}) {
      if (!mayAsk(config)) {
        throw new ConsumerAuthError("invalid_call", 'engagement "unauthenticated" has no sign-in.');
      }
      return flights.join(call, true, openAtOnce(call, true));
    },
    async signOut() {
      flights.abort(new ConsumerAuthError("aborted", "The consumer signed out."));
      stored = undefined;
      noGuest = true;
      await forgetPerson();
      session.clear();
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
