import { itRefuses } from "../support/id-token.js";
import { signRaw } from "../support/raw-token.js";

describe("attack: an ID token with a header that changes what is signed", () => {
  itRefuses({
    'an unknown "crit"': signRaw({ crit: ["urn:example:unknown"], "urn:example:unknown": true }),
    'an empty "crit"': signRaw({ crit: [] }),
    'a "crit" that is a text': signRaw({ crit: "exp" }),
    'a "crit" that names what every token has': signRaw({ crit: ["alg"] }),
    'a "crit" without what it names': signRaw({ crit: ["exp"] }),
    '"b64": false': signRaw({ b64: false, crit: ["b64"] }),
  });
});
