import { expect } from "@esm-bundle/chai";

import { expectCredential, expectRefusal } from "../support/attack.js";
import { withClaims } from "../support/id-token.js";

describe("attack: a code that was put beside somebody else's ID token", () => {
  const flow = "code with an ID token";

  it("the two together are accepted", () =>
    expectCredential(flow, {}, ({ auth }) => {
      expect(auth.session.claims?.sub).to.equal("consumer-1");
    }));

  for (const [name, idToken] of Object.entries({
    "no c_hash": withClaims({ c_hash: undefined }),
    "the c_hash of another code": withClaims({ c_hash: "AAAAAAAAAAAAAAAAAAAAAA" }),
    "an empty c_hash": withClaims({ c_hash: "" }),
    "a c_hash that is a list": withClaims({ c_hash: [] }),
  })) {
    it(`${name} is refused`, () =>
      expectRefusal(flow, { misconduct: { idToken } }, "id_token_invalid"));
  }

  it("a code that was exchanged for another on the way is refused", () =>
    expectRefusal(
      flow,
      { misconduct: { authorization: (parameters) => ({ ...parameters, code: "the-attackers" }) } },
      "id_token_invalid",
    ));

  it("a code without its ID token is refused", () =>
    expectRefusal(
      flow,
      {
        misconduct: {
          authorization: ({ id_token, ...parameters }) => ({ ...parameters, ...(!id_token && {}) }),
        },
      },
      "response_invalid",
    ));
});
