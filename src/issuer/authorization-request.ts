import { isChallenge } from "./challenge.js";
import type { Client, Clients } from "./clients.js";
import { repeated } from "./form.js";

/** Error codes of an authorization response (RFC 6749 section 4.1.2.1, OpenID Connect Core 1.0 section 3.1.2.6). */
export type AuthorizationError =
  | "invalid_request"
  | "invalid_scope"
  | "login_required"
  | "request_not_supported"
  | "request_uri_not_supported"
  | "server_error"
  | "temporarily_unavailable"
  | "unsupported_response_type";

/** Whom to answer, and where: nothing else of the request is good before this is. */
export interface Addressee {
  readonly client: Client;
  readonly redirectUri: string;
  readonly state: string | undefined;
}

/** What is asked for. */
export interface AuthorizationRequest extends Addressee {
  readonly codeChallenge: string | undefined;
  readonly nonce: string | undefined;
  /** Whether a person may be asked. */
  readonly interactive: boolean;
  /** Seconds since the sign-in, at most. */
  readonly maxAge: number | undefined;
}

/**
 * @returns `undefined` where nobody may be answered: an unknown client, or an address that isn't its own
 */
export function readAddressee(query: URLSearchParams, clients: Clients): Addressee | undefined {
  const twice = repeated(query);
  if (twice.includes("client_id") || twice.includes("redirect_uri")) return undefined;
  const client = clients.find(query.get("client_id") ?? "");
  const redirectUri = query.get("redirect_uri") ?? "";
  if (!client?.redirectUris?.includes(redirectUri)) return undefined;
  // Of a state that comes twice nobody knows which is the right one.
  const state = twice.includes("state") ? undefined : (query.get("state") ?? undefined);
  return { client, redirectUri, state };
}

/** @returns the request, or the error that answers it */
export function readAuthorizationRequest(
  query: URLSearchParams,
  addressee: Addressee,
): AuthorizationRequest | AuthorizationError {
  const error = mistakeOf(query, addressee.client);
  if (error) return error;
  const maxAge = query.get("max_age");
  return {
    ...addressee,
    codeChallenge: query.get("code_challenge") ?? undefined,
    nonce: query.get("nonce") ?? undefined,
    interactive: query.get("prompt") !== "none",
    maxAge: maxAge === null ? undefined : Number(maxAge),
  };
}

function mistakeOf(query: URLSearchParams, client: Client): AuthorizationError | undefined {
  if (repeated(query).length > 0) return "invalid_request";
  if (query.has("request")) return "request_not_supported";
  if (query.has("request_uri")) return "request_uri_not_supported";
  const responseType = query.get("response_type");
  if (responseType === null) return "invalid_request";
  if (responseType !== "code") return "unsupported_response_type";
  if (!(query.get("scope") ?? "").split(" ").includes("openid")) return "invalid_scope";
  const isGood =
    isPkceGood(query, client) &&
    (query.get("response_mode") ?? "query") === "query" &&
    (query.get("prompt") ?? "none") === "none" &&
    /^\d{0,9}$/.test(query.get("max_age") ?? "") &&
    query.get("max_age") !== "" &&
    /^[\x20-\x7e]{1,255}$/.test(query.get("nonce") ?? "-");
  return isGood ? undefined : "invalid_request";
}

function isPkceGood(query: URLSearchParams, { requirePkce = false }: Client): boolean {
  const challenge = query.get("code_challenge");
  const method = query.get("code_challenge_method");
  if (challenge === null) return method === null && !requirePkce;
  return method === "S256" && isChallenge(challenge);
}
