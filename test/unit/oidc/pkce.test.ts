import { expect } from "@esm-bundle/chai";

import { toCodeChallenge } from "../../../src/oidc/code-challenge.js";
import { randomText, readCodeChallenge, toBase64Url } from "../../../src/oidc/pkce.js";
import { codeOf } from "../../support/caught.js";

const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

describe("a code challenge", () => {
  it("is that of RFC 7636 appendix B", async () => {
    const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    expect(await toCodeChallenge(verifier)).to.equal(challenge);
  });

  it("of the window is passed on as it came", () => {
    expect(readCodeChallenge(challenge)).to.equal(challenge);
    expect(readCodeChallenge("_-".repeat(21) + "9")).to.equal("_-".repeat(21) + "9");
  });

  it("may be absent", () => {
    for (const none of [undefined, null, ""]) expect(readCodeChallenge(none)).to.equal(undefined);
  });

  const wrong = [
    challenge.slice(1),
    `${challenge}A`,
    `${challenge}=`,
    `${challenge}\n`,
    challenge.replace("-", "+"),
    challenge.replace("-", "/"),
    challenge.replace("-", " "),
    5,
    0,
    false,
    true,
    {},
    [challenge],
    { toString: () => challenge },
    "&response_type=token",
  ];
  for (const value of wrong) {
    it(`is refused where it is ${JSON.stringify(value)}`, async () => {
      expect(await codeOf(() => readCodeChallenge(value))).to.equal("invalid_challenge");
    });
  }
});

describe("random text", () => {
  it("is 43 characters of base64url: a state, a nonce, or a verifier", () => {
    for (let i = 0; i < 100; i++) expect(randomText()).to.match(/^[A-Za-z0-9_-]{43}$/);
  });

  it("is never the same", () => {
    expect(new Set(Array.from({ length: 1000 }, randomText)).size).to.equal(1000);
  });
});

describe("base64url", () => {
  it("has its own two letters and no padding", () => {
    expect(toBase64Url(new Uint8Array([0xfb, 0xff, 0xbf]))).to.equal("-_-_");
    expect(toBase64Url(new Uint8Array([0xff]))).to.equal("_w");
    expect(toBase64Url(new Uint8Array())).to.equal("");
  });
});
