import { itRefuses } from "../support/id-token.js";
import { signToken } from "../../support/rsa-keys.js";
import type { Minting } from "../support/provider.js";

const mint =
  (change: (issuer: string) => unknown) =>
  ({ claims, key }: Minting): Promise<string> =>
    signToken(key, { ...claims, iss: change(String(claims["iss"])) }, { kid: key.jwk.kid });

describe("attack: an ID token of another issuer, signed with the right key", () => {
  itRefuses({
    "another issuer": mint(() => "https://login.example"),
    "no issuer": mint(() => undefined),
    "an empty issuer": mint(() => ""),
    "the issuer in a list": mint((issuer) => [issuer]),
    "the issuer with a slash at its end": mint((issuer) => `${issuer}/`),
    "the issuer in other case": mint((issuer) => issuer.replace("http:", "HTTP:")),
    "the issuer with its port spelled differently": mint((issuer) =>
      issuer.replace(/:(\d+)/, ":0$1"),
    ),
    "the issuer with a letter of another alphabet": mint((issuer) => issuer.replace("h", "һ")),
    "the issuer with a blank": mint((issuer) => `${issuer} `),
    "an issuer that only begins alike": mint((issuer) => `${issuer}.evil.example`),
  });
});
