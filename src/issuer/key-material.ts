import { exportJWK, importPKCS8, importSPKI, importX509, type CryptoKey, type JWK } from "jose";
import { IssuerError } from "./issuer-error.js";

/**
 * An RSA key of 2048 bits or more: a JWK, a PEM text (PKCS#8 if private, SubjectPublicKeyInfo or a
 * certificate if public), one line of base64 of a SubjectPublicKeyInfo as in the connector's form, or
 * a CryptoKey. A private CryptoKey that can't be exported needs its public half beside it.
 */
export type KeyMaterial = string | JWK | CryptoKey | KeyPair;

/** Both halves, as `crypto.subtle.generateKey` gives them. */
export interface KeyPair {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

/** What a key is for. */
export interface KeyUse {
  /** The option that gave it, for messages. */
  readonly option: string;
  readonly alg: "RS256" | "RSA-OAEP-256";
}

/** The primitive of an algorithm, and what each half of a key does in it. */
export const PRIMITIVES = {
  RS256: { name: "RSASSA-PKCS1-v1_5", use: "sig", private: "sign", public: "verify" },
  "RSA-OAEP-256": { name: "RSA-OAEP", use: "enc", private: "decrypt", public: "encrypt" },
} as const;

export const invalidKey = ({ option }: KeyUse, mistake: string): IssuerError =>
  new IssuerError("invalid_key", `${option} ${mistake}`);

export const isPair = (key: unknown): key is KeyPair =>
  has(key, "privateKey") && has(key, "publicKey");

export const isCryptoKey = (key: unknown): key is CryptoKey =>
  has(key, "algorithm") && has(key, "extractable");

export function has(value: unknown, name: string): boolean {
  return typeof value === "object" && value !== null && name in value;
}

/** What a runtime says of a key that it can't read may hold a part of the key: the cause stays out. */
export async function attempt<Value>(use: KeyUse, read: () => Promise<Value>): Promise<Value> {
  try {
    return await read();
  } catch {
    throw invalidKey(use, "can't be read as an RSA key.");
  }
}

/**
 * @param half - which half of the key is wanted; a public one is found in a private one
 * @returns the key as a JWK
 */
export async function toJwk(
  material: KeyMaterial,
  half: "private" | "public",
  use: KeyUse,
): Promise<JWK> {
  if (typeof material === "string") return fromText(material.replaceAll("\\n", "\n"), half, use);
  if (isPair(material)) return exported(material.publicKey, use);
  if (isCryptoKey(material)) return exported(material, use);
  return fromJwk(material, use);
}

function fromJwk(material: unknown, use: KeyUse): JWK {
  if (typeof material !== "object" || material === null) {
    throw invalidKey(use, "is missing: give a PEM text, a JWK or a CryptoKey.");
  }
  const jwk = { ...material } as JWK;
  if (jwk.kty !== "RSA") throw invalidKey(use, "is no RSA key; the cloud takes RSA keys only.");
  if (jwk.alg !== undefined && jwk.alg !== use.alg) throw invalidKey(use, `is not for ${use.alg}.`);
  const purpose = PRIMITIVES[use.alg].use;
  if (jwk.use !== undefined && jwk.use !== purpose) {
    throw invalidKey(use, `has another use than ${purpose}.`);
  }
  return jwk;
}

async function exported(key: CryptoKey, use: KeyUse): Promise<JWK> {
  checkAlgorithm(key, use);
  if (!key.extractable) {
    throw invalidKey(
      use,
      "can't be exported: give { privateKey, publicKey }, made by generateKey.",
    );
  }
  return attempt(use, () => exportJWK(key));
}

/** @throws IssuerError `invalid_key` where a CryptoKey was made for something else */
export function checkAlgorithm({ algorithm, type, usages }: CryptoKey, use: KeyUse): void {
  const { name, hash } = algorithm as RsaHashedKeyAlgorithm;
  // Some runtimes give the hash as a text.
  const digest = typeof hash === "string" ? hash : (hash as KeyAlgorithm | undefined)?.name;
  const primitive = PRIMITIVES[use.alg];
  const usage = type === "private" ? primitive.private : primitive.public;
  if (name !== primitive.name || digest !== "SHA-256" || !usages.includes(usage)) {
    throw invalidKey(use, `is a CryptoKey that can't ${usage} by ${primitive.name} with SHA-256.`);
  }
}

async function fromText(text: string, half: "private" | "public", use: KeyUse): Promise<JWK> {
  const label = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(text)?.[1];
  const extractable = { extractable: true };
  const read = (): Promise<CryptoKey> => {
    switch (label) {
      case "PRIVATE KEY":
        return importPKCS8(text.trim(), use.alg, extractable);
      case "CERTIFICATE":
        return importX509(text.trim(), use.alg, extractable);
      case "PUBLIC KEY":
        return importSPKI(text.trim(), use.alg, extractable);
      default:
        return importSPKI(armoured(text), use.alg, extractable);
    }
  };
  const mend = mendOf(label, half);
  if (mend !== undefined) throw invalidKey(use, mend);
  return exportJWK(await attempt(use, read));
}

const armoured = (line: string): string =>
  `-----BEGIN PUBLIC KEY-----\n${line.trim()}\n-----END PUBLIC KEY-----`;

/** What to do with the wrong kind of text. */
function mendOf(label: string | undefined, half: "private" | "public"): string | undefined {
  switch (label) {
    case "PRIVATE KEY":
      return undefined;
    case "ENCRYPTED PRIVATE KEY":
      return "is an encrypted key: decrypt it (openssl pkcs8 -in key.pem -out plain.pem).";
    case "RSA PRIVATE KEY":
    case "RSA PUBLIC KEY":
      return "is in the older form PKCS#1: convert it (openssl pkcs8 -topk8 -nocrypt -in key.pem).";
    case "PUBLIC KEY":
    case "CERTIFICATE":
      return half === "public" ? undefined : "is a public key; a private one is needed.";
    case undefined:
      return half === "public"
        ? undefined
        : "is no PEM text of PKCS#8 (-----BEGIN PRIVATE KEY-----), no JWK and no CryptoKey.";
    default:
      return "is no RSA key; the cloud takes RSA keys only.";
  }
}
