import { base64url, type JWK } from "jose";

import { createRsaKey, signToken, type RsaKey } from "../../support/rsa-keys.js";
import { json, notFound, redirect, type ServerAnswer, type ServerRequest } from "./room.js";

type Claims = Record<string, unknown>;
type Parameters = Record<string, string>;
type Eventual<T> = T | Promise<T>;

/** What an ID token is minted from. */
export interface Minting {
  /** Those that would be right. */
  readonly claims: Claims;
  /** The provider's key, which is in its key set. */
  readonly key: RsaKey;
}

/**
 * How the provider of an attack differs from an honest one. What isn't said is as the specifications
 * want it, so that the attack is the only thing that is wrong.
 */
export interface Misconduct {
  /** The metadata; or any answer in its place. */
  readonly discovery?: (
    metadata: Claims,
    request: ServerRequest,
  ) => Eventual<Claims | ServerAnswer>;
  /** The key set; or any answer in its place. */
  readonly keys?: (keys: { keys: JWK[] }, request: ServerRequest) => Eventual<unknown>;
  /** The ID token. */
  readonly idToken?: (minting: Minting) => Eventual<string>;
  /** The parameters of the authorization response; or any answer in its place. */
  readonly authorization?: (
    parameters: Parameters,
    request: ServerRequest,
  ) => Eventual<Parameters | URLSearchParams | ServerAnswer>;
  /** Where the parameters stand. */
  readonly mode?: "query" | "fragment";
  /** The token response; or any answer in its place. */
  readonly token?: (tokens: Claims, request: ServerRequest) => Eventual<Claims | ServerAnswer>;
  /** Everything else: pages of the attack. */
  readonly elsewhere?: (request: ServerRequest) => Eventual<ServerAnswer | undefined>;
}

/** An OpenID provider of one test. */
export interface HostileProvider {
  readonly issuer: string;
  readonly key: RsaKey;
  /** Tokens, codes and verifiers that went through it: none of them may be left anywhere. */
  readonly secrets: readonly string[];
  answer(request: ServerRequest): Promise<ServerAnswer>;
}

let signingKey: Promise<RsaKey> | undefined;

/** The key of every provider here: a new one each time would take longer than the attack. */
export const providerKey = (): Promise<RsaKey> => (signingKey ??= createRsaKey("provider-key"));

export const clientId = "messaging";

const seconds = (): number => Math.floor(Date.now() / 1000);

/** Claims that are right for a request. */
export const rightClaims = (issuer: string, nonce: string | null): Claims => ({
  iss: issuer,
  aud: clientId,
  sub: "consumer-1",
  ...(nonce !== null && { nonce }),
  iat: seconds(),
  exp: seconds() + 600,
});

/** A compact JWS of which nothing but the signature's bytes need be true. */
export const compact = (header: unknown, payload: unknown, signature = "c2lnbmF0dXJl"): string =>
  [header, payload]
    .map((part) => base64url.encode(typeof part === "string" ? part : JSON.stringify(part)))
    .concat(signature)
    .join(".");

const isAnswer = (value: unknown): value is ServerAnswer =>
  typeof value === "object" &&
  value !== null &&
  ["status", "body", "chunks", "then", "cors"].some((name) => name in value);

const toAnswer = (value: unknown): ServerAnswer => (isAnswer(value) ? value : json(value));

const sha256 = async (text: string): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));

const toChallenge = async (verifier: string): Promise<string> =>
  base64url.encode(await sha256(verifier));

export async function createHostileProvider(
  issuer: string,
  misconduct: Misconduct = {},
): Promise<HostileProvider> {
  const key = await providerKey();
  const secrets: string[] = [];
  const codes = new Map<string, { nonce: string | null; challenge: string | null }>();

  async function mint(nonce: string | null, code?: string): Promise<string> {
    const claims = {
      ...rightClaims(issuer, nonce),
      ...(code && { c_hash: base64url.encode((await sha256(code)).subarray(0, 16)) }),
    };
    const idToken = await (misconduct.idToken?.({ claims, key }) ??
      signToken(key, claims, { kid: key.jwk.kid }));
    secrets.push(idToken);
    return idToken;
  }

  async function authorize(request: ServerRequest): Promise<ServerAnswer> {
    const { query } = request;
    const nonce = query.get("nonce");
    const wanted = String(query.get("response_type"));
    const parameters: Parameters = { state: String(query.get("state")), iss: issuer };
    if (wanted.includes("code")) {
      const code = `code-${crypto.randomUUID()}`;
      codes.set(code, { nonce, challenge: query.get("code_challenge") });
      secrets.push(code);
      parameters["code"] = code;
    }
    if (wanted.includes("id_token")) {
      parameters["id_token"] = await mint(nonce, parameters["code"]);
    }
    const response = (await misconduct.authorization?.(parameters, request)) ?? parameters;
    if (isAnswer(response)) return response;
    const mode = misconduct.mode ?? (wanted.includes("id_token") ? "fragment" : "query");
    const text = new URLSearchParams(response).toString();
    return redirect(`${query.get("redirect_uri")}${mode === "query" ? "?" : "#"}${text}`);
  }

  async function exchange(request: ServerRequest): Promise<ServerAnswer> {
    const form = new URLSearchParams(request.body);
    const verifier = form.get("code_verifier");
    const isRefresh = form.get("grant_type") === "refresh_token";
    const grant = codes.get(String(form.get("code")));
    codes.delete(String(form.get("code")));
    if (verifier) secrets.push(verifier);
    if (!isRefresh && grant?.challenge !== (await toChallenge(String(verifier)))) {
      return json({ error: "invalid_grant" }, 400);
    }
    const refreshToken = `refresh-${crypto.randomUUID()}`;
    secrets.push(refreshToken);
    const tokens = {
      token_type: "Bearer",
      access_token: `access-${crypto.randomUUID()}`,
      id_token: await mint(grant?.nonce ?? null),
      refresh_token: refreshToken,
      expires_in: 600,
    };
    secrets.push(tokens.access_token);
    return toAnswer((await misconduct.token?.(tokens, request)) ?? tokens);
  }

  async function discover(request: ServerRequest): Promise<ServerAnswer> {
    const metadata = {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/keys`,
      response_types_supported: ["code", "id_token", "code id_token"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
      authorization_response_iss_parameter_supported: true,
    };
    return toAnswer((await misconduct.discovery?.(metadata, request)) ?? metadata);
  }

  return {
    issuer,
    key,
    secrets,
    async answer(request) {
      const elsewhere = await misconduct.elsewhere?.(request);
      if (elsewhere) return elsewhere;
      if (request.server !== "provider") return notFound;
      switch (request.path) {
        case "/.well-known/openid-configuration":
          return discover(request);
        case "/keys": {
          const set = { keys: [key.jwk] };
          return toAnswer((await misconduct.keys?.(set, request)) ?? set);
        }
        case "/authorize":
          return authorize(request);
        case "/token":
          return exchange(request);
        default:
          return notFound;
      }
    },
  };
}
