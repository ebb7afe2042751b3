import { IssuerError } from "./issuer-error.js";

/** @param mistake - the option, what is wrong with it, and the mend */
export const invalidConfig = (mistake: string): IssuerError =>
  new IssuerError("invalid_config", mistake);

const isLoopback = (host: string): boolean =>
  host === "localhost" ||
  host.endsWith(".localhost") ||
  host === "[::1]" ||
  host.startsWith("127.");

/** Whether an address is one that secrets may travel to: https, or http to this very machine. */
export function isSecure(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === "https:" || (protocol === "http:" && isLoopback(hostname));
}

/**
 * @param option - the name of the option
 * @param value - what was given
 * @param least - of the integers that it may be
 * @param most - of the integers that it may be
 * @param unit - in words
 */
export function checkInteger(
  option: string,
  value: unknown,
  [least, most]: readonly [number, number],
  unit: string,
): void {
  if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most) {
    throw invalidConfig(`${option} must be an integer from ${least} to ${most}, in ${unit}.`);
  }
}

/** A text that is not empty, within reason. */
export function checkText(option: string, value: unknown): void {
  if (typeof value !== "string" || !/^[\x20-\x7e]{1,255}$/.test(value)) {
    throw invalidConfig(`${option} must be a text of 1 to 255 characters of ASCII.`);
  }
}

export function checkFunction(option: string, value: unknown): void {
  if (typeof value !== "function") throw invalidConfig(`${option} must be a function.`);
}

const offers = (value: unknown, ...names: readonly string[]): boolean =>
  typeof value === "object" &&
  value !== null &&
  names.every((name) => typeof (value as Record<string, unknown>)[name] === "function");

export function checkIssuer(issuer: unknown): void {
  if (!offers(issuer, "issue", "checkClaims")) {
    throw invalidConfig("issuer must be what createTokenIssuer gives: await it first.");
  }
}

export function checkCodes(codes: unknown): void {
  if (!offers(codes, "issue", "redeem")) {
    throw invalidConfig("codes must be what createAuthorizationCodes gives.");
  }
}

export function checkStore(store: unknown): void {
  if (!offers(store, "put", "take")) {
    throw invalidConfig("store must be a CodeStore: an object with put and take.");
  }
}
