import { ConsumerAuthError } from "../../base/errors.js";
import type { RefusedWindowRequest, WindowError, WindowRequest } from "./window-request.js";

/**
 * What a sign-in comes to: a compact JWT, also as `id_token` or `token`; a code; an error for the
 * window; or nothing, where the consumer doesn't sign in.
 */
export type WindowAnswer =
  | string
  | { readonly code: string }
  | { readonly id_token: string }
  | { readonly token: string }
  | { readonly error: WindowError }
  | null
  | undefined;

/** The parameters of a response, without `state` and `iss`. */
export type WindowResult = Readonly<Partial<Record<string, string>>> & {
  readonly error?: WindowError;
};

/** A JWS, or a JWS nested in a JWE: three or five parts, none of them empty. */
const compactJwt = /^[\w-]+(\.[\w-]+){2}((\.[\w-]+){2})?$/;

/** An authorization code or an error (RFC 6749 appendices A.7 and A.11). */
const printable = /^[ -~]+$/;

/** @throws ConsumerAuthError `response_invalid` */
export function readResult(
  request: WindowRequest | RefusedWindowRequest,
  answer: WindowAnswer,
): WindowResult {
  if (request.refusal) return request.refusal;
  const { responseType, interactive } = request;
  if (answer === null || answer === undefined || answer === "")
    return { error: interactive ? "access_denied" : "login_required" };
  const { error, code, id_token, token } = (
    typeof answer === "string" ? { token: answer } : answer
  ) as Partial<Record<string, unknown>>;
  const isToken = responseType !== "code" && error === undefined;
  const value = error ?? (isToken ? (id_token ?? token) : code);
  if (typeof value !== "string" || !(isToken ? compactJwt : printable).test(value))
    throw new ConsumerAuthError(
      "response_invalid",
      `Answer with ${isToken ? "a compact JWT" : "{ code }"}, { error } or nothing.`,
    );
  return { [error === undefined ? responseType : "error"]: value };
}

/** The redirect URI with a response. What it holds already is kept as it is (RFC 6749 section 3.1.2). */
export function toAddress(
  { redirectUri, responseMode, state, issuer }: WindowRequest | RefusedWindowRequest,
  result: WindowResult,
): string {
  const parameters = Object.entries({ ...result, ...(issuer && { iss: issuer }) }).map(
    ([name, value]) => `${name}=${encodeURIComponent(value)}`,
  );
  if (state) parameters.push(`state=${state}`);
  const start = responseMode === "fragment" ? "#" : redirectUri.includes("?") ? "&" : "?";
  return new URL(redirectUri + start + parameters.join("&")).href;
}

/**
 * Makes the address that brings the outcome of a sign-in to the window: the authorization response of
 * RFC 6749 section 4.1.2 or 4.2.2, in the dialect of the request. Pure: a server can use it as well.
 *
 * @param request - from {@link readWindowRequest}; one with a `refusal` is answered with that
 * @param answer - what the sign-in came to
 * @returns where to send the browser, in place of the login page
 * @throws ConsumerAuthError `response_invalid` where the answer is not what the request asks for
 */
export const toWindowResponse = (
  request: WindowRequest | RefusedWindowRequest,
  answer?: WindowAnswer,
): string => toAddress(request, readResult(request, answer));
