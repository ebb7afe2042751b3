import { expect } from "@esm-bundle/chai";
import {
  CompactEncrypt,
  CompactSign,
  exportSPKI,
  generateKeyPair,
  importPKCS8,
  exportPKCS8,
  importSPKI,
  SignJWT,
} from "jose";

import { verifyIdToken, type ExpectedIdToken } from "../../../src/oidc/id-token.js";
import { createKeySource } from "../../../src/oidc/keys.js";
import { caught } from "../../support/caught.js";
import { expectIdToken, goodClaims } from "../../support/id-tokens.js";
import { createRsaKey, signToken, type RsaKey } from "../../support/rsa-keys.js";

const encode = (value: string): string =>
  btoa(value).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const encodeJson = (value: unknown): string => encode(JSON.stringify(value));

let key: RsaKey;
let expected: ExpectedIdToken;

before(async () => {
  key = await createRsaKey("a");
  expected = expectIdToken(await createKeySource({ jwtPublicKey: key.line }, 1000));
});

async function refused(token: string): Promise<string> {
  const { code, message } = await caught(verifyIdToken(token, expected));
  expect(code).to.equal("id_token_invalid");
  for (const part of token.split(".").filter(({ length }) => length > 8)) {
    expect(message).not.to.include(part);
  }
  return message;
}

describe("the signature of an ID token", () => {
  it("must be that of our key", async () => {
    const other = await createRsaKey("a");
    expect(await refused(await signToken(other, goodClaims))).to.match(/signature.*9007/);
  });

  it("must be that of these claims", async () => {
    const [header, , signature] = (await signToken(key, goodClaims)).split(".");
    const forged = encodeJson({ ...goodClaims, sub: "somebody-else" });
    expect(await refused(`${header}.${forged}.${signature}`)).to.include("signature");
  });

  it("must be there", async () => {
    const [header, claims] = (await signToken(key, goodClaims)).split(".");
    expect(await refused(`${header}.${claims}.`)).to.include("signature");
    expect(await refused(`${header}.${claims}`)).to.include("refused");
  });

  it("must be base64url to the letter, as the cloud may want it", async () => {
    const token = await signToken(key, goodClaims);
    for (const other of [`${token}\n`, ` ${token}`, `${token}==`, token.replace(/.$/, " $&")]) {
      expect(await refused(other)).to.include("base64url");
    }
  });

  for (const alg of ["none", "None", "NONE", "nOnE", ""]) {
    it(`can't be left out by alg "${alg}"`, async () => {
      await refused(`${encodeJson({ alg })}.${encodeJson(goodClaims)}.`);
      await refused(`${encodeJson({ alg })}.${encodeJson(goodClaims)}.c2ln`);
    });
  }

  it("is no HMAC with the public key for its secret", async () => {
    const pem = await exportSPKI(key.publicKey);
    const der = Uint8Array.from(atob(key.line), (character) => character.charCodeAt(0));
    for (const secret of [new TextEncoder().encode(pem), new TextEncoder().encode(key.line), der]) {
      const token = await new SignJWT(goodClaims).setProtectedHeader({ alg: "HS256" }).sign(secret);
      expect(await refused(token)).to.include('"alg"');
    }
  });

  for (const alg of ["PS256", "RS384", "RS512"]) {
    it(`is not ${alg}, which the cloud doesn't take, even with the right key`, async () => {
      const privateKey = await importPKCS8(await exportPKCS8(key.privateKey), alg);
      const token = await new SignJWT(goodClaims).setProtectedHeader({ alg }).sign(privateKey);
      expect(await refused(token)).to.include('"alg"');
    });
  }

  it("is not elliptic", async () => {
    const { privateKey } = await generateKeyPair("ES256");
    const token = await new SignJWT(goodClaims)
      .setProtectedHeader({ alg: "ES256" })
      .sign(privateKey);
    expect(await refused(token)).to.include('"alg"');
  });

  it("is not that of a key which the token brings along", async () => {
    const own = await createRsaKey("own");
    const header = { jwk: own.jwk, jku: "https://evil.example/jwks", x5u: "https://evil.example" };
    expect(await refused(await signToken(own, goodClaims, header))).to.include("signature");
  });

  it("covers no extension that is not understood", async () => {
    const header = encodeJson({ alg: "RS256", crit: ["exp"], exp: 1 });
    await refused(`${header}.${encodeJson(goodClaims)}.c2ln`);
  });

  it("covers claims, and nothing else", async () => {
    for (const payload of ["text", "[]", "null", "5", ""]) {
      const token = await new CompactSign(new TextEncoder().encode(payload))
        .setProtectedHeader({ alg: "RS256" })
        .sign(key.privateKey);
      await refused(token);
    }
  });

  for (const text of ["", "x", "a.b", "a.b.c", "..", "a.b.c.d", "a.b.c.d.e.f", "<!doctype html>"]) {
    it(`is not found in ${JSON.stringify(text)}`, async () => {
      await refused(text);
    });
  }
});

describe("a nested token, which is encrypted for the cloud", () => {
  const encrypt = async (header: object, key_?: CryptoKey | Uint8Array): Promise<string> => {
    const forCloud = await importSPKI(await exportSPKI(key.publicKey), "RSA-OAEP-256");
    const signed = new TextEncoder().encode(await signToken(key, goodClaims));
    return new CompactEncrypt(signed)
      .setProtectedHeader({ alg: "RSA-OAEP-256", enc: "A256GCM", ...header })
      .encrypt(key_ ?? forCloud);
  };

  it("is passed on, without claims: nobody here can read it", async () => {
    for (const enc of ["A128GCM", "A256GCM", "A128CBC-HS256", "A256CBC-HS512"]) {
      const token = await encrypt({ enc, cty: "JWT", kid: "cloud" });
      expect(await verifyIdToken(token, expected), enc).to.equal(undefined);
    }
  });

  it("is refused where it is encrypted in another way", async () => {
    const { publicKey } = await generateKeyPair("RSA-OAEP");
    expect(await refused(await encrypt({ alg: "RSA-OAEP" }, publicKey))).to.include("RSA-OAEP-256");
    await refused(await encrypt({ alg: "dir" }, crypto.getRandomValues(new Uint8Array(32))));
  });

  const headers: readonly unknown[] = [
    { alg: "RSA1_5", enc: "A256GCM" },
    { alg: "none", enc: "A256GCM" },
    { alg: ["RSA-OAEP-256"], enc: "A256GCM" },
    { enc: "A256GCM" },
    { alg: "RSA-OAEP-256" },
    { alg: "RSA-OAEP-256", enc: "none" },
    { alg: "RSA-OAEP-256", enc: "A256GCMx" },
    { alg: "RSA-OAEP-256", enc: "A256GCM", zip: "DEF" },
    { alg: "RSA-OAEP-256", enc: "A256GCM", crit: ["exp"], exp: 1 },
    "text",
    [],
    null,
  ];
  for (const header of headers) {
    it(`is refused with the header ${JSON.stringify(header)}`, async () => {
      await refused(`${encodeJson(header)}.a.b.c.d`);
    });
  }

  it("is refused where its header can't be read", async () => {
    for (const token of ["....", "%%%.a.b.c.d", `${encode("{")}.a.b.c.d`]) {
      expect(await refused(token)).to.include("header");
    }
  });
});
