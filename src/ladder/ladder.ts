import type { Deadline } from "../base/deadline.js";
import { ConsumerAuthError, toConsumerAuthError, type Attempt } from "../base/errors.js";
import type { Credential } from "../sources/credential.js";

/** One call on its way up the ladder. */
export interface Flight {
  /** Aborts when the time for the answer is over, or nobody waits for it any more. */
  readonly deadline: Deadline;
  /** The window's challenge, checked. */
  readonly codeChallenge: string | undefined;
  /** Whether a person may be asked. */
  readonly interactive: boolean;
  /** A popup that was opened in the gesture of the call; closed when the flight is over. */
  readonly popup: Window | undefined;
}

/** One way to a credential. */
export interface Rung {
  readonly name: string;
  /** @returns a credential, or `undefined` where this rung has nothing for this flight */
  attempt(flight: Flight): Promise<Credential | undefined>;
}

/** Where a flight ended. */
export interface Landing {
  readonly credential: Credential;
  readonly attempts: readonly Attempt[];
  /** What the rungs before it failed with. */
  readonly failures: readonly ConsumerAuthError[];
}

/**
 * Tries the rungs in order; a rung that fails is a normal outcome, the next one is tried.
 *
 * @throws ConsumerAuthError with the code of the last rung that failed, the messages of all, and every
 * attempt
 */
export async function climb(rungs: readonly Rung[], flight: Flight): Promise<Landing> {
  const attempts: Attempt[] = [];
  const failures: ConsumerAuthError[] = [];
  for (const rung of rungs) {
    if (flight.deadline.signal.aborted) break;
    const startedAt = performance.now();
    const record = (outcome: Attempt["outcome"]): void => {
      attempts.push({ rung: rung.name, outcome, elapsed: performance.now() - startedAt });
    };
    try {
      const credential = await rung.attempt(flight);
      if (credential) {
        record("answered");
        return { credential, attempts, failures };
      }
      record("empty");
    } catch (error) {
      const failure = toConsumerAuthError(error);
      failures.push(failure);
      record(failure.code);
      // The latest call is asking the person now: this one must not answer in the meantime.
      if (failure.code === "superseded") break;
    }
  }
  throw new ConsumerAuthError(
    failures.at(-1)?.code ?? "interaction_required",
    failures.map(({ message }) => message).join(" ") || "Nobody could be asked.",
    { cause: failures.at(-1)?.cause, attempts },
  );
}
