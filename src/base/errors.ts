/**
 * Every error code of this package. A code keys the text that a consumer sees; the message that
 * stands beside it is for the developer and never holds a token, a code, a verifier or a claim.
 */
export type ErrorCode =
  | "aborted"
  | "access_denied"
  | "anonymous_disabled"
  | "anonymous_unavailable"
  | "answer_timeout"
  | "authorization_failed"
  | "cancelled"
  | "cloud_host_refused"
  | "connector_unavailable"
  | "discovery_failed"
  | "grant_expired"
  | "id_token_expired"
  | "id_token_invalid"
  | "insufficient_authentication"
  | "interaction_required"
  | "interaction_timeout"
  | "invalid_call"
  | "invalid_challenge"
  | "invalid_config"
  | "keys_unavailable"
  | "load_failed"
  | "login_required"
  | "page_method_conflict"
  | "popup_blocked"
  | "popup_closed"
  | "provider_failed"
  | "request_failed"
  | "request_timeout"
  | "response_invalid"
  | "silent_failed"
  | "storage_unavailable"
  | "superseded"
  | "token_request_failed"
  | "unexpected";

/** One attempt of the ladder: what was tried, how it ended, and after how long. */
export interface Attempt {
  /**
   * The rung: `stored`, `offline` (the wait for the network), `returned` (from a redirect), `tabs` (another tab has it), `endpoint`,
   * `provider`, `host`, `refresh`, `fedcm`, `silent`, `person`, `interactive` or `anonymous`.
   */
  readonly rung: string;
  /** `answered`, `empty` (nothing there), or the code of the error that ended it. */
  readonly outcome: ErrorCode | "answered" | "empty";
  /** Milliseconds from the rung's start to its end. */
  readonly elapsed: number;
}

/** The one error class of this package; tell errors apart by {@link ConsumerAuthError.code}. */
export class ConsumerAuthError extends Error {
  override readonly name: string = "ConsumerAuthError";
  /** What went wrong, from one closed list. */
  declare readonly code: ErrorCode;
  /** What the ladder tried before it gave up, in order; empty where no ladder ran. */
  declare readonly attempts: readonly Attempt[];

  /**
   * @param code - one of the list
   * @param message - for the developer: what is wrong, and how to mend it
   * @param details - `cause`, the error underneath; `attempts`, what the ladder tried
   */
  constructor(
    code: ErrorCode,
    message: string,
    details: { cause?: unknown; attempts?: readonly Attempt[] } = {},
  ) {
    super(message, details);
    this.code = code;
    this.attempts = details.attempts ?? [];
  }
}

/**
 * The error itself where it is one of ours, else one that wraps it.
 *
 * @param error - whatever was thrown
 * @param code - the code for an error that is not ours
 * @param message - the message for an error that is not ours
 */
export function toConsumerAuthError(
  error: unknown,
  code: ErrorCode = "unexpected",
  message = "See the cause.",
): ConsumerAuthError {
  return error instanceof ConsumerAuthError
    ? error
    : new ConsumerAuthError(code, message, { cause: error });
}
