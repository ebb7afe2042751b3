import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type JWK } from "jose";

import { itRefuses } from "../support/id-token.js";
import type { Minting } from "../support/provider.js";

/** HMAC, with what everybody knows of the provider as the secret. */
const hmac =
  (alg: string, secret: (minting: Minting) => string | Promise<string>) =>
  async (minting: Minting): Promise<string> =>
    new SignJWT(minting.claims)
      .setProtectedHeader({ alg, kid: `${minting.key.jwk.kid}` })
      .sign(new TextEncoder().encode(await secret(minting)));

const pem = ({ key }: Minting): Promise<string> => exportSPKI(key.publicKey);

const made = new Map<string, Promise<{ privateKey: CryptoKey; jwk: JWK }>>();

/** A key of the provider's for an algorithm that the cloud doesn't take. */
function keyOf(alg: string): Promise<{ privateKey: CryptoKey; jwk: JWK }> {
  const key =
    made.get(alg) ??
    generateKeyPair(alg, { extractable: true }).then(async ({ privateKey, publicKey }) => ({
      privateKey,
      jwk: { ...(await exportJWK(publicKey)), kid: alg, alg, use: "sig" },
    }));
  made.set(alg, key);
  return key;
}

describe("attack: an ID token signed with an algorithm that the attacker chose", () => {
  itRefuses({
    "HS256 with the public key as PEM": hmac("HS256", pem),
    "HS256 with the PEM and a line break": hmac(
      "HS256",
      async (minting) => `${await pem(minting)}\n`,
    ),
    "HS256 with the public key on one line": hmac("HS256", ({ key }) => key.line),
    "HS256 with the modulus": hmac("HS256", ({ key }) => String(key.jwk.n)),
    "HS512 with the public key as PEM": hmac("HS512", pem),
  });

  for (const alg of ["RS384", "RS512", "PS256", "ES256", "Ed25519"]) {
    itRefuses(
      {
        [`${alg} with a key of the provider's key set`]: async ({ claims }) =>
          new SignJWT(claims)
            .setProtectedHeader({ alg, kid: alg })
            .sign((await keyOf(alg)).privateKey),
      },
      "id_token_invalid",
      {
        keys: async ({ keys }) => ({ keys: [...keys, (await keyOf(alg)).jwk] }),
      },
    );
  }
});
