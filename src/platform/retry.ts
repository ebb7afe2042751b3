import { pauses, readRetryAfter } from "../base/retry-policy.js";
import { wait } from "../base/wait.js";

/** Seconds: what follows the pauses after 5xx, each twice as long as the one before. */
const longPause = 120;

/** When, and for how long, a request is made again. */
export interface RetryPolicy<Answer> {
  /** Milliseconds since 1970 UTC: what can't be tried before is not tried. */
  readonly until: number;
  /** Milliseconds before the first try after 429; before each further one twice as many. */
  readonly busyPause: number;
  /** Whether an answer asks for another try. */
  readonly isBusy: (answer: Answer) => boolean;
  /** Ends the waiting. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes a request, and makes it again for as long as the service can't answer: by the vendor's policy, of which a page
 * in a browser has the time for the beginning only.
 *
 * @param send - makes the request
 * @returns the last answer, whatever it is
 */
export async function retry<Answer extends { status: number; headers: Headers }>(
  send: () => Promise<Answer>,
  { until, busyPause, isBusy, signal }: RetryPolicy<Answer>,
): Promise<Answer> {
  for (let tries = 0; ; tries++) {
    const answer = await send();
    if (!isBusy(answer)) return answer;
    const seconds =
      answer.status === 429
        ? (busyPause / 1000) * 2 ** tries
        : (pauses[tries] ?? longPause * 2 ** (tries - pauses.length));
    // A little more for some, so that not all who were refused come back together.
    const least = seconds * (1 + Math.random() / 4);
    const milliseconds = Math.max(readRetryAfter(answer.headers), least) * 1000;
    if (Date.now() + milliseconds > until) return answer;
    await wait(milliseconds, signal);
  }
}
