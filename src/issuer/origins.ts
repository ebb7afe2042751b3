import { invalidConfig, isSecure } from "./checks.js";
import { empty, refuse } from "./http.js";

/**
 * @param origins - of the pages that may ask, your site's own among them
 * @throws IssuerError `invalid_config`
 */
export function checkOrigins(origins: readonly string[]): void {
  const isOrigin = (origin: unknown): boolean =>
    typeof origin === "string" && isSecure(origin) && new URL(origin).origin === origin;
  if (!Array.isArray(origins) || origins.length === 0 || !origins.every(isOrigin)) {
    throw invalidConfig(
      "allowedOrigins must list the origins of your pages, such as https://www.brand.example: with https:// (http:// on loopback addresses only), without a path, without a wildcard.",
    );
  }
}

/**
 * Makes sure that a page of one of the origins asks, by a script. Browsers say so themselves, and no
 * page can make them say something else.
 *
 * @returns the headers that let that page read the answer (CORS)
 * @throws Refusal 403
 */
export function checkAsker(
  { headers }: Request,
  allowed: readonly string[],
): Readonly<Record<string, string>> {
  const origin = headers.get("origin");
  const site = headers.get("sec-fetch-site");
  const mode = headers.get("sec-fetch-mode") ?? "cors";
  // A page of our own may leave its origin out; a page of somebody else's can't.
  const isAllowed = origin === null ? site === "same-origin" : allowed.includes(origin);
  if (!isAllowed || site === "none" || !["cors", "same-origin"].includes(mode)) {
    throw refuse(403, "access_denied", "Only pages of the allowed origins may ask, by a script.", {
      Vary: "Origin",
    });
  }
  return origin === null
    ? { Vary: "Origin" }
    : {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Credentials": "true",
        Vary: "Origin",
      };
}

/** The answer to a browser that asks whether it may ask (preflight). */
export const preflight = (cors: Readonly<Record<string, string>>): Response =>
  empty(204, {
    ...cors,
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "Content-Type",
    "Access-Control-Max-Age": "600",
  });
