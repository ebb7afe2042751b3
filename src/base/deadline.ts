import { ConsumerAuthError } from "./errors.js";

/** The error with which an aborted signal rejects: its reason where that is ours, else `aborted`. */
export function abortError(signal: AbortSignal): ConsumerAuthError {
  return signal.reason instanceof ConsumerAuthError
    ? signal.reason
    : new ConsumerAuthError("aborted", "Nobody waits.");
}

/** A time limit that can be suspended, and aborts its signal when it has run out. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Stops the time; returns a function that begins it anew. */
  suspend(): () => void;
  /** Ends it for good and frees the timer. */
  end(): void;
}

/**
 * @param milliseconds - how long it may run
 * @param expired - makes the error that becomes the signal's reason
 * @param parent - a signal whose abort aborts this one too, with its reason
 */
export function startDeadline(
  milliseconds: number,
  expired: () => ConsumerAuthError,
  parent?: AbortSignal,
): Deadline {
  const controller = new AbortController();
  const { signal } = controller;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const start = (): void => {
    timer = setTimeout(() => {
      controller.abort(expired());
    }, milliseconds);
  };
  const stop = (): void => {
    clearTimeout(timer);
  };
  const follow = (): void => {
    if (parent) controller.abort(abortError(parent));
  };
  start();
  if (parent?.aborted) follow();
  parent?.addEventListener("abort", follow);
  return {
    signal,
    suspend() {
      stop();
      return () => {
        stop();
        if (!signal.aborted) start();
      };
    },
    end() {
      stop();
      parent?.removeEventListener("abort", follow);
    },
  };
}

/** Rejects as soon as the signal aborts, whether the work heeds the signal or not. */
export function settleBy<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (!signal) return work;
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => {
      reject(abortError(signal));
    };
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort);
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener("abort", abort);
    });
  });
}

/**
 * Runs work under a time limit; what it returns settles by then, even if the work never does.
 *
 * @param milliseconds - the limit
 * @param expired - makes the error with which it rejects when the time is over
 * @param work - gets a signal that aborts at the limit, or when `parent` aborts
 * @param parent - the caller's signal
 */
export async function withDeadline<T>(
  milliseconds: number,
  expired: () => ConsumerAuthError,
  work: (signal: AbortSignal) => Promise<T>,
  parent?: AbortSignal,
): Promise<T> {
  const deadline = startDeadline(milliseconds, expired, parent);
  try {
    return await settleBy(deadline.signal, work(deadline.signal));
  } finally {
    deadline.end();
  }
}
