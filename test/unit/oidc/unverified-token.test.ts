import { expect } from "@esm-bundle/chai";

import {
  readUnverifiedLifetime,
  readUnverifiedSubject,
} from "../../../src/oidc/unverified-token.js";

const encode = (text: string): string =>
  btoa(String.fromCharCode(...new TextEncoder().encode(text)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const token = (payload: string): string => `e30.${encode(payload)}.c2ln`;

describe("the lifetime of a token that nobody verified", () => {
  it("is read in milliseconds", () => {
    const payload = '{"iat":1900000000,"exp":1900000600}';
    expect(readUnverifiedLifetime(token(payload), 5)).to.equal(600_000);
    expect(readUnverifiedLifetime(token('{"iat":0,"exp":0}'), 5)).to.equal(0);
  });

  it("begins now where nobody says when it began", () => {
    expect(readUnverifiedLifetime(token('{"exp":60}'), 20_000)).to.equal(40_000);
  });

  it("is read whatever letters the payload has", () => {
    for (const name of ["Zoë", "李", "🙂", "???>>>", "~~~"]) {
      const payload = JSON.stringify({ name, iat: 0, exp: 5 });
      expect(readUnverifiedLifetime(token(payload), 0), name).to.equal(5000);
    }
  });

  const none: Record<string, string> = {
    "has no exp": token('{"iat":5}'),
    "has an exp that is a text": token('{"iat":0,"exp":"1900000000"}'),
    "has null for its payload": token("null"),
    "has an array for its payload": token("[1]"),
    "has no JSON for its payload": token("{"),
    "has no base64 for its payload": "e30.%%%.c2ln",
    "has no payload": "e30..c2ln",
    "has no signature": `e30.${encode('{"iat":0,"exp":5}')}.`,
    "has two parts": `e30.${encode('{"iat":0,"exp":5}')}`,
    "is encrypted": `e30.${encode('{"iat":0,"exp":5}')}.a.b.c`,
    "is empty": "",
    "is something else": "<!doctype html>",
  };
  for (const [what, text] of Object.entries(none)) {
    it(`is unknown where it ${what}`, () => {
      expect(readUnverifiedLifetime(text, 0)).to.equal(undefined);
    });
  }
});

describe("the subject of a token that nobody verified", () => {
  it("is read as it stands there", () => {
    expect(readUnverifiedSubject(token('{"sub":"person-1"}'))).to.equal("person-1");
  });

  const none: Record<string, string> = {
    "has none": token("{}"),
    "has an empty one": token('{"sub":""}'),
    "has one that is no text": token('{"sub":["person-1"]}'),
    "has one in a prototype": token('{"__proto__":{"sub":"person-1"}}'),
    "has null for its payload": token("null"),
    "has no signature": `e30.${encode('{"sub":"person-1"}')}.`,
    "is something else": "<!doctype html>",
  };
  for (const [what, text] of Object.entries(none)) {
    it(`is unknown where it ${what}`, () => {
      expect(readUnverifiedSubject(text)).to.equal(undefined);
    });
  }
});
