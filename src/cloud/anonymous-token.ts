import { requestJson } from "../base/http.js";
import { findService, type CloudConfig } from "./domain.js";

/** What the unauthenticated connector answers: a token, or its error code (`2001`, `2005`, …). */
export type AnonymousAnswer =
  | { readonly token: string }
  | { readonly token?: never; readonly status: number; readonly internalErrorCode: string };

/**
 * Asks the unauthenticated connector for a token: a new person, or the same one again.
 *
 * @param config - how the cloud is reached
 * @param oldToken - a token of the person to renew, expired or not; without it a new person is made
 * @param signal - aborts the requests
 * @throws ConsumerAuthError `anonymous_unavailable`, `cloud_host_refused`, `request_failed`,
 * `request_timeout`
 */
export async function requestAnonymousToken(
  config: CloudConfig,
  oldToken?: string,
  signal?: AbortSignal,
): Promise<AnonymousAnswer> {
  const origin = await findService(config, "idp", signal);
  const { status, json } = await requestJson(
    `${origin}/api/account/${config.accountId}/anonymous/authorize`,
    {
      timeout: config.requestTimeout,
      signal,
      retries: true,
      body: oldToken === undefined ? {} : { id_token: oldToken },
    },
  );
  const token = json["token"];
  return status === 200 && typeof token === "string"
    ? { token }
    : { status, internalErrorCode: toText(json["internalErrorCode"]) };
}

const toText = (code: unknown): string =>
  typeof code === "string" || typeof code === "number" ? String(code) : "";
