import { settleBy } from "./deadline.js";

/**
 * Lets time pass, and leaves no timer behind.
 *
 * @param signal - ends the wait: then it rejects as {@link settleBy} does
 */
export async function wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const waiting = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  try {
    await settleBy(signal, waiting);
  } finally {
    clearTimeout(timer);
  }
}
