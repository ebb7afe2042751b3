import { createHash, randomBytes } from "node:crypto";

/** The cloud as the issuer knows it, and a stranger that it knows too. */
export const CLOUD = { clientId: "messaging", clientSecret: "k9fP2sXw7QmZ4tRb8VnC1yLd6HjG3aEu" };
export const OTHER = { clientId: "another", clientSecret: "Zx3Nq8Lw5Tb1Rk7Vm4Cy9Hd2Gj6Fp0As" };

export const basic = (id: string, secret: string): string =>
  `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;

export const CLOUDS_BASIC = basic(CLOUD.clientId, CLOUD.clientSecret);

export interface Pkce {
  readonly verifier: string;
  readonly challenge: string;
}

export function makePkce(length = 43): Pkce {
  const verifier = randomBytes(length).toString("base64url").slice(0, length);
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
}

/** What a token endpoint has answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Partial<Record<string, string>>>;
}

/** Brings a code as the cloud does. */
export async function exchange(
  address: string,
  form: Readonly<Record<string, string>> | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await fetch(address, {
    method: "POST",
    headers: {
      authorization: CLOUDS_BASIC,
      "content-type": "application/x-www-form-urlencoded",
      ...headers,
    },
    body: typeof form === "string" ? form : `${new URLSearchParams(form)}`,
  });
  const body = (await response.json()) as Record<string, string>;
  return { status: response.status, headers: response.headers, body };
}
