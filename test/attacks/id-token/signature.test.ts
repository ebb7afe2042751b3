import { base64url } from "jose";

import { createRsaKey, signToken } from "../../support/rsa-keys.js";
import { itRefuses, withClaims } from "../support/id-token.js";
import { compact, type Minting } from "../support/provider.js";

/** Changes one part of a good token, and leaves the others. */
const bend =
  (at: 0 | 1 | 2, change: (part: string) => string) =>
  async (minting: Minting): Promise<string> => {
    const parts = (await withClaims({})(minting)).split(".");
    parts[at] = change(String(parts[at]));
    return parts.join(".");
  };

const flipBit = (part: string): string => {
  const bytes = base64url.decode(part);
  bytes[100] = Number(bytes[100]) ^ 1;
  return base64url.encode(bytes);
};

const otherSubject = (part: string): string =>
  base64url.encode(
    new TextDecoder().decode(base64url.decode(part)).replace("consumer-1", "consumer-2"),
  );

describe("attack: an ID token whose signature does not hold", () => {
  itRefuses({
    "one bit of the signature": bend(2, flipBit),
    "no signature": bend(2, () => ""),
    "a signature of zeros": bend(2, () => base64url.encode(new Uint8Array(256))),
    "half a signature": bend(2, (part) => part.slice(0, 100)),
    "another subject under the same signature": bend(1, otherSubject),
    "a key of the attacker's under the provider's kid": async ({ claims, key }) =>
      signToken(await createRsaKey("attacker"), claims, { kid: key.jwk.kid }),
    "a signature that is no base64url": ({ claims, key }) =>
      compact({ alg: "RS256", kid: key.jwk.kid }, claims, "!".repeat(342)),
  });
});
