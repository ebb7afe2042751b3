import { checkConfig } from "../../src/config/check-config.js";
import type { ConsumerAuthConfig, ResolvedConfig } from "../../src/config/options.js";
import type { SourceCall } from "../../src/sources/direct.js";
import { goodClaims, issuedAt } from "./id-tokens.js";
import { createMovingClock, type MovingClock } from "./moving-clock.js";
import { createRsaKey, signToken, type RsaKey } from "./rsa-keys.js";

/** What a source works with, and an identity provider's key. */
export interface SourcePage {
  readonly config: ResolvedConfig;
  readonly clock: MovingClock;
  /** A signed ID token that fits, but for the changes. */
  mint(changes?: Record<string, unknown>): Promise<string>;
}

let key: Promise<RsaKey> | undefined;

/** @param changes - of the configuration of a page that takes ID tokens, in January 2030 */
export async function openSourcePage(changes: ConsumerAuthConfig = {}): Promise<SourcePage> {
  const signing = await (key ??= createRsaKey("a"));
  const { config } = checkConfig({
    engagement: "authenticated",
    flow: "implicit",
    issuer: goodClaims.iss,
    clientId: goodClaims.aud,
    redirectUri: `${location.origin}/callback.html`,
    jwtPublicKey: signing.line,
    // Too short to ask a busy server again.
    requestTimeout: 4000,
    ...changes,
  });
  return {
    config,
    clock: createMovingClock(issuedAt * 1000),
    mint: (claims) => signToken(signing, { ...goodClaims, nonce: undefined, ...claims }),
  };
}

/** The window's challenge (RFC 7636 appendix B). */
export const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/** What a call of the window asks of a source, but for the changes. */
export const sourceCall = (changes: Partial<SourceCall> = {}): SourceCall => ({
  codeChallenge: undefined,
  interactive: false,
  renew: false,
  signal: new AbortController().signal,
  ...changes,
});
