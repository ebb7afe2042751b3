import type { SigningKey } from "../../keys.js";
import type { Agent } from "./agents.js";
import type { InstalledApp } from "./apps.js";
import type { Grants } from "./grants.js";

export interface SentinelCounters {
  authorize: number;
  /** Codes that were redeemed, or tried to be. */
  token: number;
  refresh: number;
  revoke: number;
  jwks: number;
  /** Tokens of applications for themselves. */
  appToken: number;
}

export const newSentinelCounters = (): SentinelCounters => ({
  authorize: 0,
  token: 0,
  refresh: 0,
  revoke: 0,
  jwks: 0,
  appToken: 0,
});

/** `token` befalls refreshes too. */
export type SentinelRequestKind = "authorize" | "token" | "revoke" | "jwks" | "appToken";

/** What the service's routes share. */
export interface SentinelWorld {
  readonly apps: readonly InstalledApp[];
  readonly grants: Grants;
  /** Who is signed in to the cloud, by their session. */
  readonly signedIn: Map<string, Agent>;
  /** Signs ID tokens, and tokens of version 2; it is published. */
  readonly key: () => SigningKey;
  /** Signs tokens of version 1; it isn't. */
  readonly staticKey: SigningKey;
  /** Seconds. */
  readonly accessLifetime: () => number;
  readonly now: () => number;
  readonly counters: SentinelCounters;
}
