import { wait } from "../base/wait.js";

/** Rounds that go on until somebody ends them; between two of them they can be left. */
export type Rounds<Value> = AsyncIterableIterator<Value>;

/**
 * Does something again and again, as long as somebody takes the results.
 *
 * @param pause - milliseconds before each round
 * @param round - its result is what is iterated; what it throws ends the iteration, and is thrown there
 * @param ends - signals that end the iteration quietly
 */
export function keepDoing<Value>(
  pause: () => number,
  round: (signal: AbortSignal) => Promise<Value>,
  ends: readonly AbortSignal[],
): Rounds<Value> {
  const left = new AbortController();
  const signal = AbortSignal.any([left.signal, ...ends]);

  async function* rounds(): AsyncGenerator<Value, undefined> {
    for (;;) {
      await wait(pause(), signal).catch(() => undefined);
      if (signal.aborted) return undefined;
      try {
        yield await round(signal);
      } catch (error) {
        // Read anew: it may have been aborted while the round ran.
        if (ends.some(({ aborted }) => aborted) || left.signal.aborted) return undefined;
        throw error;
      }
    }
  }

  const iteration = rounds();
  return {
    next: () => iteration.next(),
    return() {
      left.abort();
      return iteration.return(undefined);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
