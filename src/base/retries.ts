import { pauses, readRetryAfter } from "./retry-policy.js";
import { wait } from "./wait.js";

/** A 429 is not answered by another request within this many seconds. */
const leastPause = 1;

/**
 * Repeats a request that a server could not answer: after 429 as soon as the server wants it, after
 * 5xx three times at growing intervals.
 *
 * @param response - the first one
 * @param send - makes the request again
 * @param until - on the clock of `performance.now()`: what can't be tried before is not tried
 * @param signal - ends the waiting
 * @param isBusy - whether a response asks for that; without it every 429 and 5xx does
 * @returns the last response, whatever it is
 */
export async function sendAgain<Answer extends { status: number; headers: Headers }>(
  response: Answer,
  send: () => Promise<Answer>,
  until: number,
  signal: AbortSignal,
  isBusy = ({ status }: Answer): boolean => status === 429 || status > 499,
): Promise<Answer> {
  let last = response;
  for (const pause of pauses) {
    if (!isBusy(last)) break;
    const busy = last.status === 429;
    // A little more for some, so that not all who were refused come back together.
    const least = (busy ? leastPause : pause) * (1 + Math.random() / 4);
    const milliseconds = Math.max(readRetryAfter(last.headers), least) * 1000;
    if (performance.now() + milliseconds > until) break;
    await wait(milliseconds, signal);
    last = await send();
  }
  return last;
}
