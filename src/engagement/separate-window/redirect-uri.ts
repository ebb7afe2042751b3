import { ConsumerAuthError } from "../../base/errors.js";
import { endpoint } from "../../config/checks.js";

/** Parameters of a response: a redirect URI that brings one of its own would answer in our place. */
const responseParameter = /(^|\?)(code|error(_.+)?|(access_|id_)?token|iss|state)$/;

/** Whether an address can be compared to the letter: it is written as a browser writes it. */
function isExact(address: unknown): boolean {
  let exact = typeof address === "string" && !/[?#*]/.test(address);
  endpoint(address, () => (exact = false));
  return exact && new URL(address as string).href === address;
}

/**
 * Looks at the addresses that a response may be sent to.
 *
 * @throws ConsumerAuthError `invalid_config` where there is none, or one is not an exact address
 */
export function checkAllowedRedirectUris(addresses: unknown): void {
  if (!Array.isArray(addresses) || !addresses[0] || !addresses.every(isExact))
    throw new ConsumerAuthError(
      "invalid_config",
      "allowedRedirectUris must list the window's addresses to the letter, with https:// (http:// on loopback addresses only), and without query, fragment, user name or wildcard.",
    );
}

/**
 * Compares as text (RFC 9700 section 2.1), so that no two parsers can disagree about the address.
 *
 * @param allowed - exact addresses
 * @param mayHaveQuery - whether the window's own parameters may follow the address
 */
export function isAllowedRedirectUri(
  redirectUri: string,
  allowed: readonly string[],
  mayHaveQuery: boolean,
): boolean {
  // Browsers drop control characters from an address, which could make another name of one.
  const [, page = "", query = ""] = /^([^?#]*)(\?[^#\p{Cc}]*)?$/u.exec(redirectUri) ?? [];
  const names = [...new URLSearchParams(query).keys()];
  return (
    allowed.includes(page) &&
    (mayHaveQuery || !query) &&
    !names.some((name) => responseParameter.test(name))
  );
}
