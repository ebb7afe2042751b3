import { PlatformError } from "./platform-error.js";
import type { RequestOptions } from "./service-fetch.js";

/** Timers count to a bit more. */
const longest = 86_400_000;

/**
 * Looks at one option, where it is created rather than where it fails.
 *
 * @param holds - whether the value will do
 * @param mend - a sentence that names the option and says what it must be; never its value
 * @throws PlatformError `invalid_config`
 */
export function checkOption(holds: boolean, mend: string): asserts holds {
  if (!holds) throw new PlatformError("invalid_config", mend);
}

export const isText = (value: unknown): value is string =>
  typeof value === "string" && value !== "";

/** Fits into a path's segment without being changed. */
export const isName = (value: unknown): value is string =>
  typeof value === "string" && /^[\w-]{1,64}$/.test(value);

export const isBetween = (value: unknown, least: number, most: number): boolean =>
  typeof value === "number" && value >= least && value <= most;

const isDuration = (value: unknown, least: number): boolean =>
  typeof value === "number" && value >= least && value <= longest;

/**
 * Looks at the options that all services share.
 *
 * @throws PlatformError `invalid_config`
 */
export function checkRequestOptions({ requestTimeout, retryFor, fetch }: RequestOptions): void {
  checkOption(
    requestTimeout === undefined || isDuration(requestTimeout, 1),
    "requestTimeout must be milliseconds, from 1 to 86,400,000.",
  );
  checkOption(
    retryFor === undefined || isDuration(retryFor, 0),
    "retryFor must be milliseconds, from 0 to 86,400,000; with 0 nothing is tried again.",
  );
  checkOption(
    fetch === undefined || typeof fetch === "function",
    "fetch must be a function like the global fetch.",
  );
}

/**
 * Looks at the account's id, which becomes a part of every path.
 *
 * @throws PlatformError `invalid_config`
 */
export function checkAccountId(accountId: unknown): asserts accountId is string {
  checkOption(
    isName(accountId),
    "accountId must be the account's id as text: letters, digits, _ and - only.",
  );
}

/** Names and addresses of this machine, as a URL has them. */
const loopback = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/;

/** Whether it is an absolute https URL, of http on a loopback address, that names no more than a place. */
export function isSecureUrl(value: unknown): value is string {
  if (!isText(value) || !URL.canParse(value)) return false;
  const url = new URL(value);
  const { username, password, search, hash } = url;
  return isConfidential(url) && username + password + search + hash === "";
}

/** Whether a URL may carry a secret: by https, or to this machine. */
export const isConfidential = ({ protocol, hostname }: URL): boolean =>
  protocol === "https:" || (protocol === "http:" && loopback.test(hostname));
