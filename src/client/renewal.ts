import type { Clock } from "../base/clock.js";
import type { ConsumerAuth } from "./consumer-auth.js";

/** Timers count 32 bits of milliseconds at the most, and stand still while a laptop sleeps. */
const longestWait = 60_000;

/** After a renewal that brought nothing better nobody asks again for so many milliseconds. */
const pause = 60_000;

/**
 * Renews the ID token before it runs out, on wall time, while the page is seen. Tabs begin at different
 * moments, so that one of them renews for all.
 *
 * @param auth - whose session is watched
 * @param clock - tells when
 * @param renew - gets a fresh one, or rejects
 * @param signal - ends it
 */
export function keepFresh(
  auth: ConsumerAuth,
  clock: Clock,
  renew: () => Promise<void>,
  signal: AbortSignal,
): void {
  const share = Math.random();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let notBefore = 0;
  let isRenewing = false;

  /** When the token of the session is to be renewed; `undefined` where there is none. */
  function due(): number | undefined {
    const { state, claims } = auth.session;
    if (!claims || (state !== "authenticated" && state !== "expired")) return undefined;
    const life = (claims.exp - claims.iat) * 1000;
    // A fifth of its life before the end, or two minutes; some tabs a little later than others.
    return claims.exp * 1000 - Math.min(life / 5, 120_000) * (1 - share / 2);
  }

  function check(): void {
    clearTimeout(timer);
    const at = due();
    if (signal.aborted || !at || document.visibilityState === "hidden") return;
    const left = Math.max(at, notBefore) - clock.now();
    if (left > 0) timer = setTimeout(check, Math.min(left, longestWait));
    else if (!isRenewing) void run();
  }

  async function run(): Promise<void> {
    isRenewing = true;
    await renew().catch(() => undefined);
    isRenewing = false;
    if (Number(due()) <= clock.now()) notBefore = clock.now() + pause;
    check();
  }

  check();
  auth.addEventListener("sessionchange", check, { signal });
  document.addEventListener("visibilitychange", check, { signal });
  addEventListener("pageshow", check, { signal });
  addEventListener("online", check, { signal });
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
  });
}
