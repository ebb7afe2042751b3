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
 * it. On iOS Instagram has an address of its own, and from 17.5 on `x-safari-https:` opens Safari; no
 * maker documents these two, and an app may not heed them.
 *
 * @param address - from {@link toPortableAddress}
 * @param userAgent - of this browser
 * @returns `undefined` where there is no such way
 */
export function getBrowserLink(address: string, userAgent: string): string | undefined {
  const encoded = encodeURIComponent(address);
  const [scheme, rest] = address.split(/:(.*)/);
  if (/\bLine\//.test(userAgent))
    return address + (address.includes("?") ? "&" : "?") + "openExternalBrowser=1";
  if (userAgent.includes("Android"))
    return `intent:${rest}#Intent;scheme=${scheme};S.browser_fallback_url=${encoded};end`;
  const [, version] = /\(iP.* OS (\d+_\d)/.exec(userAgent) ?? [];
  if (!version) return undefined;
  if (userAgent.includes("Instagram")) return `instagram://extbrowser/?url=${encoded}`;
  return version >= "17_5" ? `x-safari-${address}` : undefined;
}
