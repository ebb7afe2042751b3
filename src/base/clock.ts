/** Wall time, injected so that a test can move it. */
export interface Clock {
  /** Milliseconds since 1970 UTC. */
  now(): number;
  /** Sets it right, where a server knows better than this device. */
  set?(now: number): void;
}

/** The device's clock, until it is set right. */
export function createSystemClock(): Clock {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    set(now) {
      ahead = now - Date.now();
    },
  };
}
