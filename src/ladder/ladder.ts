import type { Deadline } from "../base/deadline.js";
import { ConsumerAuthError, toConsumerAuthError, type Attempt } from "../base/errors.js";
import type { Ask } from "../sources/authorization.js";
import type { Credential } from "../sources/credential.js";

/** What a flight is for: an answer to a call; a sign-in; an answer without any person; or a fresh one. */
export type Purpose = "call" | "signIn" | "quiet" | "renew";

/** One call on its way up the ladder. */
export interface Flight extends Ask {
  readonly purpose: Purpose;
  /** Aborts when the time for the answer is over, or nobody waits for it any more. */
  readonly deadline: Deadline;
  /** Whether a person may be asked. */
  readonly interactive: boolean;
  /** What was stored when it began. */
  readonly before?: Credential | undefined;
  /** A popup that was opened in the gesture of the call; closed when the flight is over. */
  readonly popup?: Window | undefined;
}

/** One way to a credential. */
export interface Rung {
  readonly name: string;
  /** @returns a credential, or `undefined` where this rung has nothing for this flight */
  attempt(flight: Flight): Promise<Credential | undefined>;
}

/** Rungs that are tried while no other tab tries the same. */
export interface RungGroup {
  readonly rungs: readonly Rung[];
  /** Runs work when it is this tab's turn. */
  readonly alone: <T>(work: () => Promise<T>) => Promise<T>;
}

/** A step of the ladder; a group may have to be loaded first. */
export type Step = Rung | (() => Promise<RungGroup>);

/** Where a flight ended. */
export interface Landing {
  readonly credential: Credential;
  readonly attempts: readonly Attempt[];
  /** What the rungs before it failed with. */
  readonly failures: readonly ConsumerAuthError[];
}

/** That nobody is signed in is no failure of anything. */
const isFailure = ({ code }: ConsumerAuthError): boolean => code !== "login_required";

/**
 * Tries the rungs in order; a rung that fails is a normal outcome, the next one is tried.
 *
 * @throws ConsumerAuthError with the code of the last rung that failed, the messages of all, and every
 * attempt
 */
export async function climb(steps: readonly Step[], flight: Flight): Promise<Landing> {
  const attempts: Attempt[] = [];
  const failures: ConsumerAuthError[] = [];
  let isOver = false;

  async function tryInTurn(some: readonly Step[]): Promise<Credential | undefined> {
    for (const step of some) {
      if (isOver || flight.deadline.signal.aborted) return undefined;
      const credential = await (typeof step === "function" ? tryAlone(step) : tryOne(step));
      if (credential) return credential;
    }
    return undefined;
  }

  async function tryAlone(load: () => Promise<RungGroup>): Promise<Credential | undefined> {
    try {
      const { alone, rungs } = await load();
      return await alone(() => tryInTurn(rungs));
    } catch (error) {
      failures.push(toConsumerAuthError(error));
      return undefined;
    }
  }

  async function tryOne(rung: Rung): Promise<Credential | undefined> {
    const startedAt = performance.now();
    const record = (outcome: Attempt["outcome"]): void => {
      attempts.push({ rung: rung.name, outcome, elapsed: performance.now() - startedAt });
    };
    try {
      const credential = await rung.attempt(flight);
      record(credential ? "answered" : "empty");
      return credential;
    } catch (error) {
      const failure = toConsumerAuthError(error);
      if (isFailure(failure)) failures.push(failure);
      record(failure.code);
      // The latest call is asking the person now: this one must not answer in the meantime.
      isOver = failure.code === "superseded";
      return undefined;
    }
  }

  const credential = await tryInTurn(steps);
  if (credential) return { credential, attempts, failures };
  throw new ConsumerAuthError(
    failures.at(-1)?.code ?? "interaction_required",
    failures.map(({ message }) => message).join(" ") || "Nobody was asked.",
    { cause: failures.at(-1)?.cause, attempts },
  );
}
