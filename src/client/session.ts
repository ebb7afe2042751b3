import type { Clock } from "../base/clock.js";
import type { ConsumerAuthError } from "../base/errors.js";
import type { IdTokenClaims } from "../oidc/id-token.js";
import type { Credential } from "../sources/credential.js";

/** What is known of the consumer. */
export type SessionState = "anonymous" | "authenticating" | "authenticated" | "expired" | "failed";

/** What is known of the consumer right now; a new object with every change. */
export interface Session {
  readonly state: SessionState;
  /** The verified claims, where there is an ID token that the page can read. */
  readonly claims?: IdTokenClaims | undefined;
  /** When the proof runs out, in milliseconds since 1970 UTC, where that is known. */
  readonly expiresAt?: number | undefined;
  /** Why the last call was answered without a credential; with `failed` only. */
  readonly error?: ConsumerAuthError | undefined;
}

/** The session, and how it changes. */
export interface SessionKeeper {
  read(): Session;
  /** Somebody is being asked: whatever else lands in the meantime shows only afterwards. */
  readonly begin: () => void;
  /** Nobody is being asked any more. */
  readonly end: () => void;
  /** A credential was handed over. */
  take(credential: Credential): void;
  /** A call was answered without one. Who was signed in stays so. */
  fail(error: ConsumerAuthError): void;
  /** Nobody is signed in any more. */
  clear(): void;
}

/** Timers count 32 bits of milliseconds at the most, and stand still while a laptop sleeps. */
const longestWait = 3_600_000;

/**
 * @param clock - tells when a proof has run out
 * @param onChange - is told of every change
 */
export function createSessionKeeper(
  clock: Clock,
  onChange: (session: Session) => void,
): SessionKeeper {
  let settled: Session = { state: "anonymous" };
  let asking: Session | undefined;
  let session = settled;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function update(): void {
    const next = asking ?? settled;
    if (next === session) return;
    session = next;
    onChange(session);
    watch();
  }

  function settle(next: Session): void {
    settled = next;
    update();
  }

  function watch(): void {
    clearTimeout(timer);
    if (session.expiresAt === undefined || session.state !== "authenticated") return;
    const left = session.expiresAt - clock.now();
    if (left > 0) timer = setTimeout(watch, Math.min(left, longestWait));
    else settle({ ...session, state: "expired" });
  }

  return {
    read() {
      // Whoever looks after a sleep, in which no timer ran, sees what is true.
      watch();
      return session;
    },
    begin() {
      asking ??= { ...settled, error: undefined, state: "authenticating" };
      update();
    },
    end() {
      asking = undefined;
      // After the landing, if there is one, so that the session before it doesn't show up again.
      setTimeout(update);
    },
    take(credential) {
      const claims = credential.kind === "anonymous" ? undefined : credential.claims;
      const state = credential.kind === "anonymous" ? "anonymous" : "authenticated";
      // The same proof handed over again is no change.
      if (state === settled.state && claims === settled.claims) update();
      else settle({ state, claims, expiresAt: claims && claims.exp * 1000 });
    },
    fail(error) {
      if (error.code === "aborted" || settled.state === "authenticated") update();
      else settle({ state: "failed", error });
    },
    clear() {
      asking = undefined;
      settle({ state: "anonymous" });
    },
  };
}
