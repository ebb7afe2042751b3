import assert from "node:assert/strict";
import { createHash, createPublicKey } from "node:crypto";
import { afterEach, describe, it, mock } from "node:test";
import { createTokenIssuer, type TokenIssuerOptions } from "../../../src/issuer.js";
import { decryptByHand, readByHand } from "./support/independent.js";
import { makeKey, pemOf } from "./support/keys.js";
import { refused } from "./support/refused.js";

const ISSUER = "https://www.brand.example";
const key = makeKey();
const clouds = makeKey();

const make = (options: Partial<TokenIssuerOptions> = {}): ReturnType<typeof createTokenIssuer> =>
  createTokenIssuer({ issuer: ISSUER, signingKey: key.pem, ...options });

describe("an ID token of the brand's own issuer", () => {
  afterEach(() => mock.timers.reset());

  it("is verified by code that knows nothing of ours, and says what it was told", async () => {
    mock.timers.enable({ apis: ["Date"], now: 1_795_000_000_999 });
    const issuer = await make({ lifetime: 600, audience: "messaging" });
    const claims = {
      sub: "7c0b1f52-9d7e-4f3a-8a41-5b8de0c97e16",
      given_name: "Zoë 🙂",
      auth_time: 1_794_999_000,
      acr: "loa1",
      lp_sdes: [{ type: "ctmrinfo", info: { balance: -400.99, companySize: undefined } }],
    } as const;
    const token = await issuer.issue(claims, { nonce: "n-0S6_WzA2Mj" });
    const read = readByHand(token, key.publicKey);
    assert.deepEqual(read.header, { alg: "RS256", typ: "JWT", kid: issuer.jwks.keys[0]?.kid });
    assert.deepEqual(read.claims, {
      ...claims,
      lp_sdes: [{ type: "ctmrinfo", info: { balance: -400.99 } }],
      iss: ISSUER,
      iat: 1_795_000_000,
      exp: 1_795_000_600,
      aud: "messaging",
      nonce: "n-0S6_WzA2Mj",
    });
    assert.throws(() => readByHand(token, clouds.publicKey));
  });

  it("is for whom the request says, else for whom the issuer says, else for nobody in particular", async () => {
    const read = async (audience?: string, asked?: string): Promise<unknown> => {
      const token = await (await make({ audience })).issue({ sub: "a" }, { audience: asked });
      return readByHand(token, key.publicKey).claims["aud"];
    };
    assert.equal(await read("all", "this"), "this");
    assert.equal(await read("all"), "all");
    assert.equal(await read(), undefined);
  });

  it("is nested for the cloud if need be: signed first, each header with its own kid", async () => {
    const issuer = await make({
      signingKey: { key: key.pem, kid: "brand-1" },
      encryption: { key: { key: pemOf(clouds.publicKey), kid: "cloud-1" } },
    });
    const token = await issuer.issue({ sub: "a" });
    assert.equal(token.split(".").length, 5);
    const outer = decryptByHand(token, clouds.privateKey);
    assert.deepEqual(outer.header, {
      alg: "RSA-OAEP-256",
      enc: "A256GCM",
      kid: "cloud-1",
      cty: "JWT",
      typ: "JWT",
    });
    const { header, claims } = readByHand(outer.token, key.publicKey);
    assert.equal(header["kid"], "brand-1");
    assert.equal(claims["sub"], "a");
    assert.throws(() => decryptByHand(token, key.privateKey));
  });

  it("has no more than what was asked of it where Object.prototype was changed", async () => {
    const issuer = await make();
    Object.defineProperty(Object.prototype, "email", {
      value: "somebody@elsewhere.example",
      configurable: true,
    });
    try {
      const { claims } = readByHand(await issuer.issue({ sub: "a" }), key.publicKey);
      assert.equal(Object.hasOwn(claims, "email"), false);
    } finally {
      delete (Object.prototype as { email?: string }).email;
    }
  });

  for (const request of [{ audience: "" }, { nonce: "" }, { nonce: "ü" }, { nonce: 1 as never }]) {
    it(`is not made for ${JSON.stringify(request)}`, async () => {
      await refused((await make()).issue({ sub: "a" }, request), "invalid_config");
    });
  }
});

