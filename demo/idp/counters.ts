import type { IncomingMessage } from "node:http";

/** Requests by kind, preflights aside; one request may be of several kinds. */
export interface IdpCounters {
  /** All that come to the authorization endpoint. */
  authorization: number;
  /** Those of them with `prompt=none`. */
  silent: number;
  /** All that come to the token endpoint, the cloud's among them. */
  token: number;
  /** Those of them that bring a refresh token. */
  refresh: number;
  revocation: number;
  /** Pushed authorization requests. */
  pushed: number;
  endSession: number;
  /** What the browser asks for a site (FedCM): assertions of who is signed in. */
  assertion: number;
  discovery: number;
  keys: number;
  /** CORS preflights, to any endpoint. */
  preflight: number;
}

export type IdpRequestKind = keyof IdpCounters;

export function newIdpCounters(): IdpCounters {
  return {
    authorization: 0,
    silent: 0,
    token: 0,
    refresh: 0,
    revocation: 0,
    pushed: 0,
    endSession: 0,
    assertion: 0,
    discovery: 0,
    keys: 0,
    preflight: 0,
  };
}

const KINDS: Readonly<Record<string, IdpRequestKind>> = {
  "/auth": "authorization",
  "/token": "token",
  "/token/revocation": "revocation",
  "/request": "pushed",
  "/session/end": "endSession",
  "/fedcm/assertion": "assertion",
  "/.well-known/openid-configuration": "discovery",
  "/.well-known/oauth-authorization-server": "discovery",
  "/jwks": "keys",
};

export async function kindsOf(
  request: IncomingMessage,
  { pathname, searchParams }: URL,
): Promise<readonly IdpRequestKind[]> {
  if (request.method === "OPTIONS") return ["preflight"];
  const kind = KINDS[pathname];
  if (!kind) return [];
  if (kind === "authorization" && searchParams.get("prompt") === "none") return [kind, "silent"];
  if (kind === "token" && (await peek(request)).get("grant_type") === "refresh_token") {
    return [kind, "refresh"];
  }
  return [kind];
}

/** Reads the beginning of a form, and puts it back for the one who is to answer. */
async function peek(request: IncomingMessage): Promise<URLSearchParams> {
  if (request.method !== "POST" || request.headers["content-length"] === "0") {
    return new URLSearchParams();
  }
  await new Promise<void>((resolve) => {
    request.once("readable", resolve);
    request.once("close", resolve);
  });
  const chunk = request.read() as Buffer | null;
  if (!chunk) return new URLSearchParams();
  request.unshift(chunk);
  return new URLSearchParams(chunk.toString("utf8"));
}
