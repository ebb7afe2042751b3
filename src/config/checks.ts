import { parsePath } from "./path.js";

/** What can be wrong with an option; `explain.ts` has the words. */
export type Problem =
  | "absolute"
  | "accountId"
  | "age"
  | "boolean"
  | "choice"
  | "credentials"
  | "fragment"
  | "function"
  | "hosts"
  | "https"
  | "identity"
  | "key"
  | "methodName"
  | "milliseconds"
  | "name"
  | "names"
  | "origin"
  | "parameters"
  | "path"
  | "privateKey"
  | "prompt"
  | "reserved"
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

/** Not every object can become text. */
const toText = (value: unknown): string =>
  value !== null && typeof value === "object" ? "[object]" : String(value);

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

export const matching =
  (problem: Problem, pattern: RegExp): Check =>
  (value, fail) => {
    if (!isText(value) || !pattern.test(value)) fail(problem);
    return value;
  };

/** A dotted path from the global scope. */
export const path: Check = (value, fail) => {
  if (!parsePath(toText(value))) fail("path");
  return value;
};

/** An attribute without a value says yes. */
export const boolean: Check = (value, fail) => {
  const text = toText(value);
  if (!/^(true|false|)$/.test(text)) fail("boolean");
  return text !== "false";
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
  if (!page && toText(value).startsWith("/")) return value;
  const url = parseUrl(value === "" ? "//" : value, fail, page?.href);
  if (page && url && url.origin !== page.origin) fail("origin");
  return url?.href ?? value;
};

export const number =
  (problem: Problem, least: number, most: number): Check =>
  (value, fail) => {
    const amount = isText(value) ? +value : value;
    if (typeof amount !== "number" || !(amount >= least && amount <= most)) fail(problem);
    return amount;
  };

export const list =
  (problem: Problem): Check =>
  (value, fail) => {
    const items: readonly unknown[] = isText(value)
      ? value.trim().split(/[\s,]+/)
      : ([] as unknown[]).concat(value);
    if (!items.every(isText)) fail(problem);
    return Object.freeze([...items]);
  };

/** An endpoint that may be a path of the page's own site. */
export const siteEndpoint: Check = (value, fail) => {
  const page = (globalThis as { location?: Location }).location;
  // On a server there is no page yet to be relative to; the browser checks it again.
  if (!page && toText(value).startsWith("/")) return value;
  let url: unknown = value;
  try {
    url = new URL(value as string, page?.href).href;
  } catch {
    // Told below.
  }
  endpoint(url, fail);
  return url;
};

/** A function, or the dotted path to one. */
export const callable: Check = (value, fail) => {
  if (typeof value !== "function" && !(isText(value) && parsePath(value))) fail("function");
  return value;
};

export const identity: Check = (value, fail) => {
  const { iss, sub } = Object(value) as { iss?: unknown; sub?: unknown };
  if (typeof value !== "object" || !isText(iss) || !isText(sub)) {
    return callable(value, () => {
      fail("identity");
    });
  }
  return Object.freeze({ iss, sub });
};

/** What we say ourselves in an authorization request, and what would turn its answer elsewhere. */
const reserved =
  /^(response_(type|mode)|client_(id|secret)|redirect_uri|scope|state|nonce|code_challenge(_method)?|request(_uri)?|acr_values|max_age|prompt|login_hint|ui_locales|dpop_jkt|__proto__)$/;

export const parameters: Check = (value, fail) => {
  const entries: readonly (readonly [string, unknown])[] = isText(value)
    ? [...new URLSearchParams(value)]
    : Object.entries(Object(value) as object);
  const isRecord = isText(value) || (typeof value === "object" && !Array.isArray(value));
  if (!isRecord || !entries.every(([, one]) => typeof one === "string")) fail("parameters");
  if (entries.some(([name]) => reserved.test(name))) fail("reserved");
  return Object.freeze(Object.fromEntries(entries));
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
  const text = toText(value);
  const base64 = text.replace(/-----[A-Z ]+-----|\s/g, "");
  if (text.includes("PRIVATE")) fail("privateKey");
  else if (!rsaPublicKey.test(base64) || !isWhole(base64)) fail("key");
  return base64;
};
