import { errors } from "jose";
import {
  AuthorizationResponseError,
  OperationProcessingError,
  ResponseBodyError,
  UnsupportedOperationError,
  WWWAuthenticateChallengeError,
} from "oauth4webapi";
import { PlatformError } from "../platform-error.js";

/** What the errors of RFC 6749 mean here, and the mend. */
const explanations: Readonly<Record<string, string>> = {
  access_denied: "the user, or the account's rules, said no.",
  invalid_client: "check clientId and clientSecret: they are those of the installed application.",
  invalid_grant:
    "the code or the refresh token was used before, has expired, was revoked, or belongs to another application or redirect URI. The user has to sign in again.",
  invalid_request:
    "check redirectUri and the endpoints; if the service accepts no PKCE, set pkce to false.",
  invalid_scope: "check scope.",
  unauthorized_client:
    "install the application with the grant types authorization_code and refresh_token, or client_credentials for a machine.",
  unsupported_grant_type: "check the endpoints: this one knows no such grant.",
  unsupported_response_type: "check the endpoints: this one gives no codes.",
};

const refused = ["access_denied", "invalid_client", "invalid_grant", "unauthorized_client"];

/**
 * Makes our error of whatever was thrown on the way. What is underneath isn't kept: the libraries put tokens and claims
 * into theirs.
 *
 * @param error - what was thrown
 * @param what - what was under way, as the message's beginning: `The token request`
 */
export function toPlatformError(error: unknown, what: string): PlatformError {
  if (error instanceof PlatformError) return error;
  if (error instanceof ResponseBodyError || error instanceof AuthorizationResponseError) {
    return oauthError(error, what);
  }
  if (error instanceof WWWAuthenticateChallengeError) {
    return new PlatformError("access_denied", `${what} was refused. ${mendOf("invalid_client")}`, {
      status: error.status,
    });
  }
  if (error instanceof OperationProcessingError || error instanceof UnsupportedOperationError) {
    return malformed(error, what);
  }
  if (error instanceof errors.JOSEError) {
    return new PlatformError(
      "response_invalid",
      `${what}: the published keys can't be read. Check endpoints.jwksEndpoint.`,
    );
  }
  return new PlatformError("response_invalid", `${what} got an answer that can't be used.`);
}

function oauthError(
  {
    error,
    error_description: description,
    ...rest
  }: ResponseBodyError | AuthorizationResponseError,
  what: string,
): PlatformError {
  const serviceCode = /^[a-z][a-z_]{0,39}$/.test(error) ? error : undefined;
  const told = readable(description);
  return new PlatformError(
    serviceCode !== undefined && refused.includes(serviceCode) ? "access_denied" : "service_failed",
    `${what} was refused${serviceCode ? ` (${serviceCode})` : ""}: ${mendOf(serviceCode)}${told ? ` The service says: “${told}”.` : ""}`,
    { serviceCode, status: "status" in rest ? rest.status : undefined },
  );
}

const mendOf = (code: string | undefined): string =>
  (code !== undefined && Object.hasOwn(explanations, code) ? explanations[code] : undefined) ??
  "the service gives no reason that is known.";

/** The service's own words (RFC 6749 section 5.2), short and without anything that could be a secret. */
function readable(description: string | undefined): string | undefined {
  if (!description || !/^[\x20-\x7e]{1,300}$/.test(description)) return undefined;
  return description.replace(/[\w.~+/=-]{16,}/g, "…");
}

function malformed(
  error: OperationProcessingError | UnsupportedOperationError,
  what: string,
): PlatformError {
  // The library's messages are fixed texts; its causes are not.
  const { message, cause } = error;
  if (/\bJW[TSE]\b|\bID Token\b/.test(message)) {
    return new PlatformError("id_token_invalid", `The ID token is refused: ${message}.`);
  }
  const status = cause instanceof Response ? cause.status : undefined;
  if (status === 401 || status === 403) {
    return new PlatformError("access_denied", `${what} was refused with HTTP ${status}.`, {
      status,
    });
  }
  if (status !== undefined && status > 399) {
    return new PlatformError("service_failed", `${what} was answered with HTTP ${status}.`, {
      status,
    });
  }
  return new PlatformError(
    "response_invalid",
    `${what} got an answer that can't be used: ${message}.`,
    {
      status,
    },
  );
}
