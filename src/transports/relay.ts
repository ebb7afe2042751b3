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

/** The channel of one login: only who knows its `state` can find it. Not in every browser, nor everywhere. */
export function openChannel(state: string): BroadcastChannel | undefined {
  try {
    return new BroadcastChannel(`consumer-auth:${state}`);
  } catch {
    return undefined;
  }
}
