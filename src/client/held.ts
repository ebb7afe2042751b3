import type { IdTokenCredential } from "../sources/credential.js";

/** What a refresh needs, and of whom. */
export interface Grant {
  readonly refreshToken: string;
  readonly sub: string;
}

/** What a page holds of the consumer; all of it in memory. */
export interface Held {
  readonly credential?: IdTokenCredential | undefined;
  readonly grant?: Grant | undefined;
  /** The ID token of the last sign-in, even if it has expired: a hint for the identity provider's sign-out. */
  readonly idTokenHint?: string | undefined;
}

/** News for the other tabs. */
export interface News extends Held {
  readonly who: "in" | "out" | "guest";
  /** What the marker said when this was true. */
  readonly mark: string;
}
