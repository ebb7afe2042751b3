import { setTimeout as pause } from "node:timers/promises";

import { PATIENCE } from "./browser.js";

/** Waits until something holds on the side of the servers. */
export async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`It doesn't hold: ${holds.toString()}`);
    await pause(20);
  }
}
