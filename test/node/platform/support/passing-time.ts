import { setImmediate as turn } from "node:timers/promises";
import { mock } from "node:test";

/** Real timers, before a test takes them: real requests over real sockets need real turns of the loop. */
const realTimeout = setTimeout;
const breathe = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => realTimeout(resolve, milliseconds));

/** `setTimeout` and `Date` stand still until somebody moves them. */
export function stopTime(now = Date.UTC(2030, 0, 1)): void {
  mock.timers.enable({ apis: ["setTimeout", "Date"], now });
  mock.method(Math, "random", () => 0);
}

export function restoreTime(): void {
  mock.timers.reset();
  mock.restoreAll();
}

/** Lets time pass in steps, with the network in between, until the work is over. Returns the milliseconds. */
export async function passUntil(work: Promise<unknown>, step: number): Promise<number> {
  const began = Date.now();
  const state = { isOver: false };
  const over = (): void => void (state.isOver = true);
  work.then(over, over);
  for (;;) {
    // A request on this machine takes far less.
    for (let spell = 0; spell < 10 && !state.isOver; spell++) await breathe(2);
    await turn();
    if (state.isOver) return Date.now() - began;
    mock.timers.tick(step);
  }
}
