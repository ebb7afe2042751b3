import type { RawAuthorizationResponse } from "../oidc/authorization-response.js";

/** What the return page tells the page that began the login; and what that page tells it back. */
export type RelayMessage =
  | ({ readonly type: "consumer-auth:response"; readonly state: string } & RawAuthorizationResponse)
  | { readonly type: "consumer-auth:received"; readonly state: string };

/** The channel of one login: only who knows its `state` can find it. */
export const channelName = (state: string): string => `consumer-auth:${state}`;

/** Whether a message, from wherever it came, is a response to the request with this `state`. */
export function isResponse(
  data: unknown,
  state: string,
): data is RelayMessage & { readonly type: "consumer-auth:response" } {
  const message = data as Partial<Record<string, unknown>> | null;
  return (
    typeof message === "object" &&
    message?.["type"] === "consumer-auth:response" &&
    message["state"] === state &&
    (message["mode"] === "query" || message["mode"] === "fragment") &&
    typeof message["parameters"] === "string"
  );
}
