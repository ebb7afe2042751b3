import { calculateJwkThumbprint, importJWK, type CryptoKey, type JWK } from "jose";
import {
  attempt,
  checkAlgorithm,
  has,
  invalidKey,
  isCryptoKey,
  isPair,
  PRIMITIVES,
  toJwk,
  type KeyMaterial,
  type KeyUse,
} from "./key-material.js";

/** A key, or a key with its `kid`; else that is the `kid` of the JWK, or its RFC 7638 thumbprint. */
export type KeyInput = KeyMaterial | { readonly key: KeyMaterial; readonly kid: string };

/** The public half of an RSA key, ready to be published (RFC 7517). */
export interface PublicJwk {
  readonly kty: "RSA";
  readonly n: string;
  readonly e: string;
  readonly kid: string;
  readonly alg: "RS256" | "RSA-OAEP-256";
  readonly use: "sig" | "enc";
}

/** A key that signs, and its public half. */
export interface PrivateKey {
  readonly key: CryptoKey;
  readonly jwk: PublicJwk;
}

const LEAST_BITS = 2048;

/**
 * Reads the key that signs, and makes sure that it does.
 *
 * @throws IssuerError `invalid_key`
 */
export async function readSigningKey(input: KeyInput, option: string): Promise<PrivateKey> {
  const use: KeyUse = { option, alg: "RS256" };
  const { material, kid } = apart(input, use);
  const found = await toJwk(material, "private", use);
  const key = await privateHalf(material, found, use);
  const jwk = await toPublicJwk(found, kid, use);
  await prove(key, jwk, use);
  return { key, jwk };
}

/**
 * Reads the public half of a key, whichever half is given.
 *
 * @throws IssuerError `invalid_key`
 */
export async function readPublicKey(input: KeyInput, use: KeyUse): Promise<PublicJwk> {
  const { material, kid } = apart(input, use);
  return toPublicJwk(await toJwk(material, "public", use), kid, use);
}

/** A public key for WebCrypto. */
export const importPublic = (
  { kty, n, e, alg }: PublicJwk,
  extractable = false,
): Promise<CryptoKey> => importJWK<JWK>({ kty, n, e, alg, ext: extractable }) as Promise<CryptoKey>;

/**
 * A public key as the connector's form wants it.
 *
 * @returns base64 of the SubjectPublicKeyInfo, on one line
 */
export async function toOneLine(jwk: PublicJwk): Promise<string> {
  const der = await crypto.subtle.exportKey("spki", await importPublic(jwk, true));
  return btoa(String.fromCharCode(...new Uint8Array(der)));
}

function apart(input: KeyInput, use: KeyUse): { material: KeyMaterial; kid?: string } {
  if (!has(input, "key")) return { material: input };
  const { key: material, kid } = input as { key: KeyMaterial; kid: unknown };
  checkKid(kid, use);
  return { material, kid };
}

function checkKid(kid: unknown, use: KeyUse): asserts kid is string {
  if (typeof kid !== "string" || !/^[\x21-\x7e]{1,255}$/.test(kid)) {
    throw invalidKey(use, "needs a kid of 1 to 255 characters of ASCII without spaces.");
  }
}

async function privateHalf(material: KeyMaterial, jwk: JWK, use: KeyUse): Promise<CryptoKey> {
  const given = isPair(material) ? material.privateKey : material;
  if (isCryptoKey(given)) {
    if (given.type !== "private") throw isPublic(use);
    checkAlgorithm(given, use);
    return given;
  }
  if (typeof jwk.d !== "string") throw isPublic(use);
  const { kty, n, e, d, p, q, dp, dq, qi } = jwk as Record<string, string>;
  // From here on nobody can read it any more.
  const parts = { kty, n, e, d, p, q, dp, dq, qi, alg: use.alg, ext: false } as JWK;
  return attempt(use, () => importJWK(parts) as Promise<CryptoKey>);
}

const isPublic = (use: KeyUse): Error =>
  invalidKey(use, "is a public key; a private one is needed.");

async function toPublicJwk(
  { kty, n, e, kid: ownKid }: JWK,
  kid: string | undefined,
  use: KeyUse,
): Promise<PublicJwk> {
  const { alg } = use;
  if (kty !== "RSA" || typeof n !== "string" || typeof e !== "string") {
    throw invalidKey(use, "is no RSA key; the cloud takes RSA keys only.");
  }
  const name = kid ?? ownKid ?? (await attempt(use, () => calculateJwkThumbprint({ kty, n, e })));
  checkKid(name, use);
  const jwk: PublicJwk = { kty: "RSA", n, e, kid: name, alg, use: PRIMITIVES[alg].use };
  const { algorithm } = await attempt(use, () => importPublic(jwk));
  if ((algorithm as RsaKeyAlgorithm).modulusLength < LEAST_BITS) {
    throw invalidKey(use, `is weaker than ${LEAST_BITS} bits: make a new one.`);
  }
  return jwk;
}

/** Makes sure that the halves belong together, and that the private one works. */
async function prove(key: CryptoKey, jwk: PublicJwk, use: KeyUse): Promise<void> {
  const { name } = PRIMITIVES[use.alg];
  const text = new TextEncoder().encode(jwk.kid);
  const fits = await attempt(use, async () => {
    const signature = await crypto.subtle.sign(name, key, text);
    return crypto.subtle.verify(name, await importPublic(jwk), signature, text);
  });
  if (!fits) throw invalidKey(use, "is made of a private and a public key that don't fit.");
}
