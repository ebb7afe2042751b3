import { startDeadline } from "../base/deadline.js";
import { ConsumerAuthError } from "../base/errors.js";
import { own } from "../base/own.js";

/**
 * Runs work while no other tab of this origin runs work of the same name. Where locks are missing,
 * or another tab keeps one for too long, the work runs without: late is worse than twice.
 *
 * @param name - what is locked
 * @param patience - milliseconds to wait for the lock
 * @param work - must end by itself, and not wait for a person
 */
export async function withLock<T>(
  name: string,
  patience: number,
  work: () => Promise<T>,
): Promise<T> {
  const locks = (globalThis.navigator as Partial<Navigator> | undefined)?.locks;
  if (!locks) return work();
  const waiting = startDeadline(
    patience,
    () => new ConsumerAuthError("aborted", "Another tab holds the lock."),
  );
  const attempt = { begun: false };
  const run = (): Promise<T> => {
    attempt.begun = true;
    waiting.end();
    return work();
  };
  try {
    return await locks.request(name, own({ signal: waiting.signal }), run);
  } catch (error) {
    if (attempt.begun) throw error;
    return await run();
  } finally {
    waiting.end();
  }
}
