import { checkInteger, checkStore } from "./checks.js";
import type { ConsumerClaims } from "./claims.js";
import { createMemoryCodeStore, type CodeStore } from "./code-store.js";
import { digest, randomText, toBase64Url } from "./digests.js";
import { IssuerError } from "./issuer-error.js";
import { open, seal } from "./sealing.js";

/** What a code stands for, and what it is bound to. */
export interface CodeGrant {
  readonly clientId: string;
  /** As it stood in the authorization request, to the letter. */
  readonly redirectUri: string;
  /** S256 (RFC 7636). */
  readonly codeChallenge?: string | undefined;
  readonly nonce?: string | undefined;
  readonly claims: ConsumerClaims;
}

/** What {@link createAuthorizationCodes} may be told. */
export interface AuthorizationCodesOptions {
  /** Where codes wait. The memory of this process unless given, which is for one process only. */
  readonly store?: CodeStore | undefined;
  /** How long a code is good, 5 to 600 seconds. 60 unless given. */
  readonly lifetime?: number | undefined;
}

/** Makes one-time codes, and takes them back. */
export interface AuthorizationCodes {
  /**
   * @returns a code of 43 characters, good for one {@link AuthorizationCodes.redeem}
   * @throws IssuerError `store_failed`
   */
  issue(grant: CodeGrant): Promise<string>;
  /**
   * Ends a code.
   *
   * @returns what it stands for; `undefined` where it was never made, has been used, or is too old
   * @throws IssuerError `store_failed`
   */
  redeem(code: string): Promise<CodeGrant | undefined>;
}

interface Kept extends CodeGrant {
  /** Milliseconds since 1970. A store may be late. */
  readonly until: number;
}

/** @throws IssuerError `invalid_config` */
export function createAuthorizationCodes(
  options: AuthorizationCodesOptions = {},
): AuthorizationCodes {
  const { store = createMemoryCodeStore(), lifetime = 60 } = options;
  checkInteger("lifetime", lifetime, [5, 600], "seconds");
  checkStore(store);

  return {
    issue: async (grant) => {
      const code = randomText();
      const kept: Kept = { ...grant, until: Date.now() + lifetime * 1000 };
      const [key, value] = await Promise.all([keyOf(code), seal(code, JSON.stringify(kept))]);
      await attempt(() => store.put(key, value, lifetime));
      return code;
    },
    redeem: async (code) => {
      if (!/^[\w-]{43}$/.test(code)) return undefined;
      const key = await keyOf(code);
      const value = await attempt(() => store.take(key));
      const opened = typeof value === "string" ? await open(code, value) : undefined;
      if (opened === undefined) return undefined;
      const { until, ...grant } = JSON.parse(opened) as Kept;
      return until > Date.now() ? grant : undefined;
    },
  };
}

const keyOf = async (code: string): Promise<string> => toBase64Url(await digest(code));

async function attempt<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (cause) {
    throw new IssuerError("store_failed", "The store of the codes has failed; see the cause.", {
      cause,
    });
  }
}
