import { abortError, settleBy, startDeadline } from "../base/deadline.js";
import { ConsumerAuthError } from "../base/errors.js";
import type { RequestOptions } from "../config/options.js";
import type { Credential } from "../sources/credential.js";
import type { Flight, Landing, Purpose } from "./ladder.js";

/** What one caller wants. */
export interface CallOptions extends RequestOptions {
  /** The window's S256 challenge, 43 characters of base64url. */
  readonly codeChallenge?: string | undefined;
  /** Default `true`: a person may be asked. */
  readonly interactive?: boolean | undefined;
  /** Ends the waiting of this caller; others who wait for the same answer go on. */
  readonly signal?: AbortSignal | undefined;
}

/** Takes calls, and flies each kind of call once at a time. */
export interface Flights {
  /**
   * @param call - what the caller wants
   * @param purpose - what it is for
   * @param openPopup - opens the popup in the caller's gesture, if this call starts a flight
   */
  join(
    call: CallOptions,
    purpose: Purpose,
    openPopup?: () => Window | undefined,
  ): Promise<Credential>;
  /** Aborts whatever flies. */
  abort(error: ConsumerAuthError): void;
}

/** What a flight does. */
export interface FlightPlan {
  /** Goes up the ladder. */
  fly(flight: Flight): Promise<Landing>;
  /** Told of a landing when nobody can join the flight any more; what it returns is handed over. */
  land(landing: Landing): Credential;
  /** Told why a flight did not land, when nobody can join it any more. */
  fail(error: ConsumerAuthError, purpose: Purpose): void;
}

interface Airborne {
  readonly landing: Promise<Credential>;
  readonly controller: AbortController;
  /** In the order in which they came. */
  readonly callers: Set<symbol>;
  /** The latest who waited for the landing: the one who gets a code, which works only once. */
  winner?: symbol | undefined;
}

/**
 * Calls for the same thing share one flight. A token is handed to all of them; a code, which can be
 * exchanged once, to the latest.
 *
 * @param plan - what a flight does
 * @param answerTimeout - milliseconds for one flight; they begin anew after a person has acted
 */
export function createFlights(plan: FlightPlan, answerTimeout: number): Flights {
  const airborne = new Map<string, Airborne>();

  function start(
    key: string,
    { codeChallenge, interactive = true, ...options }: Omit<CallOptions, "signal">,
    purpose: Purpose,
    openPopup?: () => Window | undefined,
  ): Airborne {
    const popup = openPopup?.();
    const controller = new AbortController();
    const deadline = startDeadline(
      answerTimeout,
      () => new ConsumerAuthError("answer_timeout", `There was no answer in ${answerTimeout} ms.`),
      controller.signal,
    );
    const landing = settleBy(
      deadline.signal,
      plan.fly({ purpose, deadline, codeChallenge, interactive, popup, options }),
    )
      .finally(() => {
        deadline.end();
        popup?.close();
        if (airborne.get(key) === started) airborne.delete(key);
      })
      .then(
        (landed) => {
          started.winner = [...started.callers].at(-1);
          return plan.land(landed);
        },
        (error: unknown) => {
          plan.fail(error as ConsumerAuthError, purpose);
          throw error;
        },
      );
    const started: Airborne = { landing, controller, callers: new Set() };
    airborne.set(key, started);
    return started;
  }

  return {
    async join(call, purpose, openPopup) {
      const { signal, ...wanted } = call;
      if (signal?.aborted) throw abortError(signal);
      const key = JSON.stringify([purpose, { interactive: true, ...wanted }]);
      const flight = airborne.get(key) ?? start(key, wanted, purpose, openPopup);
      const { callers } = flight;
      const caller = Symbol();
      callers.add(caller);
      try {
        const credential = await settleBy(signal, flight.landing);
        if (credential.kind === "code" && flight.winner !== caller) {
          throw new ConsumerAuthError("superseded", "A later call took this one's place.");
        }
        return credential;
      } finally {
        callers.delete(caller);
        if (callers.size === 0) flight.controller.abort();
      }
    },
    abort(error) {
      for (const { controller } of airborne.values()) controller.abort(error);
      airborne.clear();
    },
  };
}
