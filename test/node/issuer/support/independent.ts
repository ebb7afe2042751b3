import {
  constants,
  createDecipheriv,
  createPublicKey,
  privateDecrypt,
  verify,
  type JsonWebKey,
  type KeyObject,
} from "node:crypto";

/** A token that was read by hand, with nothing of the library that made it. */
export interface ReadToken {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

const parse = (part = ""): Readonly<Record<string, unknown>> =>
  JSON.parse(Buffer.from(part, "base64url").toString("utf8")) as Record<string, unknown>;

/** Verifies RS256 with OpenSSL's primitives; throws where the signature isn't right. */
export function readByHand(token: string, key: KeyObject | JsonWebKey): ReadToken {
  const publicKey = "asymmetricKeyType" in key ? (key as KeyObject) : fromJwk(key as JsonWebKey);
  const [header, payload, signature, ...more] = token.split(".");
  const signed = Buffer.from(`${header}.${payload}`, "ascii");
  const isRight = verify(
    "RSA-SHA256",
    signed,
    publicKey,
    Buffer.from(signature ?? "", "base64url"),
  );
  if (!isRight || more.length > 0) throw new Error("the signature is not right");
  return { header: parse(header), claims: parse(payload) };
}

const fromJwk = (key: JsonWebKey): KeyObject => createPublicKey({ key, format: "jwk" });

/** The header of a nested token, and what the cloud's key finds in it (RFC 7516, A256GCM). */
export function decryptByHand(
  token: string,
  key: KeyObject,
): { readonly header: Readonly<Record<string, unknown>>; readonly token: string } {
  const [header = "", ...parts] = token.split(".");
  const [encryptedKey, iv, ciphertext, tag] = parts.map((part) => Buffer.from(part, "base64url"));
  const contentKey = privateDecrypt(
    { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" },
    encryptedKey!,
  );
  const decipher = createDecipheriv("aes-256-gcm", contentKey, iv!);
  decipher.setAAD(Buffer.from(header, "ascii"));
  decipher.setAuthTag(tag!);
  const text = Buffer.concat([decipher.update(ciphertext!), decipher.final()]).toString("ascii");
  return { header: parse(header), token: text };
}
