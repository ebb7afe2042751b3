import { assertServer } from "../../base/server-only.js";
import { checkOption, checkRequestOptions, isText } from "../check-options.js";
import { PlatformError } from "../platform-error.js";
import { createServiceFetch, type RequestOptions, type ServiceFetch } from "../service-fetch.js";
import { encode, readForm, signatureBaseString, type EncodedParameter } from "./base-string.js";
import { createSigner, type SignatureMethod } from "./signature.js";

/** What {@link createRequestSigner} takes: the four parts of an API key, by the names of OAuth 1.0. */
export interface RequestSignerOptions extends RequestOptions {
  /** The app key. */
  readonly consumerKey: string;
  /** The app's secret. */
  readonly consumerSecret: string;
  /** The access token. */
  readonly token: string;
  /** The access token's secret. */
  readonly tokenSecret: string;
  /** Default `HMAC-SHA1`, which every service of the cloud takes; `PLAINTEXT` signs https URLs only. */
  readonly signatureMethod?: SignatureMethod;
}

/** Signs requests with an API key. */
export interface RequestSigner {
  /**
   * Signs one request. It may be sent once, within a few minutes: its nonce and its timestamp are part of it.
   *
   * @param input - and `init`: as for `fetch`. A form (`URLSearchParams`) is signed with its fields; other bodies are
   * no part of the signature
   * @returns a request with an `Authorization` header on one line; its body can still be read
   * @throws PlatformError `request_failed` (malformed, with OAuth parameters of its own, or `PLAINTEXT` and no https)
   */
  sign(input: string | URL | Request, init?: RequestInit): Promise<Request>;
  /**
   * Like `fetch`, with a signature of its own for each try.
   *
   * @returns the answer, whatever its HTTP status is
   * @throws PlatformError `aborted`, `request_failed`, `request_timeout`, `response_invalid`
   */
  readonly fetch: ServiceFetch;
}

/**
 * Makes what signs requests to the cloud with an API key, by OAuth 1.0. For servers only.
 *
 * @param options - the key, and how requests are made
 * @throws PlatformError `in_browser`, `invalid_config`
 * @see RFC 5849, section 3
 */
export function createRequestSigner(options: RequestSignerOptions): RequestSigner {
  assertServer(
    () =>
      new PlatformError(
        "in_browser",
        "An API key is a secret, which everybody could read in a browser: sign requests on a server.",
      ),
  );
  const { consumerKey, consumerSecret, token, tokenSecret } = options;
  const { signatureMethod = "HMAC-SHA1" } = options;
  checkRequestOptions(options);
  for (const [name, value] of Object.entries({ consumerKey, consumerSecret, token, tokenSecret })) {
    checkOption(
      isText(value) && isEncodable(value),
      `${name} must be text, as the API key has it.`,
    );
  }
  checkOption(
    ["HMAC-SHA1", "HMAC-SHA256", "PLAINTEXT"].includes(signatureMethod),
    "signatureMethod must be HMAC-SHA1, HMAC-SHA256 or PLAINTEXT.",
  );
  const signBaseString = createSigner(signatureMethod, consumerSecret, tokenSecret);

  async function authorize({ method, url, form }: Signable): Promise<string> {
    if (signatureMethod === "PLAINTEXT" && !url.startsWith("https:")) {
      throw new PlatformError(
        "request_failed",
        "PLAINTEXT sends the secrets as they are, so it signs https URLs only: use HMAC-SHA1.",
      );
    }
    const fields = readForm(form);
    const own: readonly EncodedParameter[] = Object.entries({
      oauth_consumer_key: consumerKey,
      oauth_token: token,
      oauth_signature_method: signatureMethod,
      oauth_timestamp: String(Math.floor(Date.now() / 1000)),
      oauth_nonce: crypto.randomUUID().replaceAll("-", ""),
      oauth_version: "1.0",
    }).map(([name, value]) => [name, encode(value)]);
    const sent = [...readForm(new URL(url).search.slice(1)), ...fields];
    if (
      sent.some(([name]) => own.some(([other]) => other === name) || name === "oauth_signature")
    ) {
      throw new PlatformError(
        "request_failed",
        "The request's query or form has OAuth parameters already: leave them out, they belong to the header.",
      );
    }
    const baseString = signatureBaseString(method, url, [...own, ...fields]);
    const signature = encode(await signBaseString(baseString));
    const list = [...own, ["oauth_signature", signature]].map((pair) => pair.join('="'));
    return `OAuth ${list.join('", ')}"`;
  }

  return {
    async sign(input, init) {
      const request = asRequest(input, init);
      const { method, url, headers } = request;
      const form = isForm(headers) ? await request.clone().text() : "";
      headers.set("authorization", await authorize({ method, url, form }));
      return request;
    },
    fetch: createServiceFetch(options, {
      authorize: ({ method, url, headers, body }) =>
        authorize({ method, url, form: isForm(headers) ? new TextDecoder().decode(body) : "" }),
    }),
  };
}

interface Signable {
  readonly method: string;
  readonly url: string;
  /** The body, where it is a form; else empty. */
  readonly form: string;
}

/** Section 3.4.1.3.1: only such a body is part of the signature. */
const isForm = (headers: Headers): boolean =>
  /^application\/x-www-form-urlencoded *(;|$)/i.test(headers.get("content-type") ?? "");

function asRequest(input: string | URL | Request, init: RequestInit | undefined): Request {
  try {
    return new Request(input, init);
  } catch {
    // Without the cause, which quotes the header or the URL that it doesn't like.
    throw new PlatformError(
      "request_failed",
      "The request can't be signed: its URL, a header or its body is malformed.",
    );
  }
}

/** Half of a surrogate pair has no bytes. */
const isEncodable = (text: string): boolean => !/\p{Surrogate}/u.test(text);
