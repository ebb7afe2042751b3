import { override } from "./override.js";

/** Time that goes by only when a test lets it: for timers, for `performance.now()` and for the wall clock. */
export interface VirtualTime {
  /** Milliseconds that have gone by since it began. */
  readonly now: number;
  /** The wall clock, in milliseconds since 1970 UTC. */
  readonly wall: number;
  /** The milliseconds that are left of each timer that still runs. */
  readonly pending: readonly number[];
  /** What timers threw: the mistakes of others, shown as such. */
  readonly thrown: readonly unknown[];
  /** Sets a timer as the page would. @returns its number */
  readonly set: (run: () => void, milliseconds?: number) => number;
  /** Time goes by, and what is due runs, each after all that the one before it led to. */
  pass(milliseconds: number): Promise<void>;
  /** The wall clock alone goes on, as in a sleep, or is set; negative: back. */
  jump(milliseconds: number): void;
  stop(): void;
}

interface Timer {
  readonly at: number;
  readonly every?: number;
  readonly run: () => void;
}

/**
 * @param begin - what the wall clock says at first, in milliseconds since 1970 UTC
 * @param settle - lets what has been begun come to its end; default: whatever promises can do
 */
export function startVirtualTime(
  begin: number,
  settle: () => Promise<void> = createTurns(),
): VirtualTime {
  const timers = new Map<number, Timer>();
  const thrown: unknown[] = [];
  let now = 0;
  let ahead = 0;
  let last = 0;
  const { performance } = globalThis;
  const started = performance.now();

  const set = (run: () => void, milliseconds = 0): number => {
    timers.set(++last, { at: now + Math.max(0, milliseconds), run });
    return last;
  };
  const clear = (timer?: number): void => {
    timers.delete(Number(timer));
  };
  const undo = [
    override(globalThis, "setTimeout", set),
    override(globalThis, "clearTimeout", clear),
    override(globalThis, "setInterval", (run: () => void, every: number) => {
      timers.set(++last, { at: now + every, every, run });
      return last;
    }),
    override(globalThis, "clearInterval", clear),
    override(globalThis, "requestIdleCallback", (run: () => void) => set(run)),
    override(performance, "now", () => started + now),
    override(Date, "now", () => begin + ahead + now),
    override(AbortSignal, "timeout", (milliseconds: number) => {
      const controller = new AbortController();
      // The browser's own timer keeps nobody busy.
      timers.set(-++last, {
        at: now + milliseconds,
        run: () => controller.abort(new DOMException("", "TimeoutError")),
      });
      return controller.signal;
    }),
  ];

  function takeNext(until: number): Timer | undefined {
    let next: number | undefined;
    for (const [timer, { at }] of timers) {
      if (at <= until && (next === undefined || at < timers.get(next)!.at)) next = timer;
    }
    const taken = next === undefined ? undefined : timers.get(next);
    if (next === undefined || !taken) return undefined;
    if (taken.every === undefined) timers.delete(next);
    else timers.set(next, { ...taken, at: taken.at + taken.every });
    return taken;
  }

  return {
    get now() {
      return now;
    },
    get wall() {
      return begin + ahead + now;
    },
    get pending() {
      return [...timers].filter(([timer]) => timer > 0).map(([, { at }]) => at - now);
    },
    thrown,
    set,
    async pass(milliseconds) {
      const until = now + milliseconds;
      await settle();
      for (let next = takeNext(until); next; next = takeNext(until)) {
        now = Math.max(now, next.at);
        try {
          next.run();
        } catch (error) {
          thrown.push(error);
        }
        await settle();
      }
      now = until;
    },
    jump(milliseconds) {
      ahead += milliseconds;
    },
    stop() {
      for (const restore of undo.reverse()) restore();
    },
  };
}

/** Lets everything run that promises alone lead to; one channel for all, because there are many. */
export function createTurns(): () => Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      port2.postMessage(null);
    });
}
