import type { RawAuthorizationResponse } from "../oidc/authorization-response.js";

/** What the return page tells the page that began the login. */
export interface RelayedResponse extends RawAuthorizationResponse {
  /** The `state` of the login. */
  readonly consumerAuth: string;
}

/** What that page tells the return page: it has the response. */
export interface Receipt {
  /** The `state` of the login. */
  readonly consumerAuthReceived: string;
}

/** The channel of one login: only who knows its `state` can find it. Not in every browser. */
export const openChannel = (state: string): BroadcastChannel | undefined =>
  "BroadcastChannel" in globalThis ? new BroadcastChannel(`consumer-auth:${state}`) : undefined;
