import { ConsumerAuthError } from "../base/errors.js";
import { withDeadline } from "../base/deadline.js";
import { checkFunction, checkInteger } from "./checks.js";
import { IssuerError } from "./issuer-error.js";

/**
 * Answers a request; never rejects. Runs wherever there are `Request` and `Response`: Node with an
 * adapter, workers, Deno, Bun.
 *
 * @param request - whose body nobody has read yet
 * @param context - what your server knows besides, such as its own request: `findConsumer` gets it
 */
export type Handler<Context = unknown> = (request: Request, context?: Context) => Promise<Response>;

/** What all handlers have. */
export interface HandlerOptions {
  /** How long a request may take, reading it included: 100 to 60 000 milliseconds. 4000 unless given. */
  readonly timeout?: number | undefined;
  /**
   * Gets every error that the asker is not told, for your records. It holds no token, code, secret or
   * claim; the `cause` of `consumer_lookup_failed` and `store_failed` is what your own code has thrown.
   */
  readonly onError?: ((error: IssuerError) => void) | undefined;
}

/** How long a request may take, in milliseconds, unless something else is configured. */
export const TIMEOUT = 4000;

/** @throws IssuerError `invalid_config` */
export function checkHandlerOptions({ timeout = TIMEOUT, onError }: HandlerOptions): void {
  checkInteger("timeout", timeout, [100, 60_000], "milliseconds");
  if (onError !== undefined) checkFunction("onError", onError);
}

/** An answer that ends the work early. */
export class Refusal extends Error {
  readonly response: Response;

  constructor(response: Response) {
    super("refused");
    this.response = response;
  }
}

/** What no answer of ours goes without: it is for one asker, once. */
const PRIVATE = {
  "Cache-Control": "no-store",
  Pragma: "no-cache",
  "X-Content-Type-Options": "nosniff",
};

export function json(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: { ...PRIVATE, "Content-Type": "application/json", ...headers },
  });
}

export const empty = (status: number, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(null, { status, headers: { ...PRIVATE, ...headers } });

/**
 * The body of an error (RFC 6749 section 5.2).
 *
 * @param description - for whoever set it up: ASCII without quotation marks
 */
export function failure(
  status: number,
  error: string,
  description: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return json(status, { error, error_description: description }, headers);
}

export const refuse = (...answer: Parameters<typeof failure>): Refusal =>
  new Refusal(failure(...answer));

export const notAllowed = (allowed: string): Refusal =>
  refuse(405, "invalid_request", `Use ${allowed}.`, { Allow: allowed });

/**
 * Runs the work of a handler under its deadline, and makes an answer of whatever it throws.
 *
 * @param work - gets a signal that aborts at the deadline
 * @param answer - makes the answer to an error that is no refusal, from its status and code
 */
export async function answered(
  { timeout = TIMEOUT, onError }: HandlerOptions,
  work: (signal: AbortSignal) => Promise<Response>,
  answer: (status: number, error: string) => Response = troubled,
): Promise<Response> {
  const late = (): ConsumerAuthError =>
    new ConsumerAuthError("request_timeout", `Not answered within ${timeout} ms.`);
  try {
    return await withDeadline(timeout, late, work);
  } catch (thrown) {
    if (thrown instanceof Refusal) return thrown.response;
    const error = toIssuerError(thrown);
    try {
      onError?.(error);
    } catch {
      // Whoever keeps the records must not keep the asker waiting.
    }
    return error.code === "store_failed" || error.code === "request_timeout"
      ? answer(503, "temporarily_unavailable")
      : answer(500, "server_error");
  }
}

function troubled(status: number, error: string): Response {
  return failure(
    status,
    error,
    status === 503 ? "Try again." : "See the records of this server.",
    status === 503 ? { "Retry-After": "1" } : {},
  );
}

function toIssuerError(thrown: unknown): IssuerError {
  if (thrown instanceof IssuerError) return thrown;
  if (thrown instanceof ConsumerAuthError)
    return new IssuerError("request_timeout", thrown.message);
  return new IssuerError("request_failed", "The request could not be answered; see the cause.", {
    cause: thrown,
  });
}
