import { createHash, randomBytes, randomUUID } from "node:crypto";

const LIFETIME_MS = 600_000;

/** Verifiers that never leave the cloud; a window session knows them by a handle. */
export interface Challenges {
  make(connector: string): { handle: string; codeChallenge: string };
  /** Gives the verifier away once. */
  take(connector: string, handle: string): string | null;
}

export function createChallenges(now: () => number): Challenges {
  const kept = new Map<string, { connector: string; verifier: string; until: number }>();

  return {
    make: (connector) => {
      for (const [handle, { until }] of kept) if (until <= now()) kept.delete(handle);
      const handle = randomUUID();
      const verifier = randomBytes(48).toString("base64url");
      kept.set(handle, { connector, verifier, until: now() + LIFETIME_MS });
      return {
        handle,
        codeChallenge: createHash("sha256").update(verifier).digest("base64url"),
      };
    },
    take: (connector, handle) => {
      const found = kept.get(handle);
      kept.delete(handle);
      return found?.connector === connector && found.until > now() ? found.verifier : null;
    },
  };
}
