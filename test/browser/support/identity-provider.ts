import { exportSPKI, generateKeyPair, SignJWT, type CryptoKey } from "jose";

/** What an authorization request looked like when it reached the provider. */
export interface SeenRequest {
  readonly parameters: URLSearchParams;
  readonly hasOpener: boolean;
}

export type Answer = { readonly goTo: string } | { readonly close: true } | undefined;

export const issuer = "https://login.brand.example";
export const endpoint = new URL("/test/browser/fixtures/idp.html", location.href).href;
export const returnPage = new URL("/test/browser/fixtures/callback.html", location.href).href;

/** A provider in a real popup on this origin, that answers as the test says. */
export interface TestProvider {
  readonly seen: SeenRequest[];
  answer: (request: SeenRequest) => Answer | Promise<Answer>;
  stop(): void;
}

export function startProvider(answer: TestProvider["answer"]): TestProvider {
  const channel = new BroadcastChannel("test-identity-provider");
  const provider: TestProvider = {
    seen: [],
    answer,
    stop() {
      channel.postMessage({ close: true });
      channel.close();
    },
  };
  channel.onmessage = async ({ data }: MessageEvent<{ request?: string; hasOpener: boolean }>) => {
    if (data.request === undefined) return;
    const request = {
      parameters: new URLSearchParams(data.request),
      hasOpener: data.hasOpener,
    };
    provider.seen.push(request);
    channel.postMessage((await provider.answer(request)) ?? {});
  };
  return provider;
}

/** The response to a request, in the query. */
export const respond = (
  { parameters }: SeenRequest,
  response: Record<string, string>,
  mode: "?" | "#" = "?",
): Answer => ({
  goTo: `${returnPage}${mode}${new URLSearchParams({
    state: String(parameters.get("state")),
    ...response,
  })}`,
});

let keys: Promise<{ privateKey: CryptoKey; line: string }> | undefined;

/** A signing key, and its public half as the connector has it. */
export function signingKey(): Promise<{ privateKey: CryptoKey; line: string }> {
  keys ??= generateKeyPair("RS256", { extractable: true }).then(
    async ({ privateKey, publicKey }) => ({
      privateKey,
      line: (await exportSPKI(publicKey)).replace(/-----[A-Z ]+-----|\s/g, ""),
    }),
  );
  return keys;
}

/** An ID token that fits the request, but for what the test changes. */
export async function mintIdToken(
  request: SeenRequest,
  claims: Record<string, unknown> = {},
): Promise<string> {
  const { privateKey } = await signingKey();
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({
    iss: issuer,
    aud: String(request.parameters.get("client_id")),
    sub: "consumer-1",
    nonce: request.parameters.get("nonce"),
    iat: now,
    exp: now + 600,
    ...claims,
  })
    .setProtectedHeader({ alg: "RS256" })
    .sign(privateKey);
}
