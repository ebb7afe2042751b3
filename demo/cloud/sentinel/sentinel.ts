import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { makeSigningKey } from "../../keys.js";
import type { Route } from "../routes.js";
import { appTokenRoutes } from "./app-token-endpoint.js";
import { installedApps, type AppSecrets } from "./apps.js";
import { createGrants } from "./grants.js";
import { loginRoutes } from "./login.js";
import { tokenRoutes } from "./token-endpoint.js";
import type { SentinelCounters, SentinelRequestKind, SentinelWorld } from "./world.js";

/** What a test does to the service behind everybody's back. */
export interface SentinelControls {
  /** Whether services of the cloud would take this access token. */
  isLive(accessToken: string): boolean;
  /** Ends everybody's session, at the cloud and in all applications. */
  endSessions(): void;
  /** In seconds, of access tokens made from now on. */
  setAccessTokenLifetime(seconds: number): void;
  /** Signs ID tokens, and tokens of version 2, with a new key; the old one isn't published any more. */
  rotateKeys(): Promise<void>;
}

export interface Sentinel {
  readonly routes: readonly Route<SentinelRequestKind>[];
  readonly controls: SentinelControls;
}

export interface SentinelOptions {
  /** Where the demo's application is. */
  readonly deskOrigin: string;
  readonly secrets: AppSecrets;
  readonly port: string;
  readonly now: () => number;
  readonly counters: SentinelCounters;
}

/** The cloud's service that authorizes applications: for their users, and for themselves. */
export async function createSentinel(options: SentinelOptions): Promise<Sentinel> {
  const { deskOrigin, port, now, counters } = options;
  const styles = await readFile(new URL("../../idp/idp.css", import.meta.url), "utf8");
  let key = await makeSigningKey("sentinel-1");
  let accessLifetime = 28_800;
  const world: SentinelWorld = {
    apps: installedApps(deskOrigin, options.secrets),
    grants: createGrants(now, () => accessLifetime),
    signedIn: new Map(),
    key: () => key,
    staticKey: await makeSigningKey("appjwt-1"),
    accessLifetime: () => accessLifetime,
    now,
    counters,
  };

  return {
    routes: [
      ...loginRoutes(world, { cookieName: `sentinel_${port}`, deskOrigin, styles }),
      ...tokenRoutes(world),
      ...appTokenRoutes(world),
    ],
    controls: {
      isLive: (accessToken) => world.grants.isLive(accessToken),
      endSessions: () => {
        world.signedIn.clear();
        world.grants.endAll();
      },
      setAccessTokenLifetime: (seconds) => (accessLifetime = seconds),
      rotateKeys: async () => {
        key = await makeSigningKey(`sentinel-${randomUUID()}`);
      },
    },
  };
}
