import { settleBy } from "../../base/deadline.js";
import { PlatformError } from "../platform-error.js";

/**
 * Waits for work that goes on when nobody waits any more.
 *
 * @param work - what is waited for
 * @param signal - ends the wait
 * @throws PlatformError `aborted`, and what the work throws
 */
export async function waitFor<Value>(
  work: Promise<Value>,
  signal: AbortSignal | undefined,
): Promise<Value> {
  try {
    return await settleBy(signal, work);
  } catch (error) {
    throw signal?.aborted ? new PlatformError("aborted", "The caller aborted it.") : error;
  }
}
