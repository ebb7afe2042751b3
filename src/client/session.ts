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
  /** Somebody is being asked. */
  readonly begin: () => void;
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
  let session: Session = { state: "anonymous" };
  let settled = session;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function change(next: Session): void {
    clearTimeout(timer);
    session = next;
    if (next.state !== "authenticating") settled = session;
    onChange(session);
    if (session === next && next.expiresAt !== undefined && next.state === "authenticated") watch();
  }

  function watch(): void {
    const left = Number(session.expiresAt) - clock.now();
    if (left > 0) timer = setTimeout(watch, Math.min(left, longestWait));
    else change({ ...session, state: "expired" });
  }

  return {
    read: () => session,
    begin() {
      if (session.state !== "authenticating") change({ ...settled, state: "authenticating" });
    },
    take(credential) {
      const claims = credential.kind === "id_token" ? credential.claims : undefined;
      const state = credential.kind === "anonymous" ? "anonymous" : "authenticated";
      // The same proof handed over again is no change.
      if (state === session.state && claims === session.claims) return;
      change({ state, claims, expiresAt: claims && claims.exp * 1000 });
    },
    fail(error) {
      if (error.code !== "aborted" && settled.state !== "authenticated") {
        change({ state: "failed", error });
      } else if (session !== settled) change(settled);
    },
    clear() {
      change({ state: "anonymous" });
    },
  };
}
