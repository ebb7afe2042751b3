/** Every error code of `./platform`. The message beside it never holds a password, a secret, a token or a code. */
export type PlatformErrorCode =
  /** The caller's signal was aborted. */
  | "aborted"
  /** The service refused who asks: a wrong password, key, secret, or a session that is over. */
  | "access_denied"
  /** The Domain API named a host that isn't among the allowed ones. */
  | "host_refused"
  /** It would run in a browser, and needs a secret. */
  | "in_browser"
  /** An option is missing or wrong. */
  | "invalid_config"
  /** The ID token is not what it must be. */
  | "id_token_invalid"
  /** The callback belongs to no login that this browser has begun, or to one that is over. */
  | "login_unknown"
  /** The request could not be made, or its answer not be read. */
  | "request_failed"
  /** The service did not answer in time. */
  | "request_timeout"
  /** The answer is not what the service's documentation says. */
  | "response_invalid"
  /** The service answered with an error. */
  | "service_failed";

/** The one error class of `./platform`; tell errors apart by {@link PlatformError.code}. */
export class PlatformError extends Error {
  override readonly name: string = "PlatformError";
  /** What went wrong, from one closed list. */
  readonly code: PlatformErrorCode;
  /** The HTTP status of the answer, where there was one. */
  readonly status: number | undefined;
  /** The service's own code, such as `9007`, where it gave one. */
  readonly serviceCode: string | undefined;

  /**
   * @param code - one of the list
   * @param message - for the developer: what is wrong, and how to mend it
   * @param details - `status` and `serviceCode` of the answer; `cause`, the error underneath
   */
  constructor(
    code: PlatformErrorCode,
    message: string,
    details: {
      readonly status?: number | undefined;
      readonly serviceCode?: string | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, "cause" in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.status = details.status;
    this.serviceCode = details.serviceCode;
  }
}
