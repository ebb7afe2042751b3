/** Every error code of `./issuer`. The message beside it never holds a key, a secret, a token, a code or a claim's value. */
export type IssuerErrorCode =
  /** It would run in a browser, and needs a private key. */
  | "in_browser"
  /** A claim or an engagement attribute is missing or wrong. */
  | "invalid_claims"
  /** An option is missing or wrong. */
  | "invalid_config"
  /** A key is missing, weak, or of the wrong kind. */
  | "invalid_key"
  /** What the codes are kept in has failed. */
  | "store_failed";

/** The one error class of `./issuer`; tell errors apart by {@link IssuerError.code}. */
export class IssuerError extends Error {
  override readonly name: string = "IssuerError";
  /** What went wrong, from one closed list. */
  readonly code: IssuerErrorCode;

  /**
   * @param code - one of the list
   * @param message - for the developer: what is wrong, and how to mend it
   * @param details - `cause`, the error underneath
   */
  constructor(code: IssuerErrorCode, message: string, details: { readonly cause?: unknown } = {}) {
    super(message, details);
    this.code = code;
  }
}
