import { itAccepts, itRefuses, withClaims } from "../support/id-token.js";
import { clientId } from "../support/provider.js";

describe("attack: an ID token that was made for somebody else", () => {
  itRefuses({
    "another audience": withClaims({ aud: "another-client" }),
    "no audience": withClaims({ aud: undefined }),
    "an empty audience": withClaims({ aud: "" }),
    "an empty list of audiences": withClaims({ aud: [] }),
    "the client in other case": withClaims({ aud: clientId.toUpperCase() }),
    "an audience that only begins alike": withClaims({ aud: `${clientId}-2` }),
    "a list without this client": withClaims({ aud: ["another", "third"], azp: clientId }),
    "several audiences and no azp": withClaims({ aud: [clientId, "another-client"] }),
    "several audiences and another azp": withClaims({
      aud: [clientId, "another-client"],
      azp: "another-client",
    }),
    "this client as the only audience, and another azp": withClaims({ azp: "another-client" }),
  });

  itAccepts({
    "this client alone in a list": withClaims({ aud: [clientId] }),
    "several audiences, and this client as azp": withClaims({
      aud: [clientId, "another-client"],
      azp: clientId,
    }),
  });
});
