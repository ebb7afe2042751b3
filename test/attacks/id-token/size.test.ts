import { expectCredential, expectRefusal } from "../support/attack.js";
import { withClaims } from "../support/id-token.js";
import { lacks } from "../../support/engines.js";

const padding = "x".repeat(1_000_000);

describe("attack: an ID token of a megabyte", () => {
  (lacks("addresses of 64 KB") ? it.skip : it)("is refused in an address", () =>
    expectRefusal(
      "implicit flow",
      { misconduct: { idToken: withClaims({ padding: padding.slice(0, 49_200) }) } },
      "response_invalid",
    ),
  );

  it("is not read from the token endpoint", () =>
    expectRefusal(
      "exchange in the page",
      { misconduct: { idToken: withClaims({ padding }) } },
      "request_failed",
    ));

  it("of half the size is verified like any other", () =>
    expectCredential("exchange in the page", {
      misconduct: { idToken: withClaims({ padding: padding.slice(0, 500_000) }) },
    }));
});
