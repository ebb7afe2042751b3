import { settleBy, withDeadline } from "../base/deadline.js";
import { ConsumerAuthError } from "../base/errors.js";
import type { AuthorizationSource } from "../sources/authorization.js";
import type { Credential } from "../sources/credential.js";
import { authorizeInPopup, openPopup } from "../transports/popup.js";
import type { Flight, Rung } from "./ladder.js";
import {
  isWorthARetry,
  type ConsumerProblem,
  type PromptPort,
  type PromptView,
  type Redirects,
} from "./prompt.js";
import { createTurns } from "./turns.js";

export interface InteractiveOptions {
  readonly loadSource: () => Promise<AuthorizationSource>;
  /**
   * Whether popups are not to be relied on, or not wanted.
   *
   * @param blocked - whether one was blocked before
   */
  readonly redirects: (blocked?: boolean) => Redirects;
  /** Sends the page itself to the identity provider; it rejects, or the page is gone. */
  readonly redirect: (flight: Flight, signal: AbortSignal) => Promise<never>;
  readonly prompt: PromptPort;
  /** Whether the ladder goes on to an anonymous person when the consumer declines. */
  readonly guest: boolean;
  /** Milliseconds in which a person may act, all tries together. */
  readonly timeout: number;
  /** Told when a person is asked. */
  readonly onBegin: () => void;
  /** Told when nobody is asked any more. */
  readonly onEnd: () => void;
  /** What a sign-in leaves behind for later calls. */
  readonly readStored: () => Credential | undefined;
  /** Told of a sign-in before the next call gets its turn. */
  readonly onSignIn: (credential: Credential) => void;
  /** Has a sign-in in another tab answer this one too, until it is called without a listener. */
  readonly listen: (listener?: (credential: Credential) => void) => void;
  /** Whether a popup may open without the consumer having been asked. */
  readonly mayOpen: () => boolean;
}

/** Whether a call is not content with any sign-in. */
export const asksMore = (options: object = {}): boolean => Object.keys(options).length > 0;

export const declined = (): ConsumerAuthError =>
  new ConsumerAuthError("cancelled", "The consumer declined to sign in.");

/** Whether the browser would let a popup open right now. */
export const inGesture = (): boolean =>
  !!(navigator as Partial<Navigator>).userActivation?.isActive;

/**
 * The rung where a person acts: signs in in a popup, after a click on the prompt where the call came
 * without a gesture. The flight's own time stands still meanwhile; this rung has its own.
 */
export function createInteractiveRung(options: InteractiveOptions): Rung {
  const { timeout, onBegin, onEnd, onSignIn, readStored } = options;
  const turns = createTurns();
  return {
    name: "interactive",
    async attempt(flight) {
      if (!flight.interactive) return undefined;
      const resume = flight.deadline.suspend();
      try {
        return await withDeadline(
          timeout,
          () =>
            new ConsumerAuthError("interaction_timeout", `There was no answer in ${timeout} ms.`),
          async (signal) => {
            // What asks for more is not content with what others have got in the meantime.
            const before = asksMore(flight.options) ? readStored() : flight.before;
            const giveBack = await turns.take(signal);
            const stored = readStored();
            if (stored && stored !== before) {
              // Somebody has signed in since this call came.
              giveBack();
              return stored;
            }
            onBegin();
            try {
              const credential = await interact(options, flight, signal);
              if (credential !== readStored()) onSignIn(credential);
              return credential;
            } finally {
              onEnd();
              giveBack();
            }
          },
          flight.deadline.signal,
        );
      } finally {
        resume();
      }
    },
  };
}

/** Asks, opens, waits, and asks again where the consumer can do something about what went wrong. */
function interact(
  options: InteractiveOptions,
  flight: Flight,
  signal: AbortSignal,
): Promise<Credential> {
  const { loadSource, redirect, prompt, guest, mayOpen, listen, redirects } = options;
  let login: AbortController | undefined;
  let asked = false;
  let blocked = false;
  const work = new Promise<Credential>((resolve, reject) => {
    const fail = reject as (error: unknown) => void;
    if (!asksMore(flight.options)) listen(resolve);
    const show = (step: PromptView["step"], problem?: ConsumerProblem): void => {
      asked ||= step === "ask";
      prompt.show({ step, problem, guest, redirects: redirects(), signIn, cancel }, (error) => {
        // An open popup can do without the prompt.
        if (step === "ask") fail(error);
      });
    };
    const begin = (run: (signal: AbortSignal) => Promise<Credential>): void => {
      login?.abort();
      const mine = (login = new AbortController());
      show("wait");
      run(mine.signal).then(resolve, (error: unknown) => {
        if (mine.signal.aborted) return;
        mine.abort();
        const { code } = error as ConsumerAuthError;
        if (isWorthARetry(code)) show("ask", code);
        else fail(error);
      });
    };
    const beginIn = (popup: Window): void => {
      begin((mine) =>
        runLogin(loadSource, popup, flight, mine, () => {
          show("wait", "popup_closed");
        }),
      );
    };
    const signIn = (): void => {
      const popup = !redirects() && openPopup();
      if (popup) beginIn(popup);
      else if (redirects(blocked)) begin((mine) => redirect(flight, mine));
      else {
        // Some browsers open popups in the click itself only: before the prompt's own it may be too late.
        blocked = asked;
        show("ask", asked ? "popup_blocked" : undefined);
      }
    };
    const cancel = (): void => {
      reject(declined());
    };
    if (flight.popup) beginIn(flight.popup);
    else if (mayOpen()) signIn();
    else show("ask");
  });
  return settleBy(signal, work).finally(() => {
    listen();
    login?.abort();
    prompt.hide();
  });
}

/** One login in one popup, which is closed as soon as the signal aborts. */
async function runLogin(
  loadSource: () => Promise<AuthorizationSource>,
  popup: Window,
  flight: Flight,
  signal: AbortSignal,
  seemsClosed: () => void,
): Promise<Credential> {
  signal.addEventListener("abort", () => {
    popup.close();
  });
  const source = await loadSource();
  const pending = await source.begin(flight, signal);
  const response = await authorizeInPopup(popup, pending, signal, seemsClosed);
  return source.finish(pending, response, signal);
}
