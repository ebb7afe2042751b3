import { own } from "../base/own.js";
import { PlatformError } from "./platform-error.js";
import { explainServiceCode } from "./service-codes.js";

/** A JSON object as it came from outside: nothing in it has been checked. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The JSON object that a service answered with.
 *
 * @param response - of a {@link createServiceFetch} function
 * @param service - what the message calls the service, such as `The Login Service`
 * @throws PlatformError what {@link checkAnswer} throws; `response_invalid`
 */
export async function readJson(response: Response, service: string): Promise<JsonObject> {
  const text = await checkAnswer(response, service);
  const json = parseObject(text);
  if (json) return json;
  throw new PlatformError(
    "response_invalid",
    `${service} answered with something other than a JSON object: check the host, and that no proxy answers in its place.`,
    { status: response.status },
  );
}

/**
 * The text of an answer that is no HTTP error.
 *
 * @param response - of a {@link createServiceFetch} function
 * @param service - what the message calls the service
 * @param hint - how to mend a refusal, where the status says no more
 * @throws PlatformError `access_denied` (401, 403), `service_failed`
 */
export async function checkAnswer(
  response: Response,
  service: string,
  hint?: (status: number) => string | undefined,
): Promise<string> {
  const text = await response.text();
  if (response.ok) return text;
  const { status } = response;
  const serviceCode = serviceCodeOf(text);
  const explanation = serviceCode && explainServiceCode(serviceCode);
  const why = explanation ? `: ${explanation}` : `. ${hint?.(status) ?? ""}`;
  throw new PlatformError(
    status === 401 || status === 403 ? "access_denied" : "service_failed",
    `${service} answered with HTTP ${status}${serviceCode ? ` and code ${serviceCode}` : ""}${why}`.trim(),
    { status, serviceCode },
  );
}

/** The code that a service put into its error: `{"internalErrorCode": "9007"}`. */
export function serviceCodeOf(text: string): string | undefined {
  const code = parseObject(text)?.["internalErrorCode"];
  const name = typeof code === "number" ? String(code) : code;
  return typeof name === "string" && /^[\w.-]{1,16}$/.test(name) ? name : undefined;
}

/** Without the parser's own error, which quotes the text. */
function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    return own(value as JsonObject);
  } catch {
    return undefined;
  }
}
