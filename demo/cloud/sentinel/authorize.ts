import { seeOther, type Reply } from "../../http.js";
import { uncodedRefusal } from "../errors.js";
import type { InstalledApp } from "./apps.js";
import { oncePerName } from "./form.js";

/** A request that may be answered with a code. */
export interface AuthorizationRequest {
  readonly app: InstalledApp;
  /** As the request names it; the token request must do the same. */
  readonly redirectUri: string | undefined;
  readonly challenge: string | undefined;
  readonly nonce: string | undefined;
  readonly state: string | undefined;
}

/**
 * Looks at an authorization request as RFC 6749 section 4.1.1 has it.
 *
 * @returns the request, or the redirect that refuses it; what names no client or no redirect URI of it is thrown
 */
export function readAuthorizationRequest(
  query: URLSearchParams,
  apps: readonly InstalledApp[],
): AuthorizationRequest | Reply {
  const wanted = oncePerName(query);
  if (!wanted) throw uncodedRefusal(400, "a parameter is there twice");
  if (wanted.get("v") !== "1.0") throw uncodedRefusal(400, "unknown version");
  const app = apps.find(({ clientId }) => clientId === wanted.get("client_id"));
  if (!app) throw uncodedRefusal(401, "invalid application id");
  const redirectUri = wanted.get("redirect_uri");
  if (redirectUri === undefined && app.redirectUris.length !== 1) {
    throw uncodedRefusal(400, "redirect_uri is missing");
  }
  if (redirectUri !== undefined && !app.redirectUris.includes(redirectUri)) {
    throw uncodedRefusal(400, "redirect_uri is not registered");
  }

  const challenge = wanted.get("code_challenge");
  const request = {
    app,
    redirectUri,
    challenge,
    nonce: wanted.get("nonce"),
    state: wanted.get("state"),
  };
  if (!app.grantTypes.includes("authorization_code")) return refuse(request, "unauthorized_client");
  if (wanted.get("response_type") !== "code") return refuse(request, "unsupported_response_type");
  const method = wanted.get("code_challenge_method");
  if (challenge === undefined ? method !== undefined : method !== "S256") {
    return refuse(request, "invalid_request", "code_challenge_method must be S256");
  }
  if (challenge !== undefined && !/^[\w-]{43}$/.test(challenge)) {
    return refuse(request, "invalid_request", "code_challenge is not of S256");
  }
  return request;
}

export function refuse(request: AuthorizationRequest, error: string, description?: string): Reply {
  return returnWith(request, { error, error_description: description });
}

/** The answer on the redirect URI. */
export function returnWith(
  { app, redirectUri, state }: AuthorizationRequest,
  answer: Readonly<Record<string, string | undefined>>,
): Reply {
  const address = new URL(redirectUri ?? app.redirectUris[0] ?? "");
  for (const [name, value] of Object.entries({ ...answer, state })) {
    if (value !== undefined) address.searchParams.append(name, value);
  }
  return { ...seeOther(address.href), status: 302 };
}
