interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  readonly isSecure: boolean;
  /** Milliseconds since 1970 UTC. */
  readonly until: number;
}

/** More cookies, or longer ones, than browsers would keep are dropped. */
const most = 50;
const longest = 4096;

/** Keeps the cookies of one host, for as long and for the paths that they say (RFC 6265 section 5). */
export interface CookieJar {
  /**
   * Takes what the host has set.
   *
   * @param url - that of the request
   * @param headers - those of its answer
   */
  keep(url: string, headers: Headers): void;
  /**
   * What a request's `Cookie` header must be.
   *
   * @param url - of the same host as all others
   * @returns an empty text where there is no cookie for it
   */
  header(url: string): string;
}

/** Makes a jar for one host. */
export function createCookieJar(): CookieJar {
  const cookies = new Map<string, Cookie>();

  return {
    keep(url, headers) {
      for (const text of headers.getSetCookie()) {
        const cookie = parse(text, new URL(url));
        if (!cookie) continue;
        const identity = `${cookie.path} ${cookie.name}`;
        cookies.delete(identity);
        if (cookie.until > Date.now() && cookies.size < most) cookies.set(identity, cookie);
      }
    },
    header(url) {
      const { pathname, protocol } = new URL(url);
      return [...cookies.values()]
        .filter(
          ({ path, isSecure, until }) =>
            until > Date.now() && isWithin(pathname, path) && !(isSecure && protocol !== "https:"),
        )
        .map(({ name, value }) => `${name}=${value}`)
        .join("; ");
    },
  };
}

/** Section 5.2 and 5.3; `undefined` where the cookie is to be ignored. */
function parse(text: string, { hostname, pathname }: URL): Cookie | undefined {
  const [pair = "", ...rest] = text.split(";");
  const [, name = "", value = ""] = /^\s*([^=]*?)\s*=\s*(.*?)\s*$/s.exec(pair) ?? [];
  if (name === "" || name.length + value.length > longest) return undefined;
  const attributes = new Map(
    rest.map((one) => {
      const [key = "", ...content] = one.split("=");
      return [key.trim().toLowerCase(), content.join("=").trim()];
    }),
  );
  const domain = attributes.get("domain")?.toLowerCase().replace(/^\./, "");
  if (domain && domain !== hostname && !hostname.endsWith(`.${domain}`)) return undefined;
  const path = attributes.get("path");
  return {
    name,
    value,
    path: path?.startsWith("/") ? path : defaultPath(pathname),
    isSecure: attributes.has("secure"),
    until: endOf(attributes),
  };
}

/** `Max-Age` wins over `Expires`; without them it lives as long as the jar. */
function endOf(attributes: ReadonlyMap<string, string>): number {
  const maxAge = attributes.get("max-age") ?? "";
  if (/^-?\d+$/.test(maxAge)) return +maxAge > 0 ? Date.now() + +maxAge * 1000 : 0;
  const expires = Date.parse(attributes.get("expires") ?? "");
  return Number.isNaN(expires) ? Infinity : expires;
}

/** Section 5.1.4. */
const defaultPath = (pathname: string): string =>
  pathname.slice(0, Math.max(pathname.lastIndexOf("/"), 1));

const isWithin = (pathname: string, path: string): boolean =>
  pathname === path || pathname.startsWith(path.endsWith("/") ? path : `${path}/`);
