import { expect } from "@esm-bundle/chai";
import { base64url } from "jose";

import { expectCredential } from "../support/attack.js";
import { itRefuses } from "../support/id-token.js";

/** Five parts, of which a page can read the first only. */
const nested = (header: unknown) => (): string =>
  [
    base64url.encode(typeof header === "string" ? header : JSON.stringify(header)),
    "a2V5",
    "aXY",
    "Y2lwaGVydGV4dA",
    "dGFn",
  ].join(".");

const right = { alg: "RSA-OAEP-256", enc: "A256GCM", cty: "JWT" };

describe("attack: an encrypted ID token with a foreign header", () => {
  itRefuses({
    "the algorithm RSA1_5": nested({ ...right, alg: "RSA1_5" }),
    "the algorithm dir": nested({ ...right, alg: "dir" }),
    "an algorithm with a password": nested({ ...right, alg: "PBES2-HS256+A128KW", p2c: 1e9 }),
    "no algorithm": nested({ enc: "A256GCM" }),
    "an unknown encryption": nested({ ...right, enc: "none" }),
    "no encryption": nested({ alg: "RSA-OAEP-256" }),
    "an encryption that is no text": nested({ ...right, enc: { toString: null, valueOf: null } }),
    "a compressed content": nested({ ...right, zip: "DEF" }),
    "a critical extension": nested({ ...right, crit: ["exp"] }),
    "a header that is no JSON": nested("no JSON"),
    "a header that is null": nested("null"),
  });

  it("one for the cloud is passed on unread, and nobody is called verified", () =>
    expectCredential("implicit flow", { misconduct: { idToken: nested(right) } }, ({ auth }) => {
      expect(auth.session.claims).to.equal(undefined);
    }));
});
