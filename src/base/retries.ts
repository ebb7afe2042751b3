import { settleBy } from "./deadline.js";

/** Seconds between one try and the next, as the vendor's retry policy has them for 5xx. */
const pauses = [5, 10, 15];

/** What follows them, each twice as long as the one before. */
const longPause = 120;

/** What else there is to say of the tries of somebody who can wait. */
export interface Patience {
  /** A clock in milliseconds; without it `performance.now()`. */
  readonly now?: () => number;
  /** Seconds within which a 429 is not answered by another request; without it 1. */
  readonly leastPause?: number;
  /** Whether three tries are not the end: then the pauses double, those after 429 too. */
  readonly goesOn?: boolean;
}

/** The seconds that the server asks for (RFC 9110 section 10.2.3). */
function readRetryAfter(headers: Headers): number {
  const text = headers.get("retry-after") ?? "";
  const seconds = /^\d+$/.test(text) ? +text : (Date.parse(text) - Date.now()) / 1000;
  return seconds > 0 ? seconds : 0;
}

/**
 * Repeats a request that a server could not answer: after 429 as soon as the server wants it, after
 * 5xx three times at growing intervals.
 *
 * @param response - the first one
 * @param send - makes the request again
 * @param until - on the clock of `performance.now()`, or that of `patience`: what can't be tried before is not tried
 * @param signal - ends the waiting
 * @param isBusy - whether a response asks for that; without it every 429 and 5xx does
 * @param patience - for who can wait longer than a page
 * @returns the last response, whatever it is
 */
export async function sendAgain<Answer extends { status: number; headers: Headers }>(
  response: Answer,
  send: () => Promise<Answer>,
  until: number,
  signal: AbortSignal | undefined,
  isBusy = ({ status }: Answer): boolean => status === 429 || status > 499,
  { now = () => performance.now(), leastPause = 1, goesOn = false }: Patience = {},
): Promise<Answer> {
  let last = response;
  for (let tries = 0; isBusy(last) && (goesOn || tries < pauses.length); tries++) {
    const pause = pauses[tries] ?? longPause * 2 ** (tries - pauses.length);
    const shortPause = goesOn ? leastPause * 2 ** tries : leastPause;
    // A little more for some, so that not all who were refused come back together.
    const least = (last.status === 429 ? shortPause : pause) * (1 + Math.random() / 4);
    const milliseconds = Math.max(readRetryAfter(last.headers), least) * 1000;
    if (now() + milliseconds > until) break;
    await wait(milliseconds, signal);
    last = await send();
  }
  return last;
}

async function wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const waiting = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  try {
    await settleBy(signal, waiting);
  } finally {
    clearTimeout(timer);
  }
}
