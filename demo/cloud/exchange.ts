import type { Connector } from "./connectors.js";
import { refusal } from "./errors.js";

const TIMEOUT_MS = 5000;

// What the cloud takes for the redirect URI when the page didn't say.
const VENDOR_REDIRECT_URI = "https://liveperson.net";

export interface CodeGrant {
  code: string;
  redirectUri: string | null;
  verifier: string | null;
}

/** Exchanges a code at the brand's token endpoint, as the confidential client that the cloud is. */
export async function exchangeCode(
  { configuration, clientSecret }: Connector,
  { code, redirectUri, verifier }: CodeGrant,
): Promise<string> {
  const form = new URLSearchParams({
    grant_type: "authorization_code",
    code,
    redirect_uri: redirectUri ?? VENDOR_REDIRECT_URI,
  });
  if (verifier) form.set("code_verifier", verifier);

  let response: Response;
  let body: unknown;
  try {
    response = await fetch(String(configuration["tokenEndpoint"]), {
      method: "POST",
      headers: { Authorization: basic(String(configuration["clientId"]), clientSecret ?? "") },
      body: form,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    body = await response.json();
  } catch {
    throw refusal("9013");
  }
  const idToken = typeof body === "object" && body !== null && "id_token" in body && body.id_token;
  if (!response.ok || typeof idToken !== "string") throw refusal("9011");
  return idToken;
}

function basic(user: string, password: string): string {
  const pair = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  return `Basic ${Buffer.from(pair).toString("base64")}`;
}
