import { expect } from "@esm-bundle/chai";

import { readUnverifiedExpiry } from "../../../src/oidc/unverified-expiry.js";

const encode = (text: string): string =>
  btoa(String.fromCharCode(...new TextEncoder().encode(text)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const token = (payload: string): string => `e30.${encode(payload)}.c2ln`;

describe("the expiry of a token that nobody verified", () => {
  it("is read in milliseconds", () => {
    expect(readUnverifiedExpiry(token('{"exp":1900000000}'))).to.equal(1_900_000_000_000);
    expect(readUnverifiedExpiry(token('{"exp":0}'))).to.equal(0);
  });

  it("is read whatever letters the payload has", () => {
    for (const name of ["Zoë", "李", "🙂", "???>>>", "~~~"]) {
      const payload = JSON.stringify({ name, exp: 5 });
      expect(readUnverifiedExpiry(token(payload)), name).to.equal(5000);
    }
  });

  const none: Record<string, string> = {
    "has no exp": token("{}"),
    "has an exp that is a text": token('{"exp":"1900000000"}'),
    "has null for its payload": token("null"),
    "has an array for its payload": token("[1]"),
    "has no JSON for its payload": token("{"),
    "has no base64 for its payload": "e30.%%%.c2ln",
    "has no payload": "e30..c2ln",
    "has no signature": `e30.${encode('{"exp":5}')}.`,
    "has two parts": `e30.${encode('{"exp":5}')}`,
    "is encrypted": `e30.${encode('{"exp":5}')}.a.b.c`,
    "is empty": "",
    "is something else": "<!doctype html>",
  };
  for (const [what, text] of Object.entries(none)) {
    it(`is unknown where it ${what}`, () => {
      expect(readUnverifiedExpiry(text)).to.equal(undefined);
    });
  }
});
