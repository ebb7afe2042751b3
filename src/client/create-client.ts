import { createSystemClock, type Clock } from "../base/clock.js";
import { settleBy } from "../base/deadline.js";
import { ConsumerAuthError } from "../base/errors.js";
import { loaded, once } from "../base/loaded.js";
import type { ResolvedConfig } from "../config/options.js";
import type { exposePageMethod } from "../engagement/page-method.js";
import { createFlights, type CallOptions } from "../ladder/flights.js";
import { asksMore, createInteractiveRung, declined, inGesture } from "../ladder/interactive.js";
import { climb } from "../ladder/ladder.js";
import type { Redirects } from "../ladder/prompt.js";
import { readCodeChallenge } from "../oidc/pkce.js";
import { createCodeSource } from "../sources/code.js";
import { openPopup } from "../transports/popup.js";
import type { Client, ConsumerAuth } from "./consumer-auth.js";
import type { ConsumerAuthEventMap } from "./events.js";
import type { Life } from "./parts.js";
import { createPromptSwitch } from "./prompt-port.js";
import { hasFedcm, hasQuiet, isPlainCode, mayAsk, mayBeAnonymous } from "./permissions.js";
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
  const context = { config, clock };
  const { transport } = config;
  let justSignedOut = false;
  let exposed: (() => void) | undefined;
  let life: Life | undefined;

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
  const signedOut = (): void => {
    flights.abort(new ConsumerAuthError("aborted", "The consumer signed out."));
  };
  // Whoever has just signed out did not click in order to sign in.
  const mayOpen = (): boolean => inGesture() && !justSignedOut;
  const guest = mayBeAnonymous(config);
  const codes = isPlainCode(config) && createCodeSource(context);

  const redirects = (blocked?: boolean): Redirects =>
    life?.redirects(blocked) ?? transport === (blocked ? "auto" : "redirect");

  const interactive = createInteractiveRung({
    prompt,
    guest,
    mayOpen,
    redirects,
    timeout: config.interactionTimeout,
    loadSource: async () => codes || (await live()).loaders.authorization(),
    redirect: async (...away) => (await live()).redirect(...away),
    onBegin: session.begin,
    onEnd: session.end,
    readStored: () => life?.keeper.read(),
    onSignIn: (credential) => life?.keeper.signIn(credential),
    listen(listener) {
      if (life) life.keeper.onSignInElsewhere = listener;
    },
  });
  const interactiveRungs = mayAsk(config) ? [interactive] : [];

  const live = once(async () => {
    const { createLife } = await loaded(import("./life.js"));
    life = await createLife({
      ...{ ...context, session, report, signedOut },
      interactive: interactiveRungs,
      fly: async (purpose) => {
        await flights.join({ interactive: false }, purpose);
      },
    });
    return life;
  });
  /** Nothing but a popup can answer; a phone may show the page inside of an app. */
  const popupOnly =
    codes && !guest && !hasQuiet(config) && !hasFedcm(config) && !("ontouchend" in globalThis);

  const flights = createFlights(
    {
      fly: async (flight) =>
        climb(popupOnly && !life ? interactiveRungs : (await live()).getRungs(flight.purpose), {
          ...flight,
          before: life?.keeper.read(),
        }),
      land({ credential, attempts, failures }) {
        justSignedOut = false;
        const declinedBefore = failures.at(-1)?.code === "cancelled";
        const kept = life?.keeper.take(credential, declinedBefore) ?? credential;
        if (!life) session.take(kept);
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
    !hasFedcm(config) &&
    !redirects() &&
    mayAsk(config) &&
    mayOpen()
      ? openPopup()
      : undefined;

  const auth: Client = {
    config,
    get session() {
      return session.read();
    },
    expose() {
      const conceal = (exposed ??= exposePageMethod({
        ...config,
        answer: (codeChallenge) => auth.answer(codeChallenge),
        nothing: () => (config.flow === "code" && config.exchange === "window" ? {} : ""),
      }));
      const leave = auth.accompany();
      return () => {
        if (exposed === conceal) exposed = undefined;
        conceal();
        leave();
      };
    },
    accompany() {
      const begun = live().then((mine) => mine.accompany(auth));
      begun.catch(report);
      return () => {
        begun.then((end) => end()).catch(() => undefined);
      };
    },
    async answer(codeChallenge) {
      const credential = await auth.getCredential({ codeChallenge: codeChallenge as string });
      life?.keeper.answered?.(credential);
      return credential;
    },
    async getCredential(call = {}) {
      const codeChallenge = readCodeChallenge(call.codeChallenge);
      const certain = !guest && !hasQuiet(config) && !life?.keeper.read();
      return flights.join({ ...call, codeChallenge }, "call", openAtOnce(call, certain));
    },
    async signIn(call = {}) {
      if (!mayAsk(config)) {
        throw new ConsumerAuthError("invalid_call", "No sign-in here.");
      }
      justSignedOut = false;
      const { signal, ...options } = call;
      if (prompt.isShown() && !asksMore(options)) {
        // Somebody is being asked already: this click answers.
        const change = new Promise((resolve) => {
          events.addEventListener("sessionchange", resolve, { once: true });
        });
        prompt.press();
        await settleBy(signal, change);
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
      // Whoever is told that nobody is there may ask at once: then nothing is held any more.
      if (!life) session.clear();
      await (life ?? (await live())).signOut(options);
    },
    attachPrompt: prompt.attach,
    addEventListener: events.addEventListener.bind(events) as ConsumerAuth["addEventListener"],
    removeEventListener: events.removeEventListener.bind(
      events,
    ) as ConsumerAuth["removeEventListener"],
  };
  return auth;
}
