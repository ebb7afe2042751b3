import { ConsumerAuthError } from "../base/errors.js";

/** A response as the return page found it, nothing in it checked. */
export interface RawAuthorizationResponse {
  /** The part of the address that carried it. */
  readonly mode: "query" | "fragment";
  /** Form-encoded parameters, without `?` or `#`. */
  readonly parameters: string;
}

/** What a response is checked against. */
export interface ExpectedResponse {
  readonly state: string;
  readonly issuer?: string | undefined;
  /** Whether `iss` must be there (RFC 9207). */
  readonly promisesIss?: boolean | undefined;
  /** The `response_type`: the parameters that carry the answer, separated by spaces. */
  readonly responseType: string;
}

/** The answer: what the response type promised, nothing in it verified. */
export interface AuthorizationResult {
  readonly code: string;
  readonly id_token: string;
}

const invalid = (problem: string): ConsumerAuthError =>
  new ConsumerAuthError("response_invalid", `The identity provider's response ${problem}.`);

/** Only an error code as RFC 6749 defines it is repeated; anything else may be a hostile text. */
export const errorName = (error: unknown): string =>
  typeof error === "string" && /^[a-z_]{1,40}$/.test(error) ? error : "unknown";

/**
 * Checks an authorization response: where it stood, `state`, `iss` (RFC 9207), errors, and that no
 * parameter comes twice (RFC 6749 section 3.1). One function for both flows: `oauth4webapi` refuses
 * the implicit one.
 *
 * @returns the code, the ID token, or both; what the response type doesn't promise is empty
 * @throws ConsumerAuthError `response_invalid`; `access_denied`, `login_required` or
 * `authorization_failed` where the identity provider answers with an error
 */
export function readAuthorizationResponse(
  response: RawAuthorizationResponse,
  expected: ExpectedResponse,
): AuthorizationResult {
  const { mode, parameters } = response;
  const { responseType } = expected;
  const given = new URLSearchParams(parameters);
  const names = [...given.keys()];
  const wanted = responseType.split(" ");
  if (new Set(names).size !== names.length) throw invalid("has a parameter twice");
  if (given.get("state") !== expected.state) throw invalid("has another state");
  const iss = given.get("iss");
  // A response with an ID token needs no iss of its own (RFC 9207 section 2): the token has one.
  const needed = expected.promisesIss && !(wanted.includes("id_token") && given.has("id_token"));
  if (iss === null ? needed : expected.issuer !== undefined && iss !== expected.issuer)
    throw invalid("is not of the issuer");
  const error = given.get("error");
  if (error !== null) {
    if (wanted.some((name) => given.has(name))) throw invalid("holds an error and a result");
    throw new ConsumerAuthError(
      error === "access_denied"
        ? error
        : /^(account_selection|consent|interaction|login)_required$/.test(error)
          ? "login_required"
          : "authorization_failed",
      `The identity provider answered "${errorName(error)}".`,
    );
  }
  if (mode !== (responseType === "code" ? "query" : "fragment"))
    throw invalid(`arrived in the ${mode}`);
  const read = (name: string): string => {
    if (!wanted.includes(name)) return "";
    const value = given.get(name);
    if (!value) throw invalid(`has no ${name}`);
    if (value.length > 65_536) throw invalid("is too long");
    return value;
  };
  return { code: read("code"), id_token: read("id_token") };
}
