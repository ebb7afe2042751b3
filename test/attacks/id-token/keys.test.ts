import { exportJWK } from "jose";

import { createRsaKey, signToken } from "../../support/rsa-keys.js";
import { itAccepts, itRefuses, withHeader } from "../support/id-token.js";
import type { Misconduct } from "../support/provider.js";
import { signRaw } from "../support/raw-token.js";

const another = createRsaKey("another-key");

/** Too short for RS256: jose signs with no such key. */
const weak = crypto.subtle.generateKey(
  {
    name: "RSASSA-PKCS1-v1_5",
    hash: "SHA-256",
    modulusLength: 1024,
    publicExponent: new Uint8Array([1, 0, 1]),
  },
  true,
  ["sign", "verify"],
);

/** The provider's key, described differently. */
const describedAs = (changes: Readonly<Record<string, unknown>>): Misconduct => ({
  keys: ({ keys: [key] }) => ({ keys: [{ ...key, ...changes }] }),
});

const withAnother: Misconduct = {
  keys: async ({ keys }) => ({ keys: [...keys, (await another).jwk] }),
};

describe("attack: an ID token whose key is not the one to use", () => {
  itRefuses({
    "an unknown kid": withHeader({ kid: "unknown" }),
    "a kid that is a path": withHeader({ kid: "../../dev/null" }),
    "a kid that is a list": withHeader({ kid: ["provider-key"] }),
  });
  itRefuses(
    { "no kid, among several keys,": withHeader({ kid: undefined }) },
    undefined,
    withAnother,
  );
  itRefuses(
    {
      "the kid of another key of the provider's": async ({ claims, key }) =>
        signToken(await another, claims, { kid: key.jwk.kid }),
    },
    undefined,
    withAnother,
  );
  for (const [name, changes] of Object.entries({
    "a key for encryption": { use: "enc" },
    "a key for another algorithm": { alg: "RS512" },
    "a key that may not verify": { key_ops: ["sign"] },
    "a key of another kind": { kty: "EC" },
    "a key without its type": { kty: undefined },
  })) {
    itRefuses({ [name]: withHeader({}) }, undefined, describedAs(changes));
  }
  itRefuses(
    {
      "a key of 1024 bits": signRaw(
        { kid: "weak" },
        undefined,
        undefined,
        weak.then(({ privateKey }) => privateKey),
      ),
    },
    undefined,
    {
      keys: async () => ({ keys: [{ ...(await exportJWK((await weak).publicKey)), kid: "weak" }] }),
    },
  );
  itAccepts({ "no kid, with one key only,": withHeader({ kid: undefined }) });
});
