/** A parameter whose name and value are encoded already. */
export type EncodedParameter = readonly [name: string, value: string];

/**
 * Encodes text as OAuth 1.0 wants it: all bytes of its UTF-8 but the unreserved ones.
 *
 * @see RFC 5849, section 3.6
 */
export const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => hex(character.charCodeAt(0)));

const hex = (byte: number): string => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;

/**
 * The parameters of a query, or of a form, in the encoding of OAuth 1.0: two ways to write the same byte become one,
 * and bytes that are no UTF-8 stay what they are.
 *
 * @param form - `application/x-www-form-urlencoded`, without a question mark
 * @see RFC 5849, sections 3.4.1.3.1 and 3.6
 */
export function readForm(form: string): EncodedParameter[] {
  return form
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const [name = "", ...value] = pair.split("=");
      return [recode(name), recode(value.join("="))];
    });
}

const recode = (text: string): string =>
  text.replaceAll("+", " ").replace(/%([\da-f]{2})|[^%]+|%/gi, (part, digits?: string) => {
    if (digits === undefined) return encode(part);
    const byte = parseInt(digits, 16);
    const character = String.fromCharCode(byte);
    return /[a-z\d._~-]/i.test(character) ? character : hex(byte);
  });

/**
 * What is signed of a request.
 *
 * @param method - of HTTP
 * @param url - absolute, with its query
 * @param parameters - those of the protocol, and those of the form, if the body is one
 * @see RFC 5849, section 3.4.1
 */
export function signatureBaseString(
  method: string,
  url: string,
  parameters: readonly EncodedParameter[],
): string {
  const { protocol, host, pathname, search } = new URL(url);
  const normalized = [...readForm(search.slice(1)), ...parameters]
    .sort(([name, value], [other, another]) => compare(name, other) || compare(value, another))
    .map((pair) => pair.join("="))
    .join("&");
  return [method.toUpperCase(), `${protocol}//${host}${pathname}`, normalized]
    .map(encode)
    .join("&");
}

/** By bytes: what is encoded is ASCII. */
const compare = (one: string, other: string): number => (one < other ? -1 : +(one > other));
