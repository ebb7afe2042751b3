import { expectCredential, expectRefusal } from "../support/attack.js";
import { withClaims } from "../support/id-token.js";

const padding = "x".repeat(1_000_000);

describe("attack: an ID token of a megabyte", () => {
  it("is refused in an address", () =>
    expectRefusal(
      "implicit flow",
      { misconduct: { idToken: withClaims({ padding: padding.slice(0, 49_200) }) } },
      "response_invalid",
    ));

  it("is verified like any other where it comes from the token endpoint", () =>
    expectRefusal(
      "exchange in the page",
      { misconduct: { idToken: withClaims({ padding, aud: "another-client" }) } },
      "id_token_invalid",
    ));

  it("is handed over where it is right", () =>
    expectCredential("exchange in the page", { misconduct: { idToken: withClaims({ padding }) } }));
});
