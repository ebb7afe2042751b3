import { exportJWK, generateKeyPair, SignJWT, type JWK } from "jose";

/** An RSA key pair, and its public half in the ways that a connector may have it. */
export interface RsaKey {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  /** The SubjectPublicKeyInfo in base64, on one line. */
  readonly line: string;
  /** For a key set; with this `kid`. */
  readonly jwk: JWK;
}

const toBase64 = (bytes: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)));

export async function createRsaKey(kid: string): Promise<RsaKey> {
  const { privateKey, publicKey } = await generateKeyPair("RS256", { extractable: true });
  return {
    privateKey,
    publicKey,
    line: toBase64(await crypto.subtle.exportKey("spki", publicKey)),
    jwk: { ...(await exportJWK(publicKey)), kid, alg: "RS256", use: "sig" },
  };
}

/** A public key of any length, as one line of base64; nobody has the private half. */
export async function createPublicKeyLine(bits: number): Promise<string> {
  const modulus = crypto.getRandomValues(new Uint8Array(bits / 8));
  modulus[0] = 0x80 | Number(modulus[0]);
  modulus[modulus.length - 1] = 1 | Number(modulus.at(-1));
  const n = btoa(String.fromCharCode(...modulus))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const jwk = { kty: "RSA", e: "AQAB", n };
  const key = await crypto.subtle.importKey("jwk", jwk, algorithm, true, ["verify"]);
  return toBase64(await crypto.subtle.exportKey("spki", key));
}

/** A signed token; what `claims` sets to `undefined` is left out. */
export const signToken = (
  { privateKey }: RsaKey,
  claims: Record<string, unknown>,
  header: Record<string, unknown> = {},
): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg: "RS256", ...header }).sign(privateKey);
