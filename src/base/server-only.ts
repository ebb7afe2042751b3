interface Surroundings {
  readonly document?: unknown;
  readonly navigator?: { readonly userAgent?: string };
  readonly process?: { readonly versions?: { readonly node?: string } };
}

/**
 * Whether this runs where consumers could read along. Workers of Cloudflare, Deno and Bun have a `navigator` too, and
 * tests on servers a `document`.
 */
function isBrowser(): boolean {
  const { document, navigator, process } = globalThis as Surroundings;
  if (process?.versions?.node !== undefined) return false;
  return document !== undefined || (navigator?.userAgent ?? "").startsWith("Mozilla/");
}

/**
 * Stops what needs a secret from running in a browser.
 *
 * @param refuse - makes the error to throw there
 */
export function assertServer(refuse: () => Error): void {
  if (isBrowser()) throw refuse();
}
