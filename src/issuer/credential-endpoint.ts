import type { AuthorizationCodes } from "./authorization-codes.js";
import { isChallenge } from "./challenge.js";
import { checkCodes, checkFunction, checkIssuer, checkText, invalidConfig } from "./checks.js";
import type { ConsumerClaims } from "./claims.js";
import { checkRedirectUri } from "./clients.js";
import { lookUp, type FindConsumer } from "./find-consumer.js";
import { readForm } from "./form.js";
import {
  answered,
  checkHandlerOptions,
  empty,
  json,
  notAllowed,
  refuse,
  type Handler,
  type HandlerOptions,
} from "./http.js";
import { checkAsker, checkOrigins, preflight } from "./origins.js";
import { VENDOR_REDIRECT_URI } from "./token-endpoint.js";
import type { TokenIssuer } from "./token-issuer.js";

/** What {@link createCredentialEndpoint} needs to know. */
export interface CredentialEndpointOptions<Context = unknown> extends HandlerOptions {
  readonly issuer: TokenIssuer;
  readonly findConsumer: FindConsumer<Context>;
  /** The origins of the pages that may ask, your site's own among them. */
  readonly allowedOrigins: readonly string[];
  /** The `aud` of ID tokens; with codes, the client that may exchange them. */
  readonly clientId?: string | undefined;
  /** Given, the endpoint hands out codes: for a connector with the code flow. */
  readonly codes?: AuthorizationCodes | undefined;
  /** What codes are bound to in place of a redirect. `https://liveperson.net` unless given. */
  readonly redirectUri?: string | undefined;
  /** Whether a code is given only for a challenge: a connector with PKCE. `false` unless given. */
  readonly requirePkce?: boolean | undefined;
}

/**
 * The endpoint of the brand's site that the widget's `credentialEndpoint` names. It answers a `POST` of
 * a page of the allowed origins with `{ id_token }`, or with `{ code, redirect_uri }`; with 204 where
 * nobody is signed in, and 403 where another page asks.
 *
 * @throws IssuerError `invalid_config`
 */
export function createCredentialEndpoint<Context = unknown>(
  options: CredentialEndpointOptions<Context>,
): Handler<Context> {
  checkOptions(options);
  const { findConsumer, allowedOrigins } = options;

  return async (request, context) => {
    let cors: Readonly<Record<string, string>> = {};
    const response = await answered(options, async (signal) => {
      if (request.method !== "POST" && request.method !== "OPTIONS") throw notAllowed("POST");
      cors = checkAsker(request, allowedOrigins);
      if (request.method === "OPTIONS") return preflight(cors);
      const asked = readAsked(await readForm(request, signal), options);
      const claims = await lookUp(findConsumer, request, context);
      return claims ? json(200, await credentialOf(claims, asked, options)) : empty(204);
    });
    for (const [name, value] of Object.entries(cors)) response.headers.set(name, value);
    return response;
  };
}

interface Asked {
  readonly nonce: string | undefined;
  readonly codeChallenge: string | undefined;
}

function readAsked(
  form: URLSearchParams,
  { codes, requirePkce = false }: Pick<CredentialEndpointOptions, "codes" | "requirePkce">,
): Asked {
  const codeChallenge = form.get("code_challenge") ?? undefined;
  const nonce = form.get("nonce") ?? undefined;
  if (nonce !== undefined && !/^[\x20-\x7e]{1,255}$/.test(nonce)) {
    throw refuse(400, "invalid_request", "nonce must be 1 to 255 characters of ASCII.");
  }
  if (codeChallenge === undefined) {
    if (form.has("code_challenge_method")) {
      throw refuse(400, "invalid_request", "code_challenge is missing.");
    }
    if (codes && requirePkce) throw refuse(400, "invalid_request", "code_challenge is missing.");
    return { nonce, codeChallenge };
  }
  if (!codes) {
    throw refuse(400, "invalid_request", "This endpoint gives ID tokens: no challenge binds them.");
  }
  if (form.get("code_challenge_method") !== "S256" || !isChallenge(codeChallenge)) {
    throw refuse(400, "invalid_request", "Use a code_challenge of the method S256.");
  }
  return { nonce, codeChallenge };
}

async function credentialOf(
  claims: ConsumerClaims,
  { nonce, codeChallenge }: Asked,
  options: Pick<CredentialEndpointOptions, "issuer" | "codes" | "clientId" | "redirectUri">,
): Promise<Readonly<Record<string, string>>> {
  const { issuer, codes, clientId, redirectUri = VENDOR_REDIRECT_URI } = options;
  if (!codes) return { id_token: await issuer.issue(claims, { audience: clientId, nonce }) };
  const code = await codes.issue({
    // Mistakes show here, and not where only the cloud sees them.
    claims: issuer.checkClaims(claims),
    clientId: clientId ?? "",
    redirectUri,
    codeChallenge,
    nonce,
  });
  return { code, redirect_uri: redirectUri };
}

function checkOptions<Context>(options: CredentialEndpointOptions<Context>): void {
  const { findConsumer, allowedOrigins, clientId, codes, redirectUri } = options;
  checkHandlerOptions(options);
  checkIssuer(options.issuer);
  if (codes !== undefined) checkCodes(codes);
  checkFunction("findConsumer", findConsumer);
  checkOrigins(allowedOrigins);
  if (clientId !== undefined) checkText("clientId", clientId);
  if (redirectUri !== undefined) checkRedirectUri("redirectUri", redirectUri);
  if (codes && clientId === undefined) {
    throw invalidConfig("clientId is missing: codes are made for the client that exchanges them.");
  }
}
