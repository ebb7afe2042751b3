/** What must be known of an identity provider. */
export interface Provider {
  readonly issuer?: string | undefined;
  readonly authorizationEndpoint?: string | undefined;
  readonly tokenEndpoint?: string | undefined;
  readonly jwksEndpoint?: string | undefined;
  readonly endSessionEndpoint?: string | undefined;
  readonly revocationEndpoint?: string | undefined;
  /** The provider promises `iss` in authorization responses (RFC 9207 section 3). */
  readonly promisesIss?: boolean;
}

/** An endpoint that something can't be done without. */
export type NeededEndpoint = Exclude<keyof Provider, "issuer" | "promisesIss">;
