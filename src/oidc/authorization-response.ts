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
  /** The parameter that carries the answer. */
  readonly result: "code" | "id_token";
}

const invalid = (problem: string): ConsumerAuthError =>
  new ConsumerAuthError("response_invalid", `The identity provider's response ${problem}.`);

/** Only an error code as RFC 6749 defines it is repeated; anything else may be a hostile text. */
export const errorName = (error: unknown): string =>
  /^[a-z_]{1,40}$/.exec(String(error))?.[0] ?? "unknown";

/**
 * Checks an authorization response: where it stood, `state`, `iss` (RFC 9207), errors, and that no
 * parameter comes twice (RFC 6749 section 3.1). One function for both flows: `oauth4webapi` refuses
 * the implicit one.
 *
 * @returns the code, or the ID token, which is not verified yet
 * @throws ConsumerAuthError `response_invalid`; `access_denied` or `authorization_failed` where the
 * identity provider answers with an error
 */
export function readAuthorizationResponse(
  response: RawAuthorizationResponse,
  expected: ExpectedResponse,
): string {
  const { mode, parameters } = response;
  const wanted = new URLSearchParams(parameters);
  const names = [...wanted.keys()];
  if (new Set(names).size !== names.length) throw invalid("has a parameter twice");
  if (wanted.get("state") !== expected.state) throw invalid("has another state");
  const iss = wanted.get("iss");
  // A response with an ID token needs no iss of its own (RFC 9207 section 2): the token has one.
  const needed = expected.promisesIss && (expected.result === "code" || !wanted.has("id_token"));
  if (iss === null ? needed : expected.issuer !== undefined && iss !== expected.issuer)
    throw invalid("is not of the issuer");
  const result = wanted.get(expected.result);
  const error = wanted.get("error");
  if (error !== null) {
    if (result !== null) throw invalid("holds an error and a result");
    throw new ConsumerAuthError(
      error === "access_denied" ? "access_denied" : "authorization_failed",
      `The identity provider answered "${errorName(error)}".`,
    );
  }
  if (mode !== (expected.result === "code" ? "query" : "fragment"))
    throw invalid(`arrived in the ${mode}`);
  if (!result) throw invalid(`has no ${expected.result}`);
  if (result.length > 65_536) throw invalid("is too long");
  return result;
}
