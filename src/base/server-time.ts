import type { Clock } from "./clock.js";
import { withDeadline } from "./deadline.js";
import { ConsumerAuthError } from "./errors.js";

/** Clocks that differ by less, in milliseconds, are the same: a `Date` header has whole seconds. */
const resolution = 2000;

/**
 * Sets the clock by the `Date` header of the page's own server, the only one that a page may read
 * without CORS.
 *
 * @param clock - what is set
 * @param timeout - milliseconds
 * @returns whether the clock was wrong
 */
export async function setByServer(
  clock: Clock,
  timeout: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const page = (globalThis as { location?: Location }).location;
  const asked = clock.now();
  if (!page) return false;
  try {
    const { headers } = await withDeadline(
      timeout,
      () => new ConsumerAuthError("request_timeout", "The page's server did not tell the time."),
      (deadline) => fetch(page.href, { method: "HEAD", cache: "no-store", signal: deadline }),
      signal,
    );
    const now = Date.parse(headers.get("date") ?? "") + (clock.now() - asked) / 2;
    if (!(Math.abs(now - clock.now()) > resolution)) return false;
    clock.set?.(now);
    return clock.set !== undefined;
  } catch {
    return false;
  }
}
