import { base64url } from "jose";

import type { Minting } from "./provider.js";

/**
 * A token whose bytes are the test's own, and whose signature over them is the provider's.
 *
 * @param header - what the header says besides, or in place
 * @param write - the payload's bytes; JSON of the right claims otherwise
 * @param encode - changes each part after it was encoded, before it is signed
 * @param signingKey - in place of the provider's
 */
export const signRaw =
  (
    header: Readonly<Record<string, unknown>>,
    write: (claims: Readonly<Record<string, unknown>>) => string | Uint8Array = JSON.stringify,
    encode = (part: string): string => part,
    signingKey?: Promise<CryptoKey>,
  ) =>
  async ({ claims, key }: Minting): Promise<string> => {
    const head = JSON.stringify({ alg: "RS256", kid: key.jwk.kid, ...header });
    const signed = [head, write(claims)].map((part) => encode(base64url.encode(part))).join(".");
    const signature = await crypto.subtle.sign(
      "RSASSA-PKCS1-v1_5",
      (await signingKey) ?? key.privateKey,
      new TextEncoder().encode(signed),
    );
    return `${signed}.${base64url.encode(new Uint8Array(signature))}`;
  };
