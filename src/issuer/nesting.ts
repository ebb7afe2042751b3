import { CompactEncrypt, type CryptoKey } from "jose";
import { invalidConfig } from "./checks.js";
import { importPublic, readPublicKey, type KeyInput } from "./keys.js";

const CONTENT_ENCRYPTIONS = [
  "A256GCM",
  "A192GCM",
  "A128GCM",
  "A256CBC-HS512",
  "A192CBC-HS384",
  "A128CBC-HS256",
] as const;

/** For whom tokens are encrypted once they are signed (RFC 7519 section 5.2, nested JWT). */
export interface NestingOptions {
  /** The cloud's public RSA key, 2048 bits or more. Its `kid` stands in the outer header. */
  readonly key: KeyInput;
  /** The algorithm of the content (RFC 7518 section 5.1). `A256GCM` unless given. */
  readonly contentEncryption?: (typeof CONTENT_ENCRYPTIONS)[number] | undefined;
}

/** Encrypts a signed token. */
export type Nest = (token: string) => Promise<string>;

/**
 * @returns a function that encrypts with RSA-OAEP-256
 * @throws IssuerError `invalid_key`, `invalid_config`
 */
export async function createNest(options: NestingOptions): Promise<Nest> {
  const { key, contentEncryption: enc = "A256GCM" } = options;
  if (!CONTENT_ENCRYPTIONS.includes(enc)) {
    throw invalidConfig(
      `encryption.contentEncryption must be one of ${CONTENT_ENCRYPTIONS.join(", ")}.`,
    );
  }
  const jwk = await readPublicKey(key, { option: "encryption.key", alg: "RSA-OAEP-256" });
  const publicKey: CryptoKey = await importPublic(jwk);
  const header = { alg: jwk.alg, enc, kid: jwk.kid, cty: "JWT", typ: "JWT" };
  return (token) =>
    new CompactEncrypt(new TextEncoder().encode(token))
      .setProtectedHeader(header)
      .encrypt(publicKey);
}
