import { encode } from "./base-string.js";

/** How a request is signed; the vendor's examples use `HMAC-SHA1`. */
export type SignatureMethod = "HMAC-SHA1" | "HMAC-SHA256" | "PLAINTEXT";

/** Signs a base string. */
export type Signer = (baseString: string) => Promise<string>;

const hashes = { "HMAC-SHA1": "SHA-1", "HMAC-SHA256": "SHA-256" } as const;

/**
 * Makes what signs base strings with two secrets.
 *
 * @param method - without a hash there is nothing to compute, and the secrets are the signature
 * @param consumerSecret - the client's
 * @param tokenSecret - the token's; empty where there is none
 * @see RFC 5849, section 3.4.2 and 3.4.4
 */
export function createSigner(
  method: SignatureMethod,
  consumerSecret: string,
  tokenSecret: string,
): Signer {
  const secrets = `${encode(consumerSecret)}&${encode(tokenSecret)}`;
  if (method === "PLAINTEXT") return () => Promise.resolve(secrets);
  const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
  let key: Promise<CryptoKey> | undefined;
  return async (baseString) => {
    key ??= crypto.subtle.importKey(
      "raw",
      bytes(secrets),
      { name: "HMAC", hash: hashes[method] },
      false,
      ["sign"],
    );
    const signature = await crypto.subtle.sign("HMAC", await key, bytes(baseString));
    return btoa(String.fromCharCode(...new Uint8Array(signature)));
  };
}
