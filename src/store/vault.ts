import type { Store } from "./store.js";

/** A refresh token, and whose it is. */
export interface Kept {
  readonly refreshToken: string;
  readonly sub: string;
}

/** A place at rest for one secret, encrypted with a key that no script can read. */
export interface Vault {
  /** @returns `undefined` where there is nothing, or nothing that this key opens */
  read(): Promise<Kept | undefined>;
  write(kept: Kept): Promise<void>;
  clear(): Promise<void>;
}

interface Sealed {
  readonly key: CryptoKey;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly sealed: ArrayBuffer;
}

/**
 * AES-GCM with a key that can't be exported, made anew for every secret. It keeps the secret from
 * backups and from whoever reads the disk; a script of this origin can use the key as we do.
 *
 * @param store - where it lies
 * @param name - whose secret it is; a secret that was moved to another name doesn't open
 */
export function createVault(store: Store, name: string): Vault {
  const place = `vault:${name}`;
  const algorithm = (iv: Uint8Array<ArrayBuffer>): AesGcmParams => ({
    name: "AES-GCM",
    iv,
    additionalData: new TextEncoder().encode(place),
  });
  return {
    async read() {
      try {
        const { key, iv, sealed } = (await store.get(place)) as Sealed;
        const opened = await crypto.subtle.decrypt(algorithm(iv), key, sealed);
        const { refreshToken, sub } = JSON.parse(new TextDecoder().decode(opened)) as Kept;
        return typeof refreshToken === "string" && typeof sub === "string"
          ? { refreshToken, sub }
          : undefined;
      } catch {
        return undefined;
      }
    },
    async write(kept) {
      const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, [
        "encrypt",
        "decrypt",
      ]);
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const bytes = new TextEncoder().encode(JSON.stringify(kept));
      const sealed = await crypto.subtle.encrypt(algorithm(iv), key, bytes);
      await store.set(place, { key, iv, sealed } satisfies Sealed);
    },
    clear: () => store.delete(place),
  };
}
