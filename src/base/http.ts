import { withDeadline } from "./deadline.js";
import { ConsumerAuthError, toConsumerAuthError } from "./errors.js";
import { loaded } from "./loaded.js";
import { own } from "./own.js";

/** A JSON object as it came from outside: nothing in it has been checked. */
export type JsonObject = Readonly<Record<string, unknown>>;

export interface JsonRequest {
  /** Milliseconds for the whole exchange, body included. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
  /** With a body the request is a POST: of JSON, or of a form. */
  readonly body?: JsonObject | URLSearchParams;
  /** Of the request, besides those that the body needs: they cost a CORS preflight. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Default `omit`. */
  readonly credentials?: RequestCredentials;
  /** Whether a request that the server could not answer may be made again, within the timeout. */
  readonly retries?: boolean;
  /** Where an array is an answer too: the name under which `json` holds it. */
  readonly listAs?: string;
}

export interface JsonResponse {
  readonly status: number;
  /** The body where it is a JSON object, else an empty object. */
  readonly json: JsonObject;
  /** The body as it came. */
  readonly text: string;
  /** Those that the server lets the page read. */
  readonly headers: Headers;
}

/** More bytes than that are not read, so that nobody fills the page's memory. */
const largest = 1_000_000;

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * One HTTP request whose answer is a JSON object; no cookies, no referrer, no redirects.
 *
 * @param url - where to
 * @returns the status, whatever it is, and the body
 * @throws ConsumerAuthError `request_timeout`, `request_failed` (network, CORS, a redirect, or more than 1 MB), or
 * what the caller's signal was aborted with
 */
export async function requestJson(url: string, request: JsonRequest): Promise<JsonResponse> {
  const {
    timeout,
    signal,
    body,
    credentials = "omit",
    retries = false,
    listAs,
    headers,
  }: JsonRequest = own(request);
  const { origin } = new URL(url);
  const isJson = body && !(body instanceof URLSearchParams);
  return withDeadline(
    timeout,
    () =>
      new ConsumerAuthError("request_timeout", `${origin} did not answer within ${timeout} ms.`),
    async (deadline) => {
      try {
        const send = async (): Promise<JsonResponse> => {
          const response = await fetch(
            url,
            own<RequestInit>({
              credentials,
              redirect: "error",
              referrerPolicy: "no-referrer",
              signal: deadline,
              headers: { ...(isJson && { "content-type": "application/json" }), ...headers },
              ...(body && { method: "POST", body: isJson ? JSON.stringify(body) : body }),
            }),
          );
          let size = 0;
          const bounded = new TransformStream<Uint8Array, Uint8Array>({
            transform(chunk, rest) {
              size += chunk.length;
              if (size > largest) throw new TypeError("Too long.");
              rest.enqueue(chunk);
            },
          });
          const text = await new Response(response.body?.pipeThrough(bounded)).text();
          const json = parseObject(text, listAs);
          return { status: response.status, json, text, headers: response.headers };
        };
        const startedAt = performance.now();
        const response = await send();
        if (!retries || !isBusy(response)) return response;
        const { sendAgain } = await loaded(import("./retries.js"));
        return await sendAgain(response, send, startedAt + timeout, deadline, isBusy);
      } catch (cause) {
        throw toConsumerAuthError(
          cause,
          "request_failed",
          `The request to ${origin} failed: check the network, CORS, and connect-src of the page's Content-Security-Policy; more than 1 MB is not read.`,
        );
      }
    },
    signal,
  );
}

/** Whether the server asks to be asked again later; the cloud's own errors come with 500 too, and stay. */
const isBusy = ({ status, json }: JsonResponse): boolean =>
  (status === 429 || status > 499) && !("internalErrorCode" in json);

function parseObject(text: string, listAs?: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (listAs && Array.isArray(value)) return own({ [listAs]: value });
    if (isJsonObject(value)) return own(value);
  } catch {
    // Then it holds nothing either.
  }
  return own({});
}
