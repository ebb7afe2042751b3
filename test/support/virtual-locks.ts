import { override } from "./override.js";

/** Exclusive locks as `navigator.locks` has them, granted by the next turn: no other process is asked. */
export function startVirtualLocks(): { stop(): void } {
  const queues = new Map<string, Promise<unknown>>();

  async function request<T>(
    name: string,
    { signal }: { readonly signal: AbortSignal },
    run: () => Promise<T>,
  ): Promise<T> {
    const aborted = new Promise<never>((_resolve, reject) => {
      signal.onabort = () => reject(new DOMException("Nobody waits.", "AbortError"));
    });
    const before = queues.get(name);
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    queues.set(
      name,
      Promise.allSettled([before, held]).then(() => undefined),
    );
    try {
      await Promise.race([Promise.resolve(before), aborted]);
      return await run();
    } finally {
      release();
    }
  }

  return { stop: override(navigator, "locks", { request }) };
}
