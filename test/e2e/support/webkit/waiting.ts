import { setTimeout as pause } from "node:timers/promises";

/** How long something may take where nobody says so, in milliseconds. */
export const DEFAULT_TIMEOUT = 30_000;

/** Milliseconds between two looks. */
const POLLING = 20;

/** What a page says that is on its way to another document. */
const ON_ITS_WAY = /destroyed|injected script|execution context|not found/i;

/** Looks until there is something; a navigation meanwhile is no failure. */
export async function lookUntil<Found>(
  look: () => Promise<Found>,
  timeout: number,
  what: string,
): Promise<NonNullable<Found>> {
  for (const end = performance.now() + timeout; ;) {
    try {
      const found = await look();
      if (found) return found;
    } catch (error) {
      if (!ON_ITS_WAY.test(String(error))) throw error;
    }
    if (timeout > 0 && performance.now() > end) throw new Error(`Waiting failed: ${what}`);
    await pause(POLLING);
  }
}
