import { randomUUID } from "node:crypto";
import type { JWK } from "jose";
import { makeSigningKey, type SigningKey } from "../keys.js";

/** The keys of the brand. The newest signs; older ones are published as long as they are kept. */
export interface SigningKeys {
  readonly current: () => SigningKey;
  /** Newest first: the first one that fits is the one that signs. */
  jwks(): { keys: JWK[] };
  rotate(keepOld: boolean): Promise<SigningKey>;
}

export function createSigningKeys(first: SigningKey): SigningKeys {
  let keys: readonly [SigningKey, ...SigningKey[]] = [first];
  return {
    current: () => keys[0],
    jwks: () => ({ keys: keys.map(({ privateJwk }) => privateJwk) }),
    rotate: async (keepOld) => {
      const made = await makeSigningKey(`brand-${randomUUID().slice(0, 8)}`);
      keys = [made, ...(keepOld ? keys : [])];
      return made;
    },
  };
}
