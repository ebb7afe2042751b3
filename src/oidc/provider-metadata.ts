/** What must be known of an identity provider. */
export interface Provider {
  readonly issuer?: string | undefined;
  readonly authorizationEndpoint?: string | undefined;
  readonly tokenEndpoint?: string | undefined;
  readonly jwksEndpoint?: string | undefined;
  /** The provider promises `iss` in authorization responses (RFC 9207 section 3). */
  readonly promisesIss?: boolean;
}

/** An endpoint that a flow can't do without. */
export type NeededEndpoint = "authorizationEndpoint" | "tokenEndpoint" | "jwksEndpoint";
