import { base64url, EncryptJWT, jwtDecrypt, type JWTPayload } from "jose";

/** Encrypts and signs what a browser keeps for us, with one operation (AES-256 in GCM). */
export interface Sealer {
  /**
   * @param content - plain data, as JSON has it
   * @param lifetime - milliseconds after which it doesn't open any more
   */
  seal(content: JWTPayload, lifetime: number): Promise<string>;
  /** @returns `undefined` where it is too old, was changed, or is for something else */
  open(text: string): Promise<JWTPayload | undefined>;
}

interface SealingKey {
  readonly kid: string;
  readonly key: Uint8Array;
}

const encryption = { alg: "dir", enc: "A256GCM" } as const;

/**
 * @param secrets - the first seals, all open; each of 32 bytes or more
 * @param purpose - goes into the keys (HKDF, RFC 5869): what is sealed for one purpose doesn't open for another
 */
export function createSealer(
  secrets: readonly (string | Uint8Array<ArrayBuffer>)[],
  purpose: string,
): Sealer {
  let derived: readonly SealingKey[] | undefined;
  // When they are needed: some runtimes forbid such work before the first request.
  const keysOf = async (): Promise<readonly SealingKey[]> =>
    (derived ??= await Promise.all(secrets.map((secret) => deriveKey(secret, purpose))));

  return {
    async seal(content, lifetime) {
      const [first] = await keysOf();
      if (!first) throw new TypeError("There is no secret.");
      return await new EncryptJWT(content)
        .setProtectedHeader({ ...encryption, kid: first.kid })
        .setExpirationTime(Math.ceil((Date.now() + lifetime) / 1000))
        .encrypt(first.key);
    },
    async open(text) {
      const keys = await keysOf();
      try {
        const { payload } = await jwtDecrypt(text, ({ kid }) => keyFor(kid, keys), {
          keyManagementAlgorithms: [encryption.alg],
          contentEncryptionAlgorithms: [encryption.enc],
          requiredClaims: ["exp"],
        });
        return payload;
      } catch {
        return undefined;
      }
    },
  };
}

function keyFor(kid: string | undefined, keys: readonly SealingKey[]): Uint8Array {
  const found = keys.find((one) => one.kid === kid);
  if (!found) throw new TypeError("No secret has made this key.");
  return found.key;
}

/** A key for AES-256, and a name for it that tells nothing of it. */
async function deriveKey(
  secret: string | Uint8Array<ArrayBuffer>,
  purpose: string,
): Promise<SealingKey> {
  const encoder = new TextEncoder();
  const bytes = typeof secret === "string" ? encoder.encode(secret) : secret;
  const material = await crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveBits"]);
  const derive = async (info: string, bits: number): Promise<Uint8Array> => {
    const algorithm = {
      name: "HKDF",
      hash: "SHA-256",
      salt: new Uint8Array(),
      info: encoder.encode(`consumer-auth-widget ${info} ${purpose}`),
    };
    return new Uint8Array(await crypto.subtle.deriveBits(algorithm, material, bits));
  };
  return { kid: base64url.encode(await derive("kid", 64)), key: await derive("A256GCM", 256) };
}
