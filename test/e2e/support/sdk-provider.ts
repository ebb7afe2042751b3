import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { default as OidcProvider, KoaContextWithOIDC } from "oidc-provider";

import { makeSigningKey } from "../../../demo/keys.js";

export const CONSUMER = "e5b1f6a2-6f6b-4d0f-9d0a-5c1d2f7f3b11";

export interface SdkProvider {
  readonly publicKey: CryptoKey;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** How long the ID tokens that it signs from now on are good for, in seconds. */
  idTokenLifetime: number;
  /** It answers nothing any more: connections break off. */
  down: boolean;
  /** Ends every consumer's session: neither its cookie nor a refresh token works any more. */
  endSessions(): Promise<void>;
}

/**
 * An OpenID provider with what the SDKs count on beyond the standard: the paths and the slash of
 * Auth0's domains, its and Okta's ways to answer a popup, and Keycloak's tokens that can be read.
 */
export async function createSdkProvider(
  issuer: string,
  redirectUris: readonly string[],
): Promise<SdkProvider> {
  const key = await makeSigningKey("sdk-1");
  const provider = await createProvider(issuer, redirectUris, key.privateJwk, () => lifetime());
  const sessions = new Set<KoaContextWithOIDC["oidc"]["session"]>();
  provider.on("authorization.success", ({ oidc }) => sessions.add(oidc.session));
  const protocol = provider.callback();

  const self: SdkProvider = {
    publicKey: key.publicKey,
    idTokenLifetime: 3600,
    down: false,
    handle: async (request, response) => {
      if (self.down) request.destroy();
      else if (request.url?.startsWith("/interaction/"))
        await interact(provider, request, response);
      else await protocol(request, response);
    },
    endSessions: async () => {
      for (const session of sessions) {
        for (const { grantId } of Object.values(session?.authorizations ?? {})) {
          if (grantId) await provider.RefreshToken.revokeByGrantId(grantId);
        }
        await session?.destroy();
      }
      sessions.clear();
    },
  };
  const lifetime = (): number => self.idTokenLifetime;
  return self;
}

async function createProvider(
  issuer: string,
  redirectUris: readonly string[],
  jwk: object,
  idTokenLifetime: () => number,
): Promise<OidcProvider> {
  const provider = await withoutAdvice(async () => {
    const { default: Provider } = await import("oidc-provider");
    const client = {
      redirect_uris: [...redirectUris],
      response_types: ["code" as const],
      token_endpoint_auth_method: "none" as const,
      id_token_signed_response_alg: "RS256" as const,
    };
    return new Provider(issuer, {
      clients: [
        { ...client, client_id: "session", grant_types: ["authorization_code"] },
        { ...client, client_id: "refresh", grant_types: ["authorization_code", "refresh_token"] },
      ],
      jwks: { keys: [jwk] },
      routes: { authorization: "/authorize", token: "/oauth/token" },
      scopes: ["openid", "offline_access"],
      // No two tokens are alike, not even in one second.
      claims: { openid: ["sub", "serial"] },
      findAccount: (_ctx, sub) => ({
        accountId: sub,
        claims: () => ({ sub, serial: randomUUID() }),
      }),
      clientBasedCORS: () => true,
      issueRefreshToken: (_ctx, { clientId }) => clientId === "refresh",
      loadExistingGrant: fullGrant,
      interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
      cookies: { keys: ["nothing that lasts"] },
      ttl: {
        IdToken: idTokenLifetime,
        AccessToken: 600,
        AuthorizationCode: 60,
        RefreshToken: 3600,
        Session: 3600,
        Grant: 3600,
        Interaction: 600,
      },
      features: {
        devInteractions: { enabled: false },
        webMessageResponseMode: { enabled: true, ack: "individual-draft-01" },
      },
    });
  });
  provider.registerResponseMode("okta_post_message", oktaPostMessage);
  provider.use(async (ctx, next) => {
    await next();
    // keycloak-js sends cookies along with its token requests.
    ctx.set("Access-Control-Allow-Credentials", "true");
  });
  for (const model of [provider.AccessToken, provider.RefreshToken]) readable(model);
  return provider;
}

// keycloak-js decodes its access and refresh tokens. The provider's are opaque: here their random
// value is dressed as the signature of a JWT.
function readable(model: { prototype: object }): void {
  const opaque = model.prototype as { generateTokenId(): string };
  const base64url = (value: object): string =>
    Buffer.from(JSON.stringify(value)).toString("base64url");
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this`
  const { generateTokenId } = opaque;
  opaque.generateTokenId = function () {
    const iat = Math.floor(Date.now() / 1000);
    const claims = base64url({ iat, exp: iat + 600, sub: CONSUMER });
    return `${base64url({ alg: "RS256" })}.${claims}.${generateTokenId.call(this)}`;
  };
}

function oktaPostMessage(ctx: KoaContextWithOIDC, redirectUri: string, payload: object): void {
  const message = JSON.stringify(payload).replace(/</g, "\\u003c");
  const target = JSON.stringify(new URL(redirectUri).origin);
  ctx.type = "html";
  ctx.body = `<!doctype html><script>(opener ?? parent).postMessage(${message}, ${target})</script>`;
}

async function fullGrant({ oidc }: KoaContextWithOIDC) {
  const { client, session, provider } = oidc;
  if (!client || !session?.accountId) return undefined;
  const known = session.grantIdFor(client.clientId);
  if (known) return await provider.Grant.find(known);
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope("openid offline_access");
  await grant.save();
  return grant;
}

const SIGN_IN = `<!doctype html><form method="post">
  <button id="sign-in" name="answer" value="yes">Sign in</button>
  <button id="decline" name="answer" value="no">No</button>
</form>`;

async function interact(
  provider: OidcProvider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method === "GET") {
    response.setHeader("Content-Type", "text/html").end(SIGN_IN);
    return;
  }
  let form = "";
  for await (const chunk of request) form += String(chunk);
  await provider.interactionFinished(
    request,
    response,
    form.includes("yes")
      ? { login: { accountId: CONSUMER }, consent: {} }
      : { error: "access_denied", error_description: "the consumer said no" },
  );
}

// The provider's advice is for production.
async function withoutAdvice<Result>(make: () => Promise<Result>): Promise<Result> {
  const { warn, info } = console;
  console.warn = console.info = () => undefined;
  try {
    return await make();
  } finally {
    Object.assign(console, { warn, info });
  }
}
