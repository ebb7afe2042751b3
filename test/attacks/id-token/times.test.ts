import { itAccepts, itRefuses, nowInSeconds, withClaims } from "../support/id-token.js";

const at = (seconds: number): number => nowInSeconds() + seconds;
const year = 31_536_000;

describe("attack: an ID token out of its time", () => {
  itRefuses(
    {
      "expired two minutes ago": withClaims({ iat: at(-600), exp: at(-120) }),
      "expired a year ago": withClaims({ iat: at(-year - 600), exp: at(-year) }),
    },
    "id_token_expired",
  );
  itRefuses({
    "not valid before two minutes from now": withClaims({ nbf: at(120) }),
    "issued two minutes from now": withClaims({ iat: at(120), exp: at(600) }),
    "issued in ten years": withClaims({ iat: at(10 * year), exp: at(11 * year) }),
    "issued two years ago and still not expired": withClaims({ iat: at(-2 * year), exp: at(600) }),
  });
  itAccepts({
    "issued hours ago": withClaims({ iat: at(-7200) }),
    "issued in half a minute, within the tolerance of clocks,": withClaims({ iat: at(30) }),
  });
});
