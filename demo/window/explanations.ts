/** The cloud's bare codes, in words. */
const EXPLANATIONS: Record<string, string> = {
  "1004": "The encrypted token can’t be decrypted: it was made for another key.",
  "1012": "The token has expired. The page has to hand over a fresh one.",
  "1024": "The cloud doesn’t know this connector.",
  "1028": "The connector’s public key isn’t one line of base64 SubjectPublicKeyInfo.",
  "1041": "No key of the brand’s key set carries the token’s kid.",
  "1042": "The key set holds several keys and the token names none of them.",
  "1057": "The connector wants PKCE, and the cloud holds no verifier for this code.",
  "2001": "The anonymous token is too old to renew: 730 hours have passed.",
  "2005": "Unauthenticated messaging is switched off for this account.",
  "9007": "The connector’s public key doesn’t fit the key that signed the token.",
  "9011":
    "The brand’s token endpoint rejected the code: used, expired, or for another redirect URI.",
  "9013": "The brand’s endpoint didn’t answer the cloud in time.",
  "9015": "This type of connector takes another kind of credential.",
};

export function codeOf(body: unknown): string | null {
  if (typeof body !== "object" || body === null) return null;
  const { internalErrorCode } = body as { internalErrorCode?: unknown };
  return typeof internalErrorCode === "string" ? internalErrorCode : null;
}

export function explain(status: number, body: unknown): string {
  const known = EXPLANATIONS[codeOf(body) ?? ""];
  if (known) return known;
  if (status === 0) return "The cloud can’t be reached.";
  if (status >= 500) return "The cloud’s identity service is down.";
  return "The cloud doesn’t accept what the page handed over.";
}
