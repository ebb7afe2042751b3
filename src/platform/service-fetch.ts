import { withDeadline } from "../base/deadline.js";
import { ConsumerAuthError } from "../base/errors.js";
import { readAtMost } from "./bounded-body.js";
import { PlatformError } from "./platform-error.js";
import { retry } from "./retry.js";
import { hasErrorCode } from "./service-answer.js";

/** How requests are made; part of the options of every service. */
export interface RequestOptions {
  /** Milliseconds for one request, its answer included. Default 10,000. */
  readonly requestTimeout?: number;
  /**
   * Milliseconds in total within which a request is made again that the service could not answer (429 and 5xx).
   * Default 60,000; 0: never.
   */
  readonly retryFor?: number;
  /** In place of the global `fetch`: behind a proxy, for instance. It gets the URL as text and plain options. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

/**
 * Like `fetch`, but it heeds {@link RequestOptions} and rejects with {@link PlatformError} only; fit for
 * `customFetch` of oauth4webapi.
 */
export type ServiceFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** A request that is about to be sent. */
export interface OutgoingRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body?: ArrayBuffer;
}

/** What a service wants otherwise than the rest. */
export interface ServiceManners {
  /** Milliseconds that it wants to be left alone after 429. Default 1,000. */
  readonly busyPause?: number;
  /** Makes the `Authorization` header, anew for each try. */
  readonly authorize?: (request: OutgoingRequest) => string | Promise<string>;
}

/** More bytes of an answer than that are not read. */
const largest = 1_000_000;

/**
 * Makes the function by which all requests to the cloud's services go.
 *
 * Its answers are whole when they come: the body, at most 1 MB, has been read. An answer with an HTTP error is an
 * answer; a redirect is not, since no service of the cloud redirects a server, and credentials must not follow it.
 * What was sent is nowhere in its errors.
 *
 * @param options - checked already
 * @param manners - what the service wants
 * @returns a function that throws PlatformError `aborted`, `request_failed`, `request_timeout`, `response_invalid`
 */
export function createServiceFetch(
  {
    requestTimeout = 10_000,
    retryFor = 60_000,
    fetch: send = (url, init) => fetch(url, init),
  }: RequestOptions,
  { busyPause = 1000, authorize }: ServiceManners = {},
): ServiceFetch {
  return async (input, init = {}) => {
    const { outgoing, signal } = await readRequest(input, init);
    const { url, headers, ...rest } = outgoing;
    const { origin } = new URL(url);
    const sendOnce = async (deadline: AbortSignal): Promise<Answer> => {
      if (authorize) headers.set("authorization", await authorize(outgoing));
      const request: RequestInit = { ...rest, headers, redirect: "manual", signal: deadline };
      return readAnswer(await send(url, request), origin);
    };
    const once = (): Promise<Answer> =>
      withDeadline(
        requestTimeout,
        () => new ConsumerAuthError("request_timeout", "Too late."),
        sendOnce,
        signal,
      );
    try {
      signal?.throwIfAborted();
      const until = Date.now() + retryFor;
      return toResponse(await retry(once, { until, busyPause, isBusy, signal }));
    } catch (error) {
      throw toPlatformError(error, origin, requestTimeout, signal);
    }
  };
}

/** Takes a request apart into what every `fetch` understands and what can be sent again. */
async function readRequest(
  input: string | URL | Request,
  init: RequestInit,
): Promise<{ outgoing: OutgoingRequest; signal: AbortSignal | undefined }> {
  const signal = init.signal ?? (input instanceof Request ? input.signal : undefined);
  try {
    const request = new Request(input, { ...init, signal: null, redirect: "manual" });
    const { url, method, headers } = request;
    const body = /^(GET|HEAD)$/.test(method) ? undefined : await request.arrayBuffer();
    return { signal, outgoing: { url, method, headers, ...(body?.byteLength && { body }) } };
  } catch {
    // Without the cause, which quotes the header or the URL that it doesn't like.
    throw new PlatformError(
      "request_failed",
      "The request can't be made: its URL, a header or its body is malformed.",
    );
  }
}

/** A response that has been read. */
interface Answer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
}

async function readAnswer(response: Response, origin: string): Promise<Answer> {
  const { status, statusText, headers } = response;
  if (response.type === "opaqueredirect" || (status > 299 && status < 400 && status !== 304)) {
    await response.body?.cancel();
    throw new PlatformError(
      "response_invalid",
      `${origin} answered with a redirect, which is not followed: check that this is the service's own host.`,
      { status },
    );
  }
  const body = await readAtMost(largest, response.body);
  if (body) return { status, statusText, headers, body };
  throw new PlatformError(
    "response_invalid",
    `The answer of ${origin} is longer than 1 MB, and was not read to its end.`,
    { status },
  );
}

/** Whether the service asks to be asked again later; errors with a code of their own come with 500 too, and stay. */
const isBusy = ({ status, body }: Answer): boolean =>
  (status === 429 || status > 499) && !hasErrorCode(new TextDecoder().decode(body));

function toResponse({ status, statusText, headers, body }: Answer): Response {
  const kept = new Headers(headers);
  // They tell of the bytes as they came, and those have been decoded.
  kept.delete("content-encoding");
  kept.delete("content-length");
  const isEmpty = [204, 205, 304].includes(status);
  return new Response(isEmpty ? null : body, { status, statusText, headers: kept });
}

function toPlatformError(
  error: unknown,
  origin: string,
  requestTimeout: number,
  signal: AbortSignal | undefined,
): PlatformError {
  if (error instanceof PlatformError) return error;
  if (error instanceof ConsumerAuthError && error.code === "request_timeout") {
    return new PlatformError(
      "request_timeout",
      `${origin} did not answer within ${requestTimeout} ms.`,
    );
  }
  if (signal?.aborted) {
    return new PlatformError("aborted", `The request to ${origin} was aborted by its caller.`);
  }
  const reason = networkCodeOf(error);
  // Without the cause: runtimes put the URL with its query, or bytes of the answer, into theirs.
  return new PlatformError(
    "request_failed",
    `${origin} can't be reached${reason ? ` (${reason})` : ""}: check the network, DNS, TLS and the proxy, if there is one.`,
  );
}

/** Such as `ECONNREFUSED`, which says more than "fetch failed". */
function networkCodeOf(error: unknown): string | undefined {
  for (let depth = 0, one = error; one instanceof Error && depth < 4; depth++, one = one.cause) {
    if ("code" in one && typeof one.code === "string" && /^[A-Z][A-Z\d_]{2,60}$/.test(one.code))
      return one.code;
  }
  return undefined;
}
