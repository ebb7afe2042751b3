/** What an answer of a login may have left in an address, and must not travel on. */
const ofAResponse = /^(code|\w*state|iss|response|error\w*|\w*token)$/;

/**
 * The address of a page as the consumer may take it to another browser: without its fragment, a user
 * name, and the parameters of an authorization response.
 *
 * @param href - the page's address
 * @returns `undefined` where it is no http or https address
 */
export function toPortableAddress(href: string): string | undefined {
  const url = new URL(href);
  if (!/^https?:$/.test(url.protocol)) return undefined;
  url.hash = url.username = url.password = "";
  const { searchParams } = url;
  for (const name of [...searchParams.keys()]) {
    if (ofAResponse.test(name)) searchParams.delete(name);
  }
  return url.href;
}

/**
 * A link that has the app around the page open it in the phone's own browser.
 *
 * Android: an `intent:` (https://developer.chrome.com/docs/android/intents). LINE has a parameter for
 * it. Other apps on iOS have no way that anybody documents.
 *
 * @param address - from {@link toPortableAddress}
 * @param userAgent - of this browser
 * @returns `undefined` where there is no such way
 */
export function getBrowserLink(address: string, userAgent: string): string | undefined {
  if (/\bLine\//.test(userAgent)) {
    const url = new URL(address);
    url.searchParams.set("openExternalBrowser", "1");
    return url.href;
  }
  const [scheme, rest] = address.split(/:(.*)/);
  return userAgent.includes("Android")
    ? `intent:${rest}#Intent;scheme=${scheme};S.browser_fallback_url=${encodeURIComponent(address)};end`
    : undefined;
}
