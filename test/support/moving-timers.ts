import { override } from "./override.js";

/** Timers that a test lets run out, in place of waiting for them. */
export interface MovingTimers {
  /** The milliseconds of those that still run, in the order in which they were set. */
  readonly pending: readonly number[];
  /** Every timer that was set, in milliseconds. */
  readonly set: readonly number[];
  /** Time goes by, for timers and for `performance.now()`: what is due runs. */
  pass(milliseconds: number): Promise<void>;
  stop(): void;
}

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** Lets what was just settled go on, whether by promises or by tasks. */
export const turn = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });

export function startMovingTimers(): MovingTimers {
  const timers = new Map<number, Timer>();
  const set: number[] = [];
  const started = performance.now();
  let passed = 0;
  let last = 0;
  const undo = [
    override(globalThis, "setTimeout", (run: () => void, milliseconds = 0) => {
      set.push(milliseconds);
      timers.set(++last, { at: passed + milliseconds, run });
      return last;
    }),
    override(globalThis, "clearTimeout", (timer: number) => timers.delete(timer)),
    override(performance, "now", () => started + passed),
  ];
  return {
    get pending() {
      return [...timers.values()].map(({ at }) => at - passed);
    },
    set,
    async pass(milliseconds) {
      const until = passed + milliseconds;
      for (;;) {
        const [next] = [...timers].filter(([, { at }]) => at <= until).sort(byTime);
        if (!next) break;
        const [timer, { at, run }] = next;
        timers.delete(timer);
        passed = Math.max(passed, at);
        run();
        await turn();
      }
      passed = until;
    },
    stop() {
      for (const restore of undo.reverse()) restore();
    },
  };
}

const byTime = ([, one]: [number, Timer], [, other]: [number, Timer]): number => one.at - other.at;
