import type { Clock } from "../../src/base/clock.js";

/** A clock that stands still until a test moves it. */
export interface MovingClock extends Clock {
  /** @param milliseconds - forward; backward where negative */
  move(milliseconds: number): void;
}

export function createMovingClock(start = Date.UTC(2030, 0, 1)): MovingClock {
  let now = start;
  return {
    now: () => now,
    move(milliseconds) {
      now += milliseconds;
    },
  };
}
