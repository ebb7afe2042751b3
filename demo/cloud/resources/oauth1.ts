import { createHmac, timingSafeEqual } from "node:crypto";

/** The two halves of an API key, as OAuth 1.0 calls them. */
export interface ApiKey {
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly token: string;
  readonly tokenSecret: string;
}

export interface SignedRequest {
  readonly method: string;
  /** Absolute. */
  readonly url: URL;
  readonly authorization: string;
  readonly contentType: string;
  readonly body: string;
}

/** Seconds by which a timestamp may be off. */
const WINDOW = 300;

/** Why the request is refused; `null` if it isn't. */
export type SignatureCheck = (request: SignedRequest) => string | null;

/** Verifies requests by RFC 5849 section 3.2, strictly, and each of them once. */
export function createSignatureCheck(key: ApiKey, now: () => number): SignatureCheck {
  const used = new Map<string, number>();

  return (request) => {
    const parameters = parseAuthorization(request.authorization);
    if (!parameters) return "malformed Authorization header";
    const of = (name: string) => parameters.find((one) => one[0] === name)?.[1] ?? "";
    if (new Set(parameters.map(([name]) => name)).size !== parameters.length) {
      return "a parameter is repeated";
    }
    if (of("oauth_consumer_key") !== key.consumerKey) return "unknown consumer key";
    if (of("oauth_token") !== key.token) return "unknown token";
    if (of("oauth_version") !== "1.0") return "wrong version";
    const seconds = of("oauth_timestamp");
    if (!/^[1-9]\d*$/.test(seconds)) return "malformed timestamp";
    if (Math.abs(now() / 1000 - Number(seconds)) > WINDOW) return "timestamp out of range";
    if (of("oauth_nonce") === "") return "no nonce";

    const secret = `${encode(key.consumerSecret)}&${encode(key.tokenSecret)}`;
    const base = baseString(request, parameters);
    const expected = sign(of("oauth_signature_method"), secret, base, request.url);
    if (expected === null) return "signature method not allowed";
    if (!isSame(expected, of("oauth_signature"))) return "wrong signature";

    const use = `${seconds} ${of("oauth_nonce")}`;
    if (used.has(use)) return "nonce was used before";
    for (const [old, at] of used) if (now() - at > 2000 * WINDOW) used.delete(old);
    used.set(use, now());
    return null;
  };
}

type Pair = readonly [name: string, value: string];

/** Section 3.5.1, on one line. */
function parseAuthorization(header: string): Pair[] | null {
  const [, list] = /^OAuth +(.+)$/i.exec(header) ?? [];
  const pairs = list?.split(/ *, */).map((part): Pair | null => {
    const [, name = "", value = ""] = /^([\w.~%-]+)="([\w.~%-]*)"$/.exec(part) ?? [];
    return name === "" ? null : [decodeURIComponent(name), decodeURIComponent(value)];
  });
  return pairs?.every((pair) => pair !== null) ? pairs : null;
}

/** Section 3.4.1. */
export function baseString(
  { method, url, contentType, body }: SignedRequest,
  authorization: readonly Pair[],
): string {
  const isForm = /^application\/x-www-form-urlencoded *(;|$)/i.test(contentType);
  const parameters = [
    ...[...url.searchParams],
    ...authorization.filter(([name]) => name !== "oauth_signature" && name !== "realm"),
    ...(isForm ? [...new URLSearchParams(body)] : []),
  ]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .map((pair) => pair.replace("=", "\0"))
    .sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
    .map((pair) => pair.replace("\0", "="))
    .join("&");
  const base = `${url.protocol}//${url.host}${url.pathname}`;
  return [method.toUpperCase(), base, parameters].map(encode).join("&");
}

function sign(method: string, secret: string, base: string, url: URL): string | null {
  switch (method) {
    case "HMAC-SHA1":
      return createHmac("sha1", secret).update(base).digest("base64");
    case "HMAC-SHA256":
      return createHmac("sha256", secret).update(base).digest("base64");
    case "PLAINTEXT":
      return url.protocol === "https:" ? secret : null;
    default:
      return null;
  }
}

/** Section 3.6. */
function encode(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      if (/[A-Za-z\d._~-]/.test(character)) return character;
      return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    })
    .join("");
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
