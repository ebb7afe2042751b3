import { expect } from "@esm-bundle/chai";

import type { ConsumerAuthError } from "../../../src/base/errors.js";
import { verifyIdToken, type ExpectedIdToken } from "../../../src/oidc/id-token.js";
import { createKeySource } from "../../../src/oidc/keys.js";
import { caught } from "../../support/caught.js";
import { expectIdToken, goodClaims, issuedAt } from "../../support/id-tokens.js";
import { createRsaKey, signToken, type RsaKey } from "../../support/rsa-keys.js";

type Changes = Record<string, unknown>;

describe("the claims of an ID token", () => {
  let key: RsaKey;
  let expected: ExpectedIdToken;

  before(async () => {
    key = await createRsaKey("a");
    expected = expectIdToken(await createKeySource({ jwtPublicKey: key.line }, 1000));
  });

  const mint = (changes: Changes = {}): Promise<string> =>
    signToken(key, { ...goodClaims, ...changes });

  const accepted = async (changes: Changes = {}): Promise<unknown> =>
    verifyIdToken(await mint(changes), expected);

  async function refused(changes: Changes): Promise<ConsumerAuthError> {
    const token = await mint(changes);
    const error = await caught(verifyIdToken(token, expected));
    for (const part of token.split(".")) expect(error.message).not.to.include(part);
    return error;
  }

  it("are given to the page once they are verified", async () => {
    expect(await accepted()).to.deep.equal(goodClaims);
    const more = { given_name: "Zoë", lp_sdes: [{ type: "ctmrinfo" }] };
    expect(await accepted(more)).to.deep.equal({ ...goodClaims, ...more });
  });

  const wrong: readonly [claim: string, value: unknown, says?: string][] = [
    ["iss", undefined, "missing"],
    ["iss", "https://evil.example"],
    ["iss", "https://login.example/"],
    ["iss", "HTTPS://LOGIN.EXAMPLE"],
    ["iss", ["https://login.example"]],
    ["aud", undefined, "missing"],
    ["aud", "other"],
    ["aud", "BRAND"],
    ["aud", []],
    ["aud", ["other"]],
    ["aud", { brand: true }],
    ["nonce", undefined],
    ["nonce", "other"],
    ["nonce", ""],
    ["nonce", ["the-nonce"]],
    ["sub", undefined, "missing"],
    ["sub", ""],
    ["sub", 5],
    ["sub", null],
    ["iat", undefined, "missing"],
    ["iat", "1893456000"],
    ["iat", null],
    ["iat", issuedAt + 61],
    ["exp", undefined, "missing"],
    ["exp", "2893456000"],
    ["exp", null],
    ["nbf", issuedAt + 61],
    ["nbf", "soon"],
    ["azp", "other"],
    ["azp", ""],
    ["azp", null],
    ["azp", ["brand"]],
  ];
  for (const [claim, value, says] of wrong) {
    it(`are refused with ${JSON.stringify({ [claim]: value })}${says ? `: ${says}` : ""}`, async () => {
      const { code, message } = await refused({ [claim]: value });
      expect(code).to.equal("id_token_invalid");
      expect(message).to.include(`"${claim}"`);
      if (says) expect(message).to.include(says);
    });
  }

  it("name this client among several only with an azp that says who asked", async () => {
    const aud = ["brand", "other"];
    expect((await refused({ aud })).message).to.include('"azp"');
    expect((await refused({ aud, azp: "other" })).message).to.include('"azp"');
    expect(await accepted({ aud, azp: "brand" })).to.have.property("sub", "consumer-1");
    expect(await accepted({ aud: ["brand"] })).to.have.property("sub", "consumer-1");
    expect(await accepted({ azp: "brand" })).to.have.property("sub", "consumer-1");
  });

  it("are refused for another client even where azp is ours", async () => {
    expect((await refused({ aud: "other", azp: "brand" })).message).to.include('"aud"');
  });

  it("allow clocks to differ by the tolerance, and no more, both ways", async () => {
    expect(await accepted({ exp: issuedAt - 59 })).to.have.property("sub");
    expect((await refused({ exp: issuedAt - 60 })).code).to.equal("id_token_expired");
    expect(await accepted({ iat: issuedAt + 60 })).to.have.property("sub");
    expect((await refused({ iat: issuedAt + 61 })).code).to.equal("id_token_invalid");
    expect(await accepted({ nbf: issuedAt + 60 })).to.have.property("sub");
    expect((await refused({ nbf: issuedAt + 61 })).code).to.equal("id_token_invalid");
  });

  it("allow no difference where the tolerance is 0", async () => {
    const exact = { ...expected, clockTolerance: 0 };
    const verify = async (changes: Changes) => verifyIdToken(await mint(changes), exact);
    expect(await verify({ exp: issuedAt + 1, iat: issuedAt, nbf: issuedAt })).to.have.property(
      "sub",
    );
    expect((await caught(verify({ exp: issuedAt }))).code).to.equal("id_token_expired");
    expect((await caught(verify({ iat: issuedAt + 1 }))).code).to.equal("id_token_invalid");
    expect((await caught(verify({ nbf: issuedAt + 1 }))).code).to.equal("id_token_invalid");
  });

  it("may be hours old where they answer a request, as long as they have not expired", async () => {
    const hours = { iat: issuedAt - 80_000, nbf: 0 };
    expect(await accepted(hours)).to.include(hours);
    const { code, message } = await refused({ iat: issuedAt - 90_000 });
    expect(code).to.equal("id_token_invalid");
    expect(message).to.include('"iat"');
  });

  it("may be of any age where they answer none", async () => {
    const { nonce, ...unasked } = expected;
    expect(nonce).to.be.a("string");
    expect(await verifyIdToken(await mint({ iat: 0 }), unasked)).to.have.property("iat", 0);
  });

  it("stay out of the error that refuses them, and out of its cause", async () => {
    const personal = { email: "zoe@example.com", sub: "zoe-4711" };
    for (const flaw of [
      { iss: "evil-4711" },
      { aud: "evil-4711" },
      { nonce: "evil-4711" },
      { azp: "evil-4711" },
      { exp: 4711 },
      { iat: 4711e6 },
      { nbf: "evil-4711" },
    ]) {
      const { message, cause } = await refused({ ...personal, ...flaw });
      expect(message).not.to.match(/zoe|evil|4711/);
      expect(cause).to.equal(undefined);
    }
  });
});
