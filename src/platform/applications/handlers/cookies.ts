import { PlatformError } from "../../platform-error.js";

/** What browsers keep of one cookie, in bytes: name, value and attributes (RFC 6265 section 6.1). */
const largest = 4096;

/** One cookie of the application's origin. */
export interface Cookie {
  read(request: Request): string | undefined;
  /**
   * The header that sets it.
   *
   * @param lifetime - milliseconds
   * @throws PlatformError `response_invalid`, where browsers would drop it for its length
   */
  set(value: string, lifetime: number): string;
  /** The header that deletes it. */
  clear(): string;
}

/**
 * @param name - without a prefix
 * @param isSecure - whether the origin is https. `__Host-` binds the cookie to this very host, with https; on
 * `http://localhost`, which not all browsers trust with such cookies, it does without
 */
export function createCookie(name: string, isSecure: boolean): Cookie {
  const fullName = isSecure ? `__Host-${name}` : name;
  const attributes = `Path=/; HttpOnly; SameSite=Lax${isSecure ? "; Secure" : ""}`;
  const line = (value: string, seconds: number): string =>
    `${fullName}=${value}; ${attributes}; Max-Age=${seconds}`;

  return {
    read(request) {
      const pairs = (request.headers.get("cookie") ?? "").split(";").map((pair) => pair.trim());
      const found = pairs.find((pair) => pair.startsWith(`${fullName}=`));
      return found && found.length <= largest ? found.slice(fullName.length + 1) : undefined;
    },
    set(value, lifetime) {
      const header = line(value, Math.ceil(lifetime / 1000));
      if (header.length <= largest) return header;
      throw new PlatformError(
        "response_invalid",
        `The cookie ${fullName} would have ${header.length} bytes, and browsers keep ${largest}: the service's tokens are too long for it. Keep the tokens on your server, with finishLogin of createApplication and a session of your own.`,
      );
    },
    clear: () => line("", 0),
  };
}
