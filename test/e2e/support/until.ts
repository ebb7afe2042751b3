import { setTimeout as pause } from "node:timers/promises";

import { PATIENCE } from "./browser.js";

/** Waits until something holds, on the side of the servers as a rule. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`It doesn't hold: ${holds.toString()}`);
    await pause(20);
  }
}
