import { expect } from "@esm-bundle/chai";

import type { ConsumerAuthError } from "../../../src/base/errors.js";
import {
  isClockProblem,
  verifyIdToken,
  type ExpectedIdToken,
  type IdTokenClaims,
} from "../../../src/oidc/id-token.js";
import { createKeySource } from "../../../src/oidc/keys.js";
import { caught } from "../../support/caught.js";
import { expectIdToken, goodClaims, issuedAt } from "../../support/id-tokens.js";
import { createRsaKey, signToken, type RsaKey } from "../../support/rsa-keys.js";

type Changes = Record<string, unknown>;

/** A code and its hash, from the examples of OpenID Connect Core 1.0 appendix A.3. */
const code = "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk";
const c_hash = "LDktKdoQak3Pk0cnXxCltA";

describe("an ID token", () => {
  let key: RsaKey;
  let good: ExpectedIdToken;

  before(async () => {
    key = await createRsaKey("a");
    good = expectIdToken(await createKeySource({ jwtPublicKey: key.line }, 1000));
  });

  const verify = async (
    expected: Partial<ExpectedIdToken>,
    changes: Changes = {},
  ): Promise<IdTokenClaims | undefined> =>
    verifyIdToken(await signToken(key, { ...goodClaims, ...changes }), { ...good, ...expected });

  const refused = (
    expected: Partial<ExpectedIdToken>,
    changes: Changes = {},
  ): Promise<ConsumerAuthError> => caught(verify(expected, changes));

  describe("that came with a code", () => {
    it("holds its hash", async () => {
      expect(await verify({ code }, { c_hash })).to.have.property("sub", "consumer-1");
    });

    const digest = "LDktKdoQak3Pk0cnXxCltA".split("").reverse().join("");
    for (const [what, hash] of [
      ["another hash", digest],
      ["no hash", undefined],
      ["an empty hash", ""],
      ["null", null],
      ["the hash with padding", `${c_hash}==`],
      ["the hash in other letters", c_hash.toLowerCase()],
      ["the code itself", code],
      ["a list of the hash", [c_hash]],
    ] as const) {
      it(`is refused with ${what}`, async () => {
        const error = await refused({ code }, { c_hash: hash });
        expect(error.code).to.equal("id_token_invalid");
        expect(error.message).to.include("c_hash").and.not.include(code);
      });
    }

    it("is refused with the hash of another code", async () => {
      const error = await refused({ code: `${code}2` }, { c_hash });
      expect(error.code).to.equal("id_token_invalid");
    });

    it("is refused where the whole token is encrypted, and nobody can tell", async () => {
      const header = btoa('{"alg":"RSA-OAEP-256","enc":"A256GCM"}').replaceAll("=", "");
      const nested = `${header}.a.b.c.d`;
      expect(await verifyIdToken(nested, good)).to.equal(undefined);
      const error = await caught(verifyIdToken(nested, { ...good, code }));
      expect(error.code).to.equal("id_token_invalid");
      expect(error.message).to.include("c_hash");
    });

    it("may hold one where none is asked for", async () => {
      expect(await verify({}, { c_hash: "any" })).to.have.property("sub");
    });
  });

  describe("of a consumer who must have proved who they are", () => {
    it("names one of the levels that will do", async () => {
      const acrValues = "urn:gold silver";
      for (const acr of ["urn:gold", "silver"]) {
        expect(await verify({ acrValues }, { acr })).to.have.property("acr", acr);
      }
    });

    for (const acr of [undefined, null, "", "bronze", "gold", "urn:gold silver", "SILVER", 1]) {
      it(`is refused where the level is ${JSON.stringify(acr)}`, async () => {
        const error = await refused({ acrValues: "urn:gold silver" }, { acr });
        expect(error.code).to.equal("insufficient_authentication");
        expect(error.message).to.include('"acr"').and.not.include("bronze");
      });
    }

    it("says that it was not too long ago, give or take the tolerance", async () => {
      const maxAge = 300;
      for (const auth_time of [issuedAt, issuedAt - 300, issuedAt - 360]) {
        expect(await verify({ maxAge }, { auth_time })).to.have.property("auth_time", auth_time);
      }
      const error = await refused({ maxAge }, { auth_time: issuedAt - 361 });
      expect(error.code).to.equal("insufficient_authentication");
      expect(error.message).to.include('"auth_time"');
    });

    it("says that it was just now where no time may have gone by", async () => {
      const strict = { maxAge: 0, clockTolerance: 0 };
      expect(await verify(strict, { auth_time: issuedAt })).to.have.property("sub");
      for (const auth_time of [issuedAt - 1, undefined]) {
        const error = await refused(strict, { auth_time });
        expect(error.code).to.equal("insufficient_authentication");
      }
    });

    for (const auth_time of [undefined, null, String(issuedAt), true, [issuedAt]]) {
      it(`is refused where the time is ${JSON.stringify(auth_time)}`, async () => {
        const error = await refused({ maxAge: 300 }, { auth_time });
        expect(error.code).to.equal("insufficient_authentication");
      });
    }

    it("need not say either where neither is asked for", async () => {
      expect(await verify({}, { acr: "bronze", auth_time: 0 })).to.have.property("sub");
    });

    it("is refused for what is worse first", async () => {
      const expected = { acrValues: "gold", maxAge: 0 };
      expect((await refused(expected, { nonce: "other" })).code).to.equal("id_token_invalid");
      expect((await refused(expected, { exp: issuedAt - 600 })).code).to.equal("id_token_expired");
    });
  });

  describe("of a consumer who is known", () => {
    it("is theirs", async () => {
      expect(await verify({ sub: "consumer-1" })).to.have.property("sub", "consumer-1");
    });

    for (const sub of ["consumer-2", "CONSUMER-1", "consumer-1 ", "consumer-11"]) {
      it(`is refused where it is of ${JSON.stringify(sub)}`, async () => {
        const error = await refused({ sub: "consumer-1" }, { sub });
        expect(error.code).to.equal("id_token_invalid");
        expect(error.message).to.include("another consumer").and.not.include("consumer-");
      });
    }
  });

  describe("that came by no request of ours", () => {
    const unasked: Partial<ExpectedIdToken> = { nonce: undefined };

    it("may hold any nonce, or none", async () => {
      for (const nonce of [undefined, "another", ""]) {
        expect(await verify(unasked, { nonce })).to.have.property("sub");
      }
    });

    it("may leave out for whom it is made", async () => {
      expect(await verify(unasked, { aud: undefined })).to.have.property("sub");
    });

    for (const changes of [
      { aud: "another" },
      { aud: ["another"] },
      { aud: [] },
      { aud: "" },
      { aud: "BRAND" },
      { aud: ["brand", "another"] },
      { aud: ["brand", "another"], azp: "another" },
      { aud: "brand", azp: "another" },
      { aud: undefined, azp: "another" },
    ]) {
      it(`is refused where it says that it is for others: ${JSON.stringify(changes)}`, async () => {
        const error = await refused(unasked, changes);
        expect(error.code).to.equal("id_token_invalid");
        expect(error.message).to.match(/"(aud|azp)"/);
      });
    }

    it("may be for several, where it was made for us", async () => {
      const changes = { aud: ["another", "brand"], azp: "brand" };
      expect(await verify(unasked, changes)).to.have.property("sub");
    });

    it("may be for anybody where the page has no client", async () => {
      const nobody = { ...unasked, clientId: undefined };
      expect(await verify(nobody, { aud: "whoever" })).to.have.property("sub");
    });

    it("must be ours in everything else", async () => {
      for (const changes of [{ iss: "https://evil.example" }, { sub: "" }, { exp: undefined }]) {
        expect((await refused(unasked, changes)).code).to.equal("id_token_invalid");
      }
    });
  });

  it("that answers a request of ours must say that it is for us", async () => {
    for (const aud of [undefined, "another"]) {
      expect((await refused({}, { aud })).message).to.include('"aud"');
    }
  });

  it("is refused for a clock's sake, or not", async () => {
    for (const [changes, isClocks] of [
      [{ exp: issuedAt - 600 }, true],
      [{ iat: issuedAt + 600 }, true],
      [{ nbf: issuedAt + 600 }, true],
      [{ iss: "https://evil.example" }, false],
      [{ nonce: "other" }, false],
      [{ aud: "other" }, false],
    ] as const) {
      const error = await refused({}, changes);
      expect(isClockProblem(error), JSON.stringify(changes)).to.equal(isClocks);
    }
    expect(isClockProblem(new TypeError('"iat"'))).to.equal(false);
    expect(isClockProblem(undefined)).to.equal(false);
  });
});
