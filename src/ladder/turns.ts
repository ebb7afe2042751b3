import { settleBy } from "../base/deadline.js";
import { ConsumerAuthError } from "../base/errors.js";

/** Lets one flight at a time ask the person. */
export interface Turns {
  /**
   * Waits for the turn. Whoever else waits is superseded: the latest call is the one that counts.
   *
   * @returns gives the turn back
   * @throws ConsumerAuthError `superseded`, or what the signal was aborted with
   */
  take(signal: AbortSignal): Promise<() => void>;
}

export function createTurns(): Turns {
  let current: Promise<void> | undefined;
  let supersede: (() => void) | undefined;
  return {
    async take(signal) {
      supersede?.();
      while (current) {
        const superseded = new Promise<never>((_resolve, reject) => {
          supersede = () => {
            reject(new ConsumerAuthError("superseded", "A later call took this one's place."));
          };
        });
        await settleBy(signal, Promise.race([current, superseded]));
      }
      supersede = undefined;
      let release: () => void = () => undefined;
      current = new Promise((resolve) => {
        release = resolve;
      });
      return () => {
        current = undefined;
        release();
      };
    },
  };
}
