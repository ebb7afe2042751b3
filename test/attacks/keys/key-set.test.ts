import { exportJWK } from "jose";
import { expect } from "@esm-bundle/chai";

import { createRsaKey } from "../../support/rsa-keys.js";
import { expectCredential, expectRefusal } from "../support/attack.js";
import type { Misconduct } from "../support/provider.js";
import { redirect } from "../support/room.js";
import { bySite, expectNothingPolluted, expectRecovery } from "../support/site-page.js";
import type { ErrorCode } from "../../../src/index.js";

const another = createRsaKey("another-key");

/** A key that nobody has the other half of, and that costs as many bytes as a real one. */
const filler = (kid: string): object => ({ kty: "RSA", kid, e: "AQAB", n: "x".repeat(342) });

type Keys = NonNullable<Misconduct["keys"]>;

const refused: Readonly<Record<string, readonly [ErrorCode, Keys]>> = {
  "no key": ["id_token_invalid", () => ({ keys: [] })],
  "no list": ["keys_unavailable", () => ({})],
  "a list that is an object": ["keys_unavailable", ({ keys }) => ({ keys: { 0: keys[0] } })],
  "a list that is a text": ["keys_unavailable", () => ({ keys: "keys" })],
  "a list of nothing": ["keys_unavailable", () => ({ keys: [null] })],
  "a list of lists": ["keys_unavailable", ({ keys }) => ({ keys: [keys] })],
  "10 000 keys, which are more than 1 MB": [
    "keys_unavailable",
    ({ keys }) => ({
      keys: [...keys, ...Array.from({ length: 10_000 }, (_, at) => filler(`key-${at}`))],
    }),
  ],
  "the key under a prototype": [
    "keys_unavailable",
    (set) => ({ body: `{"__proto__":${JSON.stringify(set)}}` }),
  ],
  "two keys by the same name": [
    "id_token_invalid",
    async ({ keys }) => ({ keys: [...keys, { ...(await another).jwk, kid: keys[0]?.kid }] }),
  ],
  "the same key twice": ["id_token_invalid", ({ keys }) => ({ keys: [...keys, ...keys] })],
  "another key by the right name": [
    "id_token_invalid",
    async ({ keys }) => ({ keys: [{ ...(await another).jwk, kid: keys[0]?.kid }] }),
  ],
  "the private key": [
    "keys_unavailable",
    async ({ keys }) => ({
      keys: [{ ...(await exportJWK((await another).privateKey)), kid: keys[0]?.kid }],
    }),
  ],
  "a secret by the right name": [
    "id_token_invalid",
    ({ keys }) => ({ keys: [{ kty: "oct", k: "c2VjcmV0", alg: "RS256", kid: keys[0]?.kid }] }),
  ],
  "a secret that calls itself RSA": [
    "keys_unavailable",
    ({ keys }) => ({ keys: [{ kty: "RSA", k: "c2VjcmV0", alg: "RS256", kid: keys[0]?.kid }] }),
  ],
  "a key without its modulus": [
    "keys_unavailable",
    ({ keys }) => ({ keys: [{ ...keys[0], n: undefined }] }),
  ],
  "a key whose modulus is a number": [
    "keys_unavailable",
    ({ keys }) => ({ keys: [{ ...keys[0], n: 5 }] }),
  ],
};

/** Sets that could be read are kept, whatever their keys are like. */
const wasRead = new Set(
  Object.entries(refused)
    .filter(([name, [code]]) => code === "id_token_invalid" || / (private|secret|key w)/.test(name))
    .map(([name]) => name),
);

describe("attack: a key set that holds the wrong things", () => {
  for (const [name, [code, misbehave]] of Object.entries(refused)) {
    it(`${name}: ${code}`, async () => {
      let isHostile = true;
      const options = bySite({
        misconduct: {
          keys: (set, request) => (isHostile ? misbehave(set, request) : set),
        },
      });
      await expectRefusal("implicit flow", options, code, async (page) => {
        isHostile = false;
        // A set that was read is kept; one that could not be read is asked for again.
        if (!wasRead.has(name)) await expectRecovery(page);
        expectNothingPolluted();
      });
    });
  }

  it("a redirect to an honest set is not followed", () =>
    expectRefusal(
      "implicit flow",
      bySite({
        misconduct: {
          keys: (set, { query }) => (query.has("moved") ? set : redirect("keys?moved")),
        },
      }),
      "keys_unavailable",
      ({ room }) => {
        expect(room.requests.filter(({ query }) => query.has("moved"))).to.have.length(0);
      },
    ));

  it("keys that are of no use stand beside the right one: it is found", () =>
    expectCredential(
      "implicit flow",
      bySite({
        misconduct: {
          keys: ({ keys }) => ({
            keys: [
              { kty: "oct", k: "c2VjcmV0", kid: keys[0]?.kid },
              { kty: "EC", crv: "P-256", x: "x", y: "y", kid: keys[0]?.kid },
              { ...keys[0], use: "enc" },
              { kty: "unheard-of", kid: "x", constructor: { prototype: { polluted: 1 } } },
              ...Array.from({ length: 1000 }, (_, at) => filler(`key-${at}`)),
              ...keys,
            ],
          }),
        },
      }),
      expectNothingPolluted,
    ));
});
