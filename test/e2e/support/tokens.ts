/** What a token says. Tests look at it as the cloud and the library verify it. */
export function claimsOf(token: unknown): Record<string, unknown> {
  const [, payload] = String(token).split(".");
  return JSON.parse(Buffer.from(String(payload), "base64url").toString()) as Record<
    string,
    unknown
  >;
}
