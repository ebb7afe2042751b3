import { abortError, settleBy, startDeadline } from "../base/deadline.js";
import { ConsumerAuthError } from "../base/errors.js";
import type { Credential } from "../sources/credential.js";
import type { Flight, Landing } from "./ladder.js";

/** What one caller wants. */
export interface CallOptions {
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
   * @param signIn - nothing stored will do
   * @param openPopup - opens the popup in the caller's gesture, if this call starts a flight
   */
  join(
    call: CallOptions,
    signIn: boolean,
    openPopup: () => Window | undefined,
  ): Promise<Credential>;
  /** Aborts whatever flies. */
  abort(error: ConsumerAuthError): void;
}

interface Airborne {
  readonly landing: Promise<Landing>;
  readonly controller: AbortController;
  callers: number;
  /** The latest caller: the one who gets a code, which works only once. */
  latest: symbol;
}

const abandoned = (): ConsumerAuthError =>
  new ConsumerAuthError("aborted", "Nobody waits any more.");

/**
 * Calls for the same thing share one flight. A token is handed to all of them; a code, which can be
 * exchanged once, to the latest.
 *
 * @param fly - goes up the ladder
 * @param answerTimeout - milliseconds for one flight; they begin anew after a person has acted
 */
export function createFlights(
  fly: (flight: Flight, signIn: boolean) => Promise<Landing>,
  answerTimeout: number,
): Flights {
  const airborne = new Map<string, Airborne>();

  function start(
    key: string,
    { codeChallenge, interactive = true }: CallOptions,
    signIn: boolean,
    openPopup: () => Window | undefined,
  ): Airborne {
    const popup = openPopup();
    const controller = new AbortController();
    const deadline = startDeadline(
      answerTimeout,
      () => new ConsumerAuthError("answer_timeout", `There was no answer in ${answerTimeout} ms.`),
      controller.signal,
    );
    const landing = settleBy(
      deadline.signal,
      fly({ deadline, codeChallenge, interactive, popup }, signIn),
    ).finally(() => {
      deadline.end();
      popup?.close();
      airborne.delete(key);
    });
    const started: Airborne = { landing, controller, callers: 0, latest: Symbol() };
    airborne.set(key, started);
    return started;
  }

  return {
    async join(call, signIn, openPopup) {
      const { signal } = call;
      if (signal?.aborted) throw abortError(signal);
      const key = JSON.stringify([signIn, call.interactive ?? true, call.codeChallenge]);
      const flight = airborne.get(key) ?? start(key, call, signIn, openPopup);
      const me = (flight.latest = Symbol());
      flight.callers++;
      try {
        const { credential } = await (signal ? settleBy(signal, flight.landing) : flight.landing);
        if (credential.kind === "code" && flight.latest !== me) {
          throw new ConsumerAuthError("superseded", "A later call got the code.");
        }
        return credential;
      } finally {
        if (--flight.callers === 0) flight.controller.abort(abandoned());
      }
    },
    abort(error) {
      for (const { controller } of airborne.values()) controller.abort(error);
    },
  };
}
