import { abortError, settleBy } from "../../base/deadline.js";
import {
  readWindowRequest,
  unanswerable,
  type WindowError,
  type WindowRequest,
  type WindowRequestOptions,
} from "./window-request.js";
import { readResult, toAddress, type WindowAnswer, type WindowResult } from "./window-response.js";

/** What {@link runWindowReturn} needs of the login page. */
export interface WindowReturnOptions extends WindowRequestOptions {
  /**
   * Signs the consumer in, and may take as long as that takes. What it throws reaches the window as
   * `server_error`, without a word of it.
   *
   * @param request - what the window asks for
   * @param signal - the page's own
   */
  readonly signIn: (
    request: WindowRequest,
    signal: AbortSignal | undefined,
  ) => WindowAnswer | Promise<WindowAnswer>;
  /** Ends the waiting: nothing is sent then. */
  readonly signal?: AbortSignal | undefined;
}

/** What was sent to the window. */
export interface WindowReturnOutcome {
  /** The error that the window got; `undefined` where it got a credential. */
  readonly error: WindowError | undefined;
  /** What `signIn` threw, or what was wrong with its answer: for your own records. */
  readonly cause?: unknown;
}

/** A page has one answer to give, even where it is shown again or its script runs again. */
let answered = false;

/**
 * The work of a login page that the cloud opens as the authorization endpoint of its separate window:
 * reads the request from the page's address, has the consumer sign in, and goes to the window with the
 * result. That replaces the login page in the history; until then its address stays as it is, so that
 * the page may be loaded again.
 *
 * @returns what was sent, while the browser is on its way to the window
 * @throws ConsumerAuthError `invalid_config`; `invalid_call` where nobody may be answered, or the page
 * has answered already; `aborted`: nothing was sent then
 */
export async function runWindowReturn(options: WindowReturnOptions): Promise<WindowReturnOutcome> {
  const { signIn, signal } = options;
  const mayAnswer = (): void => {
    if (answered) throw unanswerable("The window has its answer already.");
    if (signal?.aborted) throw abortError(signal);
  };
  mayAnswer();
  const request = readWindowRequest(location.search, options);
  let result: WindowResult;
  let cause: unknown;
  try {
    const answer = request.refusal
      ? undefined
      : await settleBy(signal, Promise.resolve(signIn(request, signal)));
    result = readResult(request, answer);
  } catch (error) {
    cause = error;
    result = { error: "server_error" };
  }
  mayAnswer();
  location.replace(toAddress(request, result));
  answered = true;
  return { error: result.error, cause };
}
