import { exportJWK, exportSPKI, generateKeyPair, type CryptoKey, type JWK } from "jose";

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly privateJwk: JWK;
  /** The connector's form of a public key: base64 SubjectPublicKeyInfo on one line, no PEM armour. */
  readonly oneLine: string;
}

export async function makeSigningKey(kid: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair("RS256", {
    modulusLength: 2048,
    extractable: true,
  });
  const pem = await exportSPKI(publicKey);
  return {
    kid,
    privateKey,
    publicKey,
    privateJwk: { ...(await exportJWK(privateKey)), kid, alg: "RS256", use: "sig" },
    oneLine: pem.replace(/-----[^-]+-----|\s/g, ""),
  };
}
