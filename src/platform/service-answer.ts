import { own } from "../base/own.js";
import { PlatformError } from "./platform-error.js";
import { explainServiceCode } from "./service-codes.js";

/** A JSON object as it came from outside: nothing in it has been checked. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** What a refusal of a service means, by its HTTP status, and how to mend it: whole sentences. */
export type Hints = Readonly<Partial<Record<number, string>>>;

/**
 * The JSON object that a service answered with.
 *
 * @param response - the service's answer
 * @param service - what messages call the service, such as `The Login Service`
 * @param hints - for refusals without a code of their own
 * @throws PlatformError `access_denied` (401, 403), `service_failed`, `response_invalid`
 */
export async function readJson(
  response: Response,
  service: string,
  hints?: Hints,
): Promise<JsonObject> {
  const json = parseObject(await readText(response, service, hints));
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
 * @param response - the service's answer
 * @param service - what messages call the service
 * @param hints - for refusals without a code of their own
 * @throws PlatformError `access_denied` (401, 403), `service_failed`
 */
export async function readText(
  response: Response,
  service: string,
  hints: Hints = {},
): Promise<string> {
  const text = await response.text();
  if (response.ok) return text;
  const { status } = response;
  const serviceCode = serviceCodeOf(text);
  const explanation = hasErrorCode(text) && serviceCode && explainServiceCode(serviceCode);
  const why = explanation ? `: ${explanation}` : `. ${hints[status] ?? ""}`;
  throw new PlatformError(
    status === 401 || status === 403 ? "access_denied" : "service_failed",
    `${service} answered with HTTP ${status}${serviceCode ? ` and code ${serviceCode}` : ""}${why}`.trim(),
    { status, serviceCode },
  );
}

/** Whether an error has a code that trying again won't change: the identity service's come with HTTP 500 too. */
export const hasErrorCode = (text: string): boolean =>
  parseObject(text)?.["internalErrorCode"] !== undefined;

/** The code that a service put into its error: `{"internalErrorCode": "9007"}`, or `{"error": {"internalCode": 10}}`. */
function serviceCodeOf(text: string): string | undefined {
  const { internalErrorCode, error } = parseObject(text) ?? {};
  const code = internalErrorCode ?? (Object(error) as JsonObject)["internalCode"];
  const name = typeof code === "number" ? String(code) : code;
  return typeof name === "string" && /^[\w.-]{1,16}$/.test(name) ? name : undefined;
}

/** The object that a text holds as JSON, without the parser's own error, which quotes the text. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    return own(value as JsonObject);
  } catch {
    return undefined;
  }
}
