import { itRefuses, nowInSeconds, withClaims } from "../support/id-token.js";

describe("attack: an ID token that leaves out what it must say", () => {
  itRefuses({
    "no subject": withClaims({ sub: undefined }),
    "an empty subject": withClaims({ sub: "" }),
    "a number as the subject": withClaims({ sub: 1 }),
    "a list as the subject": withClaims({ sub: ["consumer-1"] }),
    "no time of issue": withClaims({ iat: undefined }),
    "no end": withClaims({ exp: undefined }),
    "an end that is a text": withClaims({ exp: `${nowInSeconds() + 600}` }),
    "a time of issue that is a text": withClaims({ iat: `${nowInSeconds()}` }),
    "an end at the end of all numbers": withClaims({ exp: "Infinity" }),
  });
});
