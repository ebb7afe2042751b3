/** Every error code of `./issuer`. The message beside it never holds a key, a secret, a token, a code or a claim's value. */
export type IssuerErrorCode =
  /** `findConsumer` has thrown. */
  | "consumer_lookup_failed"
  /** It would run in a browser, and needs a private key. */
  | "in_browser"
  /** A claim or an engagement attribute is missing or wrong. */
  | "invalid_claims"
  /** An option is missing or wrong. */
  | "invalid_config"
  /** A key is missing, weak, or of the wrong kind. */
  | "invalid_key"
  /** A request could not be answered, for a reason that is none of the others. */
  | "request_failed"
  /** A request could not be answered in time. */
  | "request_timeout"
  /** What the codes are kept in has failed. */
  | "store_failed";

/** The one error class of `./issuer`; tell errors apart by {@link IssuerError.code}. */
export class IssuerError extends Error {
  override readonly name: string = "IssuerError";
  /** What went wrong, from one closed list. */
  readonly code: IssuerErrorCode;
  /** With `invalid_claims` one entry a mistake, each with the path of what is wrong; else empty. */
  readonly mistakes: readonly string[];

  /**
   * @param code - one of the list
   * @param message - for the developer: what is wrong, and how to mend it
   * @param details - `cause`, the error underneath; `mistakes`, each by itself
   */
  constructor(
    code: IssuerErrorCode,
    message: string,
    details: { readonly cause?: unknown; readonly mistakes?: readonly string[] } = {},
  ) {
    super(message, "cause" in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.mistakes = details.mistakes ?? [];
  }
}
