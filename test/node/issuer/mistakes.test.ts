import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { describe, it } from "node:test";
import { createTokenIssuer, type KeyInput, type TokenIssuerOptions } from "../../../src/issuer.js";
import { makeKey, pemOf, type TestKey } from "./support/keys.js";
import { refused } from "./support/refused.js";

const good = makeKey();
const make = (options: Partial<TokenIssuerOptions>): Promise<unknown> =>
  createTokenIssuer({ issuer: "https://www.brand.example", signingKey: good.pem, ...options });

const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const jwk = good.privateKey.export({ format: "jwk" });
const publicPartOf = ({ publicKey }: TestKey): { n: string } => ({
  n: publicKey.export({ format: "jwk" }).n ?? "",
});
const pkcs1 = good.privateKey.export({ type: "pkcs1", format: "pem" }) as string;
const encrypted = good.privateKey.export({
  type: "pkcs8",
  format: "pem",
  cipher: "aes-256-cbc",
  passphrase: "secret",
}) as string;
const pss = await crypto.subtle.generateKey(
  { name: "RSA-PSS", hash: "SHA-256", modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) },
  true,
  ["sign", "verify"],
);

const WRONG_KEYS: Readonly<Record<string, [KeyInput, RegExp]>> = {
  "1024 bits": [makeKey(1024).pem, /2048 bits/],
  "1024 bits as a JWK": [
    { ...makeKey(1024).privateKey.export({ format: "jwk" }), kty: "RSA" },
    /2048 bits/,
  ],
  "an EC key": [pemOf(ec.privateKey), /RSA/],
  "an EC key as a JWK": [{ ...ec.privateKey.export({ format: "jwk" }), kty: "EC" }, /RSA/],
  "a public key": [pemOf(good.publicKey), /public key; a private one/],
  "a public JWK": [{ ...good.publicKey.export({ format: "jwk" }), kty: "RSA" }, /a private one/],
  "a key of PKCS#1": [pkcs1, /openssl pkcs8 -topk8/],
  "an encrypted key": [encrypted, /decrypt it/],
  garbage: ["garbage", /PKCS#8/],
  "garbage in armour": [
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----",
    /can't be read/,
  ],
  "a JWK for another algorithm": [{ ...jwk, kty: "RSA", alg: "PS256" }, /RS256/],
  "a JWK for encryption": [{ ...jwk, kty: "RSA", use: "enc" }, /use/],
  "a JWK of two keys": [
    { ...jwk, kty: "RSA", ...publicPartOf(makeKey()) },
    /can't be read|don't fit/,
  ],
  "a CryptoKey for another primitive": [pss.privateKey, /RSASSA-PKCS1-v1_5/],
  "an empty kid": [{ key: good.pem, kid: "" }, /kid/],
  nothing: [undefined as never, /missing/],
  "a number": [5 as never, /missing/],
};

describe("a wrong key is named with its mend, and none of it is told", () => {
  for (const [name, [signingKey, mend]] of Object.entries(WRONG_KEYS)) {
    it(name, async () => {
      const error = await refused(make({ signingKey }), "invalid_key");
      assert.match(error.message, /^signingKey /);
      assert.match(error.message, mend);
      assert.equal(error.cause, undefined);
    });
  }

  it("in the other places, too", async () => {
    const weak = pemOf(makeKey(1024).publicKey);
    for (const [options, path] of [
      [{ nextKeys: [good.pem, weak] }, "nextKeys[1]"],
      [{ previousKeys: [weak] }, "previousKeys[0]"],
      [{ encryption: { key: weak } }, "encryption.key"],
      [{ encryption: { key: pemOf(ec.publicKey) } }, "encryption.key"],
    ] as const) {
      const error = await refused(make(options), "invalid_key");
      assert.ok(error.message.startsWith(path), error.message);
    }
  });
});

describe("a wrong option is named with its mend", () => {
  const wrong: Readonly<Record<string, Partial<Record<keyof TokenIssuerOptions, unknown>>[]>> = {
    issuer: [
      { issuer: undefined },
      { issuer: "" },
      { issuer: "http://www.brand.example" },
      { issuer: "https://www.brand.example/?a" },
      { issuer: "https://www.brand.example/#a" },
      { issuer: "two words" },
      { issuer: "no uri:" },
    ],
    lifetime: [{ lifetime: 0 }, { lifetime: 90_000 }, { lifetime: 1.5 }, { lifetime: "600" }],
    audience: [{ audience: "" }, { audience: ["a", "b"] }],
    additionalClaims: [
      { additionalClaims: ["sub"] },
      { additionalClaims: ["iss"] },
      { additionalClaims: ["__proto__"] },
      { additionalClaims: [""] },
    ],
    "encryption.contentEncryption": [
      { encryption: { key: good.pem, contentEncryption: "A256CBC" } },
    ],
  };
  for (const [option, cases] of Object.entries(wrong)) {
    for (const options of cases) {
      it(`${option}: ${Object.values(options).join()}`, async () => {
        const error = await refused(make(options as TokenIssuerOptions), "invalid_config");
        assert.ok(error.message.startsWith(option), error.message);
      });
    }
  }

  it("and an issuer without a scheme, or on this machine, is none", async () => {
    await make({ issuer: "brand" });
    await make({ issuer: "urn:brand:messaging" });
    await make({ issuer: "http://localhost:8080" });
  });
});

describe("in a browser", () => {
  it("nothing runs: a private key has no place there", async () => {
    const versions = Object.getOwnPropertyDescriptor(process, "versions")!;
    Object.defineProperty(process, "versions", { value: {}, configurable: true });
    Object.defineProperty(globalThis, "document", { value: {}, configurable: true });
    try {
      await refused(make({}), "in_browser");
    } finally {
      Object.defineProperty(process, "versions", versions);
      delete (globalThis as { document?: unknown }).document;
    }
  });
});
