import { itRefuses, withClaims } from "../support/id-token.js";
import { compact } from "../support/provider.js";

const spellings = ["none", "None", "NONE", "nOnE", "none ", "", null, undefined];

describe("attack: an ID token that is not signed", () => {
  itRefuses(
    Object.fromEntries(
      spellings.map((alg) => [
        `"alg": ${JSON.stringify(alg)}, without a signature`,
        ({ claims }) => compact({ alg, typ: "JWT" }, claims, ""),
      ]),
    ),
  );
  itRefuses({
    '"alg": "none", with the signature of a good token': async (minting) =>
      compact({ alg: "none" }, minting.claims, (await withClaims({})(minting)).split(".")[2]),
  });
});
