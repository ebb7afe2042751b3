import { generateKeyPairSync, type KeyObject } from "node:crypto";

export interface TestKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** PKCS#8. */
  readonly pem: string;
}

/** An RSA key of OpenSSL's, made outside of what is tested. */
export function makeKey(bits = 2048): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: bits });
  return { privateKey, publicKey, pem: pemOf(privateKey) };
}

export const pemOf = (key: KeyObject): string =>
  key.export({ type: key.type === "private" ? "pkcs8" : "spki", format: "pem" }) as string;
