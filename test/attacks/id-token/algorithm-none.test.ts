import { expectRefusal } from "../support/attack.js";
import { compact } from "../support/provider.js";
import { tokenFlows } from "../support/id-token.js";

describe("attack: an ID token that is not signed", () => {
  for (const alg of ["none", "None", "NONE", "nOnE", "none ", "", null, undefined]) {
    for (const flow of tokenFlows) {
      it(`alg ${JSON.stringify(alg)} (${flow})`, () =>
        expectRefusal(
          flow,
          { misconduct: { idToken: ({ claims }) => compact({ alg, typ: "JWT" }, claims, "") } },
          "id_token_invalid",
        ));
    }
  }
});
