import { itAccepts, itRefuses } from "../support/id-token.js";
import { signRaw } from "../support/raw-token.js";

/** RFC 7519 section 4: of a name that comes twice the last counts, or the token is refused. */
describe("attack: an ID token that says the same thing twice", () => {
  const first = (name: string, value: unknown) =>
    signRaw(
      {},
      (claims) => `{"${name}":${JSON.stringify(value)},${JSON.stringify(claims).slice(1)}`,
    );
  const last = (name: string, value: unknown) =>
    signRaw(
      {},
      (claims) => `${JSON.stringify(claims).slice(0, -1)},"${name}":${JSON.stringify(value)}}`,
    );

  itRefuses({
    "the right issuer, then another": last("iss", "https://evil.example"),
    "the right audience, then another": last("aud", "another-client"),
    "the right nonce, then another": last("nonce", "another"),
  });
  itRefuses({ "an end to come, then one that is over,": last("exp", 1) }, "id_token_expired");
  itAccepts({
    "another issuer, then the right one,": first("iss", "https://evil.example"),
  });
});
