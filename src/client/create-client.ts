import { createSystemClock, type Clock } from "../base/clock.js";
import { settleBy } from "../base/deadline.js";
import { ConsumerAuthError } from "../base/errors.js";
import { loaded } from "../base/loaded.js";
import type { ResolvedConfig } from "../config/options.js";
import type { exposePageMethod } from "../engagement/page-method.js";
import { createFlights, type CallOptions } from "../ladder/flights.js";
import { declined, inGesture } from "../ladder/interactive.js";
import { climb } from "../ladder/ladder.js";
import { readCodeChallenge } from "../oidc/pkce.js";
import { openPopup } from "../transports/popup.js";
import type { Client, ConsumerAuth } from "./consumer-auth.js";
import type { ConsumerAuthEventMap } from "./events.js";
import { createKeeper } from "./keeper.js";
import { createLoaders } from "./loaders.js";
import { createPromptSwitch } from "./prompt-port.js";
import { mayAsk, mayBeAnonymous } from "./permissions.js";
import { createRungs } from "./rungs.js";
import { createSessionKeeper } from "./session.js";

/** What a client takes from its surroundings. */
export interface Surroundings {
  /** Has a prompt attach itself, when the page has attached none. */
  readonly bringUpPrompt: (auth: ConsumerAuth) => Promise<void>;
  /** The script tag has it already when the client loads. */
  readonly exposePageMethod: typeof exposePageMethod;
  readonly clock?: Clock;
}

/**
 * Makes a client. It touches nothing on the page before one of its methods is called.
 *
 * @param config - the checked configuration
 * @param surroundings - the prompt, the page method, and a clock
 */
export function createClient(
  config: ResolvedConfig,
  { bringUpPrompt, exposePageMethod, clock = createSystemClock() }: Surroundings,
): Client {
  const events = new EventTarget();
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
  const keeper = createKeeper(config, clock, session);
  const signedOut = (): void => {
    flights.abort(new ConsumerAuthError("aborted", "The consumer signed out."));
  };
  const notice = (what: "credential" | "signedOut"): void => {
    (what === "credential" ? renew() : auth.signOut()).catch(() => undefined);
  };
  const parts = { config, clock, keeper, session, report, signedOut, notice };
  const loaders = createLoaders(parts);

  // Whoever has just signed out did not click in order to sign in.
  const mayOpen = (): boolean => inGesture() && !justSignedOut;

  const getRungs = createRungs({
    ...parts,
    loaders,
    prompt,
    mayOpen,
    onBegin: session.begin,
    onEnd: session.end,
  });

  const flights = createFlights(
    {
      fly: (flight) => climb(getRungs(flight.purpose), flight),
      land({ credential, attempts, failures }) {
        justSignedOut = false;
        const kept = keeper.take(credential, failures.at(-1)?.code === "cancelled");
        failures.forEach(report);
        emit("credential", { kind: kept.kind, attempts });
        return kept;
      },
      fail(error, purpose) {
        // Nobody waits for an answer without a person, or for a fresh one: there is none.
        if (purpose === "call" || purpose === "signIn") {
          session.fail(error);
          report(error);
        }
      },
    },
    config.answerTimeout,
  );

  /** A popup opens at once where nothing else can come of the call. */
  const openAtOnce = (call: CallOptions, certain: boolean) => (): Window | undefined =>
    certain &&
    call.interactive !== false &&
    !prompt.isShown() &&
    !loaders.dialog &&
    config.transport !== "redirect" &&
    mayAsk(config) &&
    mayOpen()
      ? openPopup()
      : undefined;

  const lookUp = async (): Promise<void> => {
    await flights.join({ interactive: false }, "quiet");
  };
  const renew = async (): Promise<void> => {
    await flights.join({ interactive: false }, "renew");
  };

  const auth: Client = {
    config,
    get session() {
      return session.read();
    },
    expose() {
      const conceal = (exposed ??= exposePageMethod({
        ...config,
        answer: (codeChallenge) => auth.answer(codeChallenge),
        nothing: () => (takesCode(config) ? {} : ""),
      }));
      const leave = auth.accompany();
      return () => {
        if (exposed === conceal) exposed = undefined;
        conceal();
        leave();
      };
    },
    accompany() {
      const begun = loaded(import("./company.js")).then(({ keepCompany }) =>
        keepCompany({ ...parts, auth, loaders, lookUp, renew }),
      );
      begun.catch(report);
      return () => {
        begun.then((end) => end()).catch(() => undefined);
      };
    },
    async answer(codeChallenge) {
      const credential = await auth.getCredential({ codeChallenge: codeChallenge as string });
      keeper.answered?.(credential);
      return credential;
    },
    async getCredential(call = {}) {
      const codeChallenge = readCodeChallenge(call.codeChallenge);
      return flights.join(
        { ...call, codeChallenge },
        "call",
        openAtOnce(call, !loaders.quiet && !mayBeAnonymous(config) && !keeper.read()),
      );
    },
    async signIn(call = {}) {
      if (!mayAsk(config)) {
        throw new ConsumerAuthError("invalid_call", "There is no sign-in here.");
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
      await flights.join(call, "signIn", openAtOnce(call, true));
      return session.read();
    },
    async signOut(options = {}) {
      signedOut();
      justSignedOut = true;
      const left = keeper.leave();
      const { signOut } = await loaded(import("./sign-out.js"));
      await signOut(parts, loaders, left, options);
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
