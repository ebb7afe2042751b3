import { createHash, randomBytes } from "node:crypto";

import type { Demo } from "../../../demo/servers.js";

/** What a browser does of the protocol: cookies, redirects, forms. */
export interface UserAgent {
  /** One request, with the cookies of its host; redirects are not followed. */
  request(address: string, init?: RequestInit): Promise<Response>;
  /** Follows redirects until the brand's site is reached, or an answer is a page. */
  follow(address: string, init?: RequestInit): Promise<{ address: URL; response: Response }>;
}

export function createUserAgent({ siteUrl }: Demo): UserAgent {
  const jars = new Map<string, Map<string, string>>();

  const request = async (address: string, init: RequestInit = {}): Promise<Response> => {
    const { host } = new URL(address);
    const jar = jars.get(host) ?? new Map<string, string>();
    jars.set(host, jar);
    const headers = new Headers(init.headers);
    headers.set("cookie", [...jar].map(([name, value]) => `${name}=${value}`).join("; "));
    const response = await fetch(address, { ...init, headers, redirect: "manual" });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === "" || /max-age=0|01 jan 1970/i.test(cookie)) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  };

  const follow: UserAgent["follow"] = async (address, init) => {
    const response = await request(address, init);
    const location = response.headers.get("location");
    if (location === null) return { address: new URL(address), response };
    const next = new URL(location, address);
    await response.arrayBuffer();
    return next.origin === siteUrl ? { address: next, response } : follow(next.href);
  };

  return { request, follow };
}

export interface Pkce {
  readonly verifier: string;
  readonly challenge: string;
}

export function makePkce(): Pkce {
  const verifier = randomBytes(32).toString("base64url");
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
}

/** The address of an authorization request, of the page's own client unless told otherwise. */
export function authorizationAddress(
  { idpUrl, siteUrl }: Demo,
  parameters: Record<string, string>,
): string {
  const query = new URLSearchParams({
    client_id: "messaging-page",
    response_type: "code",
    redirect_uri: `${siteUrl}/callback.html`,
    scope: "openid profile",
    state: "state",
    nonce: "nonce",
    ...parameters,
  });
  return `${idpUrl}/auth?${query}`;
}

/** Sends a form of one of the provider's pages as the consumer would. */
export function submit(
  agent: UserAgent,
  page: URL,
  fields: Record<string, string>,
): ReturnType<UserAgent["follow"]> {
  return agent.follow(page.href, { method: "POST", body: new URLSearchParams(fields) });
}

/** Signs somebody in and gives the response that the return page would get. */
export async function signInAt(
  demo: Demo,
  agent: UserAgent,
  parameters: Record<string, string>,
  consumer = "ada",
): Promise<URLSearchParams> {
  const login = await agent.follow(authorizationAddress(demo, parameters));
  const { address } =
    login.address.origin === demo.siteUrl
      ? login
      : await submit(agent, login.address, { consumer });
  return new URLSearchParams(address.hash.slice(1) || address.search.slice(1));
}

export interface TokenAnswer {
  readonly status: number;
  readonly body: Readonly<Partial<Record<string, string>>>;
  readonly headers: Headers;
}

/** Asks the token endpoint as a page of the site does. */
export async function askForTokens(
  { idpUrl, siteUrl }: Demo,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<TokenAnswer> {
  const response = await fetch(`${idpUrl}/token`, {
    method: "POST",
    headers: { origin: siteUrl, ...headers },
    body: new URLSearchParams({ client_id: "messaging-page", ...form }),
  });
  return {
    status: response.status,
    body: (await response.json()) as Record<string, string>,
    headers: response.headers,
  };
}

/** From sign-in to the first tokens, as a page's own client. */
export async function tokensFor(
  demo: Demo,
  agent: UserAgent,
  parameters: Record<string, string> = {},
): Promise<TokenAnswer> {
  const { verifier, challenge } = makePkce();
  const response = await signInAt(demo, agent, {
    code_challenge: challenge,
    code_challenge_method: "S256",
    ...parameters,
  });
  return askForTokens(demo, {
    grant_type: "authorization_code",
    code: response.get("code") ?? "",
    redirect_uri: `${demo.siteUrl}/callback.html`,
    code_verifier: verifier,
  });
}

/** Uses a refresh token once. */
export const refresh = (demo: Demo, token: string | undefined): Promise<TokenAnswer> =>
  askForTokens(demo, { grant_type: "refresh_token", refresh_token: String(token) });
