import { itRefuses, withClaims } from "../support/id-token.js";
import { compact } from "../support/provider.js";
import { signRaw } from "../support/raw-token.js";

describe("attack: something that is no ID token", () => {
  itRefuses({
    "one part": () => "no-compact-serialization",
    "two parts": async (minting) => (await withClaims({})(minting)).replace(/\.[^.]*$/, ""),
    "four parts": async (minting) => `${await withClaims({})(minting)}.c2ln`,
    "six parts": async (minting) => `${await withClaims({})(minting)}.a.b.c`,
    "dots only": () => "..",
    "a header that is no JSON": ({ claims }) => compact("no JSON", claims),
    "a header that is a list": ({ claims }) => compact([], claims),
    "a token with blanks": async (minting) => ` ${await withClaims({})(minting)} `,
    "a token with a line break in it": async (minting) =>
      (await withClaims({})(minting)).replace(".", ".\n"),
    "base64 in place of base64url": signRaw({}, undefined, (part) => `${part}==`),
    "claims that are a list": signRaw({}, () => "[]"),
    "claims that are a text": signRaw({}, () => '"consumer-1"'),
    "claims that are null": signRaw({}, () => "null"),
    "claims that are no JSON": signRaw({}, () => "{iss}"),
    "claims with a byte that is no UTF-8": signRaw({}, () => new Uint8Array([0x7b, 0xff, 0x7d])),
    "no claims at all": signRaw({}, () => ""),
  });
});
