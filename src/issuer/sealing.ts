import { base64url } from "jose";

/** Each code is a key of its own that encrypts one text: the same vector never meets a key twice. */
const ALGORITHM = { name: "AES-GCM", iv: new Uint8Array(12) };

/** The 256 random bits of a code are a key of AES; of what is kept they are only in its hash. */
const keyFrom = (code: string, usage: "encrypt" | "decrypt"): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", new Uint8Array(base64url.decode(code)), "AES-GCM", false, [usage]);

/** Encrypts a text so that only the code opens it. */
export async function seal(code: string, text: string): Promise<string> {
  const key = await keyFrom(code, "encrypt");
  const bytes = await crypto.subtle.encrypt(ALGORITHM, key, new TextEncoder().encode(text));
  return base64url.encode(new Uint8Array(bytes));
}

/** @returns the text; `undefined` where it was not sealed by this code */
export async function open(code: string, sealed: string): Promise<string | undefined> {
  const key = await keyFrom(code, "decrypt");
  try {
    const bytes = new Uint8Array(base64url.decode(sealed));
    return new TextDecoder().decode(await crypto.subtle.decrypt(ALGORITHM, key, bytes));
  } catch {
    return undefined;
  }
}
