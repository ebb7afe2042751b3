/** Who is measured. */
export type Contender = "bare" | "bare Request" | "memory" | "redis";

export interface Memory {
  /** Bytes. */
  readonly rss: number;
  readonly heapUsed: number;
}

/** What the measured process does when it is told, beside answering. */
export interface Reply {
  /** Makes as many codes as are asked for. */
  readonly issue: readonly string[];
  /** Takes back the codes that nobody has brought. */
  readonly drop: undefined;
  /** Collects garbage before it looks. */
  readonly memory: Memory;
}

export type Order = Readonly<Record<keyof Reply, unknown>>;

export const CLIENT = {
  clientId: "messaging",
  clientSecret: "k9fP2sXw7QmZ4tRb8VnC1yLd6HjG3aEu",
};

export const REDIRECT_URI = "https://www.brand.example/callback.html";

/** The example of RFC 7636, appendix B. */
export const PKCE = {
  verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
  challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
};

export const CLAIMS = {
  sub: "8d3f1c",
  given_name: "Ada",
  family_name: "Lovelace",
  email: "ada@brand.example",
};