describe("the keys of an issuer", () => {
  const spki = key.publicKey.export({ type: "spki", format: "der" });
  const { n, e } = key.publicKey.export({ format: "jwk" });
  // RFC 7638, section 3: the required members in order, and nothing else.
  const thumbprint = createHash("sha256")
    .update(JSON.stringify({ e, kty: "RSA", n }))
    .digest("base64url");

  it("are published without their private half, under an RFC 7638 thumbprint", async () => {
    const { jwks, jwtPublicKey } = await make();
    assert.deepEqual(jwks, {
      keys: [{ kty: "RSA", n, e, kid: thumbprint, alg: "RS256", use: "sig" }],
    });
    assert.equal(jwtPublicKey, spki.toString("base64"));
  });

  it("may come as JWK, CryptoKey, pair that can't be exported, and text of one environment variable", async () => {
    const jwk = key.privateKey.export({ format: "jwk" });
    const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
    const imported = (extractable: boolean): Promise<CryptoKey> =>
      crypto.subtle.importKey("jwk", jwk as JsonWebKey, algorithm, extractable, ["sign"]);
    const publicKey = await crypto.subtle.importKey("spki", spki, algorithm, true, ["verify"]);
    for (const signingKey of [
      { ...jwk, kty: "RSA" },
      await imported(true),
      { privateKey: await imported(false), publicKey },
      key.pem.replaceAll("\n", "\\n"),
      `\n${key.pem}\n`,
    ]) {
      const issuer = await make({ signingKey });
      readByHand(await issuer.issue({ sub: "a" }), key.publicKey);
      assert.equal(issuer.jwks.keys[0]?.kid, thumbprint);
    }
    const named = await make({ signingKey: { ...jwk, kty: "RSA", kid: "of-the-jwk" } });
    assert.equal(named.jwks.keys[0]?.kid, "of-the-jwk");
    await refused(make({ signingKey: await imported(false) }), "invalid_key");
    const strangers = { privateKey: await imported(false), publicKey };
    const [other] = [
      await crypto.subtle.importKey(
        "jwk",
        clouds.privateKey.export({ format: "jwk" }) as JsonWebKey,
        algorithm,
        false,
        ["sign"],
      ),
    ];
    const error = await refused(
      make({ signingKey: { ...strangers, privateKey: other } }),
      "invalid_key",
    );
    assert.match(error.message, /don't fit/);
  });

  it("are turned in four steps, and a token of any of them is verified at every one", async () => {
    const [old, next] = [makeKey(), makeKey()];
    const steps = [
      { signingKey: old.pem },
      { signingKey: old.pem, nextKeys: [pemOf(next.publicKey)] },
      { signingKey: next.pem, previousKeys: [pemOf(old.publicKey)] },
      { signingKey: next.pem },
    ];
    const issuers = await Promise.all(steps.map((step) => make(step)));
    const published = issuers.map(({ jwks }) => new Map(jwks.keys.map((one) => [one.kid, one])));
    for (const [index, issuer] of issuers.entries()) {
      const token = await issuer.issue({ sub: "a" });
      const kid = issuer.jwks.keys[0]?.kid ?? "";
      // A cache may be one step behind; a token may be used one step later.
      for (const keys of published.slice(Math.max(0, index - 1), index + 2)) {
        const jwk = keys.get(kid);
        if (jwk) readByHand(token, createPublicKey({ key: { ...jwk }, format: "jwk" }));
        else assert.fail(`the key of step ${index} is not known at a step beside it`);
      }
    }
  });

  it("have a kid each; the same key twice is one", async () => {
    const twice = await make({ previousKeys: [key.pem, pemOf(key.publicKey)] });
    assert.equal(twice.jwks.keys.length, 1);
    const taken = { key: clouds.pem, kid: "brand-1" };
    const error = await refused(
      make({ signingKey: { key: key.pem, kid: "brand-1" }, nextKeys: [taken] }),
      "invalid_config",
    );
    assert.match(error.message, /nextKeys\[0\]/);
  });
});
