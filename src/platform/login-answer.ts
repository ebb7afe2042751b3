import type { JsonObject } from "./service-answer.js";
import { PlatformError } from "./platform-error.js";

/** What the Login Service says of a new session. */
export interface LoginAnswer {
  readonly bearer: string;
  readonly csrf: string;
  /** Milliseconds. */
  readonly lifetime: number;
  readonly config: JsonObject;
  readonly accountData: JsonObject;
}

/** Visible ASCII, as a header takes it. */
const token = /^[\x21-\x7e]{1,8192}$/;

/**
 * Reads the answer to a login.
 *
 * @throws PlatformError `response_invalid`, naming the field, never its value
 */
export function readLogin({
  bearer,
  csrf,
  sessionTTl,
  config,
  accountData,
}: JsonObject): LoginAnswer {
  if (!isToken(bearer)) throw malformed("bearer", "a token");
  if (!isToken(csrf)) throw malformed("csrf", "a token");
  const lifetime = typeof sessionTTl === "string" ? Number(sessionTTl) : sessionTTl;
  if (typeof lifetime !== "number" || !Number.isSafeInteger(lifetime) || lifetime < 1)
    throw malformed("sessionTTl", "milliseconds");
  return { bearer, csrf, lifetime, config: object(config), accountData: object(accountData) };
}

export const isToken = (value: unknown): value is string =>
  typeof value === "string" && token.test(value);

const object = (value: unknown): JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};

const malformed = (field: string, kind: string): PlatformError =>
  new PlatformError(
    "response_invalid",
    `The Login Service's answer can't be used: ${field} is not ${kind}. Check that the host is that of agentVep.`,
  );
