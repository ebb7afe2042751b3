/**
 * Looks at one value.
 *
 * @param value - as it came: from an object, or as text from an attribute
 * @param refuse - is told what is wrong with the value, and what to write instead
 * @returns the value as the rest of the code wants it, `undefined` after a refusal
 */
export type Check = (value: unknown, refuse: (problem: string) => undefined) => unknown;

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

export const text: Check = (value, refuse) =>
  isText(value) ? value : refuse("must be text that is not empty");

export const matching =
  (pattern: RegExp, problem: string): Check =>
  (value, refuse) =>
    isText(value) && pattern.test(value) ? value : refuse(problem);

export const oneOf =
  (...values: readonly string[]): Check =>
  (value, refuse) =>
    isText(value) && values.includes(value)
      ? value
      : refuse(`must be one of ${values.map((known) => `"${known}"`).join(", ")}`);

export const boolean: Check = (value, refuse) =>
  value === true || value === "true" || value === ""
    ? true
    : value === false || value === "false"
      ? false
      : refuse("must be true or false");

export const number =
  (least: number, most: number, unit: string): Check =>
  (value, refuse) => {
    const amount = isText(value) ? Number(value) : value;
    return typeof amount === "number" && amount >= least && amount <= most
      ? amount
      : refuse(`must be a number of ${unit} from ${String(least)} to ${String(most)}`);
  };

export const list: Check = (value, refuse) => {
  const items: readonly unknown[] = isText(value)
    ? value.split(/[\s,]+/).filter(Boolean)
    : Array.isArray(value)
      ? value
      : [];
  return items.length > 0 && items.every(isText)
    ? Object.freeze([...items])
    : refuse("must be a list of host names");
};

const loopback = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/;

/** Whether a URL is safe to talk to: https, or http on this very machine. */
const isSecure = (url: URL): boolean =>
  url.protocol === "https:" || (url.protocol === "http:" && loopback.test(url.hostname));

/** Whether a value is what an endpoint may be. */
export const isEndpoint = (value: unknown): value is string =>
  urlProblem(parse(value), "") === undefined;

function parse(value: unknown, base?: string): URL | undefined {
  try {
    return isText(value) ? new URL(value, base) : undefined;
  } catch {
    return undefined;
  }
}

const urlProblem = (url: URL | undefined, example: string): string | undefined =>
  !url
    ? `must be an absolute URL such as ${example}`
    : !isSecure(url)
      ? "must begin with https:// (http:// is for loopback addresses only)"
      : url.username || url.password
        ? "must not hold a user name or a password"
        : url.hash
          ? "must not have a fragment (#…)"
          : undefined;

/** An endpoint is kept as it was written: an issuer is compared to the letter. */
export const endpoint: Check = (value, refuse) => {
  const problem = urlProblem(parse(value), "https://login.example.com/authorize");
  return problem ? refuse(problem) : value;
};

/** The return page: made absolute, and on the page's own origin, where its answer can be heard. */
export const ownPage: Check = (value, refuse) => {
  const page = (globalThis as { location?: Location }).location;
  // On a server there is no page yet to be relative to; the browser checks it again.
  if (!page && isText(value) && value.startsWith("/")) return value;
  const url = parse(value, page?.href);
  const problem = urlProblem(url, "https://www.example.com/callback.html");
  if (problem) return refuse(problem);
  return page && url && url.origin !== page.origin
    ? refuse(
        `must be a page on ${page.origin}, the origin of this page; put callback.html and callback.js there`,
      )
    : url?.href;
};

const rsaEncryption = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";

/** A key becomes PEM, from the connector's one line as well as from PEM. */
export const publicKey: Check = (value, refuse) => {
  if (!isText(value)) return refuse("must be the one-line public key of the connector");
  if (value.includes("PRIVATE KEY")) {
    return refuse(
      "is a private key, which must never be in a page: replace that key pair now, and write the public key here",
    );
  }
  const base64 = value.replace(/-----[A-Z ]+-----|\s/g, "");
  let der = "";
  try {
    der = atob(base64);
  } catch {
    // An empty key is refused below.
  }
  return der.startsWith("\x30") && der.slice(0, 32).includes(rsaEncryption)
    ? `-----BEGIN PUBLIC KEY-----\n${base64}\n-----END PUBLIC KEY-----`
    : refuse(
        "is not an RSA public key: write the base64 of its SubjectPublicKeyInfo on one line, or PEM (BEGIN PUBLIC KEY), as in the connector",
      );
};
