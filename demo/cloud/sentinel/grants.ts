import { createHash, randomBytes } from "node:crypto";
import type { Agent } from "./agents.js";
import type { InstalledApp } from "./apps.js";

const CODE_LIFETIME_MS = 60_000;
const REFRESH_LIFETIME_MS = 28_800_000;

/** What one sign-in to one application has led to; it ends as a whole. */
interface Grant {
  readonly app: InstalledApp;
  readonly agent: Agent;
  ended: boolean;
}

interface Code {
  readonly grant: Grant;
  readonly redirectUri: string | undefined;
  readonly challenge: string | undefined;
  readonly nonce: string | undefined;
  readonly until: number;
  used: boolean;
}

/** What a code is redeemed with. */
export interface Redemption {
  readonly code: string;
  readonly redirectUri: string | undefined;
  readonly verifier: string | undefined;
}

export interface Grants {
  /** @param wanted - what the authorization request said */
  makeCode(
    app: InstalledApp,
    agent: Agent,
    wanted: Pick<Code, "redirectUri" | "challenge" | "nonce">,
  ): string;
  /** @returns why not, where it can't be redeemed */
  redeem(app: InstalledApp, redemption: Redemption): Redeemed | string;
  /** @returns why not */
  refresh(app: InstalledApp, token: string): Tokens | string;
  /** Ends all that the token's user has anywhere. */
  revoke(app: InstalledApp, token: string): Agent | undefined;
  /** Whether services of the cloud would take it. */
  isLive(accessToken: string): boolean;
  endAll(): void;
}

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

export interface Redeemed extends Tokens {
  readonly agent: Agent;
  readonly nonce: string | undefined;
}

/** Codes work once; refresh tokens are rotated, and one that comes again ends its whole grant. */
export function createGrants(now: () => number, accessLifetime: () => number): Grants {
  const codes = new Map<string, Code>();
  const refreshTokens = new Map<string, { grant: Grant; until: number; used: boolean }>();
  const accessTokens = new Map<string, { grant: Grant; until: number }>();

  const issue = (grant: Grant): Tokens => {
    const accessToken = randomBytes(32).toString("hex");
    const refreshToken = randomBytes(256).toString("hex");
    accessTokens.set(accessToken, { grant, until: now() + accessLifetime() * 1000 });
    refreshTokens.set(refreshToken, { grant, until: now() + REFRESH_LIFETIME_MS, used: false });
    return { accessToken, refreshToken };
  };

  return {
    makeCode: (app, agent, wanted) => {
      const code = randomBytes(24).toString("base64url");
      const grant = { app, agent, ended: false };
      codes.set(code, { ...wanted, grant, until: now() + CODE_LIFETIME_MS, used: false });
      return code;
    },
    redeem: (app, { code, redirectUri, verifier }) => {
      const found = codes.get(code);
      if (found?.grant.app !== app) return "no such code";
      if (found.used) {
        // RFC 6749 section 4.1.2: whatever came of the code may be in the wrong hands.
        found.grant.ended = true;
        return "the code was used before";
      }
      found.used = true;
      if (found.until <= now()) return "the code has expired";
      if (redirectUri !== found.redirectUri) return "another redirect_uri";
      if (challengeOf(verifier) !== found.challenge) return "the code_verifier doesn't fit";
      return { ...issue(found.grant), agent: found.grant.agent, nonce: found.nonce };
    },
    refresh: (app, token) => {
      const found = refreshTokens.get(token);
      if (found?.grant.app !== app) return "no such refresh token";
      if (found.used) found.grant.ended = true;
      if (found.grant.ended || found.until <= now()) return "the session is over";
      found.used = true;
      return issue(found.grant);
    },
    revoke: (app, token) => {
      const found = refreshTokens.get(token);
      if (found?.grant.app !== app) return undefined;
      const { agent } = found.grant;
      for (const { grant } of [...refreshTokens.values(), ...codes.values()]) {
        if (grant.agent === agent && grant.app.account === app.account) grant.ended = true;
      }
      return agent;
    },
    isLive: (accessToken) => {
      const found = accessTokens.get(accessToken);
      return found !== undefined && !found.grant.ended && found.until > now();
    },
    endAll: () => {
      for (const { grant } of [...refreshTokens.values(), ...codes.values()]) grant.ended = true;
    },
  };
}

/** PKCE with S256 (RFC 7636 section 4.6); none is asked for where none was sent. */
function challengeOf(verifier: string | undefined): string | undefined {
  return verifier === undefined
    ? undefined
    : createHash("sha256").update(verifier).digest("base64url");
}
