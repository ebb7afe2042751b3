import type { KeySource } from "../../src/oidc/keys.js";
import type { ExpectedIdToken } from "../../src/oidc/id-token.js";
import { createMovingClock } from "./moving-clock.js";

/** 2030-01-01, when the ID tokens of the tests are made, in seconds since 1970 UTC. */
export const issuedAt = Date.UTC(2030, 0, 1) / 1000;

/** What a page expects of its ID token. */
export const expectIdToken = (key: KeySource): ExpectedIdToken => ({
  issuer: "https://login.example",
  clientId: "brand",
  nonce: "the-nonce",
  key,
  clockTolerance: 60,
  clock: createMovingClock(issuedAt * 1000),
});

/** The claims that fit. */
export const goodClaims = {
  iss: "https://login.example",
  aud: "brand",
  sub: "consumer-1",
  nonce: "the-nonce",
  iat: issuedAt,
  exp: issuedAt + 600,
};
