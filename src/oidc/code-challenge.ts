import { toBase64Url } from "./pkce.js";

/** The S256 challenge of a code verifier (RFC 7636 section 4.2). */
export async function toCodeChallenge(codeVerifier: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(codeVerifier));
  return toBase64Url(new Uint8Array(digest));
}
