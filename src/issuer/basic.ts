/** What a header of Basic authentication says. */
export interface BasicCredentials {
  /** As they may be meant: form-decoded (RFC 6749 section 2.3.1), or as they stand (RFC 7617). */
  readonly readings: readonly { readonly id: string; readonly secret: string }[];
}

/**
 * Reads an `Authorization` header. A client should encode its ID and secret as in a form before it
 * joins them; many don't, and where they hold `%` or `+` only a comparison tells what was meant.
 *
 * @returns `undefined` where it is no Basic authentication
 */
export function readBasic(header: string | null): BasicCredentials | undefined {
  const [, encoded = ""] = /^basic +([a-z0-9+/]+={0,2}) *$/i.exec(header ?? "") ?? [];
  const pair = decodeBase64(encoded);
  const colon = pair?.indexOf(":") ?? -1;
  if (pair === undefined || colon < 1) return undefined;
  const plain = { id: pair.slice(0, colon), secret: pair.slice(colon + 1) };
  const [id, secret] = [decodeForm(plain.id), decodeForm(plain.secret)];
  if (id === undefined || secret === undefined) return { readings: [plain] };
  const isSame = id === plain.id && secret === plain.secret;
  return { readings: isSame ? [plain] : [{ id, secret }, plain] };
}

function decodeBase64(text: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function decodeForm(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}
