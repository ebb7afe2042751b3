import { base64url } from "jose";

const encoder = new TextEncoder();

/** SHA-256 of a text. */
export const digest = async (text: string): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text)));

/** base64url without padding (RFC 4648 section 5). */
export const toBase64Url = (bytes: Uint8Array): string => base64url.encode(bytes);

/** 256 random bits as 43 characters. */
export const randomText = (): string => toBase64Url(crypto.getRandomValues(new Uint8Array(32)));

/** Compares two digests in a time that says nothing of where they differ. */
export function sameDigest(one: Uint8Array, other: Uint8Array): boolean {
  let difference = one.length ^ other.length;
  for (let index = 0; index < one.length; index += 1) {
    difference |= (one[index] ?? 0) ^ (other[index] ?? 0);
  }
  return difference === 0;
}

/** As {@link sameDigest}, for what digests are written as. */
export const sameText = (one: string, other: string): boolean =>
  sameDigest(encoder.encode(one), encoder.encode(other));
