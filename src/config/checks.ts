import { parsePath } from "./path.js";

/** What can be wrong with an option; `explain.ts` has the words. */
export type Problem =
  | "absolute"
  | "accountId"
  | "boolean"
  | "choice"
  | "credentials"
  | "fragment"
  | "hosts"
  | "https"
  | "key"
  | "methodName"
  | "milliseconds"
  | "origin"
  | "path"
  | "privateKey"
  | "scope"
  | "seconds"
  | "text";

/**
 * Looks at one value, as it came: from an object, or as text from an attribute.
 *
 * @param fail - is told what is wrong
 * @returns what the rest of the code wants in its place; after a failure it is of no use
 */
export type Check = (value: unknown, fail: Fail) => unknown;

/** Takes note of a problem. */
export type Fail = (problem: Problem) => void;

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

export const matching =
  (problem: Problem, pattern: RegExp): Check =>
  (value, fail) => {
    if (!isText(value) || !pattern.test(value)) fail(problem);
    return value;
  };

/** A dotted path from the global scope. */
export const path: Check = (value, fail) => {
  if (!parsePath(String(value))) fail("path");
  return value;
};

/** An attribute without a value says yes. */
export const boolean: Check = (value, fail) => {
  const text = String(value);
  if (!/^(true|false|)$/.test(text)) fail("boolean");
  return text !== "false";
};

export const number =
  (problem: Problem, least: number, most: number): Check =>
  (value, fail) => {
    const amount = isText(value) ? +value : value;
    if (typeof amount !== "number" || !(amount >= least && amount <= most)) fail(problem);
    return amount;
  };

export const hosts: Check = (value, fail) => {
  const items: readonly unknown[] = isText(value)
    ? value.trim().split(/[\s,]+/)
    : ([] as unknown[]).concat(value);
  if (!items.every(isText)) fail("hosts");
  return Object.freeze([...items]);
};

const loopback = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/;

function parseUrl(value: unknown, fail: Fail, base?: string): URL | undefined {
  let url: URL;
  try {
    url = new URL(value as string, base);
  } catch {
    fail("absolute");
    return undefined;
  }
  if (url.protocol !== "https:" && !(url.protocol === "http:" && loopback.test(url.hostname)))
    fail("https");
  if (url.username || url.password) fail("credentials");
  if (url.hash) fail("fragment");
  return url;
}

/** An endpoint is kept as it was written: an issuer is compared to the letter. */
export const endpoint: Check = (value, fail) => {
  parseUrl(value, fail);
  return value;
};

/** The return page: made absolute, and on the page's own origin, where its answer can be heard. */
export const ownPage: Check = (value, fail) => {
  const page = (globalThis as { location?: Location }).location;
  // On a server there is no page yet to be relative to; the browser checks it again.
  if (!page && String(value).startsWith("/")) return value;
  const url = parseUrl(value === "" ? "//" : value, fail, page?.href);
  if (page && url && url.origin !== page.origin) fail("origin");
  return url?.href ?? value;
};

/**
 * A SubjectPublicKeyInfo of an RSA key (RFC 8017 appendix A.1) of 2048 bits or more, in base64: all of
 * them begin alike, but for their length.
 */
const rsaPublicKey = /^MII[A-Za-z\d+/]{3}ANBgkqhkiG9w0BAQEFAAOC/;

/** Whether the bytes are as many as their own header says. */
function isWhole(base64: string): boolean {
  try {
    const der = atob(base64);
    return der.length === 4 + der.charCodeAt(2) * 256 + der.charCodeAt(3);
  } catch {
    return false;
  }
}

/** A key becomes one line of base64, from PEM as well. */
export const publicKey: Check = (value, fail) => {
  const base64 = String(value).replace(/-----[A-Z ]+-----|\s/g, "");
  if (String(value).includes("PRIVATE")) fail("privateKey");
  else if (!rsaPublicKey.test(base64) || !isWhole(base64)) fail("key");
  return base64;
};
