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
  /** Where authorization requests are pushed to (RFC 9126), where they are. */
  readonly pushedAuthorizationRequestEndpoint?: string | undefined;
  /** The provider would do without: a push that fails is no obstacle. */
  readonly offersPush?: boolean;
}

/** An endpoint that something can't be done without. */
export type NeededEndpoint = Exclude<keyof Provider, "issuer" | "offersPush" | "promisesIss">;
