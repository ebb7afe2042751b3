import type { IdTokenClaims } from "../oidc/id-token.js";

/** What the embedded window gets. */
export type Credential = IdTokenCredential | CodeCredential | AnonymousCredential;

/** An ID token whose signature and claims were verified; a nested one has no claims to show. */
export interface IdTokenCredential {
  readonly kind: "id_token";
  readonly token: string;
  readonly claims?: IdTokenClaims | undefined;
}

/** An authorization code for the cloud to exchange, once. */
export interface CodeCredential {
  readonly kind: "code";
  readonly code: string;
  readonly redirectUri: string;
  /** Whose code it is, where a verified ID token came with it (hybrid flow). */
  readonly claims?: IdTokenClaims | undefined;
  /** The ID token that came with it, for a sign-out at the identity provider. */
  readonly idToken?: string | undefined;
}

/** A token of the unauthenticated connector: somebody, nobody knows who, the same as before. */
export interface AnonymousCredential {
  readonly kind: "anonymous";
  readonly token: string;
}
