import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it, before, after } from "node:test";
import { getRequestListener } from "@hono/node-server";
import type { default as OidcProvider } from "oidc-provider";

import { listen, type Listener } from "../../../demo/listening.js";
import { makeSigningKey } from "../../../demo/keys.js";
import {
  createApplication,
  createApplicationHandlers,
  type Application,
  type ApplicationHandlers,
  type UserClaims,
} from "../../../src/platform.js";
import { createUserAgent } from "../support/user-agent.js";
import { failsWith } from "./support/applications.js";

const CLIENT = "5a50a5ea-c527-421c-8ada-88467d32f27d";
const SECRET = "a-secret-of-the-application-0123456789";

describe("the handlers against oidc-provider", () => {
  const stage = {} as {
    issuer: Listener;
    site: Listener;
    provider: OidcProvider;
    application: Application;
    handlers: ApplicationHandlers;
  };

  before(async () => {
    stage.issuer = await listen({ host: "127.0.0.1", port: 0 });
    stage.site = await listen({ host: "localhost", port: 0 });
    stage.provider = await startProvider(stage.issuer.origin, `${stage.site.origin}/callback`);
    const protocol = stage.provider.callback();
    stage.issuer.serve(async (request, response) => {
      const { pathname } = new URL(request.url ?? "/", stage.issuer.origin);
      if (!pathname.startsWith("/interaction/")) {
        await protocol(request, response);
        return;
      }
      const { prompt } = await stage.provider.interactionDetails(request, response);
      const result =
        prompt.name === "login" ? { login: { accountId: "3552833710" } } : { consent: {} };
      await stage.provider.interactionFinished(request, response, result);
    });
    const { origin } = stage.issuer;
    stage.application = createApplication({
      clientId: CLIENT,
      clientSecret: SECRET,
      redirectUri: `${stage.site.origin}/callback`,
      scope: "openid",
      nonce: true,
      issuer: origin,
      endpoints: {
        authorizationEndpoint: `${origin}/auth`,
        tokenEndpoint: `${origin}/token`,
        revocationEndpoint: `${origin}/token/revocation`,
        jwksEndpoint: `${origin}/jwks`,
      },
      retryFor: 0,
    });
    stage.handlers = createApplicationHandlers({
      application: stage.application,
      cookieSecrets: [randomBytes(32).toString("base64")],
    });
    const { handlers } = stage;
    const routes: Record<string, (request: Request) => Response | Promise<Response>> = {
      "/login": handlers.login,
      "/callback": handlers.callback,
      "/refresh": handlers.refresh,
      "/logout-everywhere": handlers.logoutEverywhere,
      "/": handlers.withSession((_request, session) => Response.json(session ?? null)),
    };
    const listener = getRequestListener(
      (request) =>
        routes[new URL(request.url).pathname]?.(request) ?? new Response("", { status: 404 }),
      { overrideGlobalObjects: false },
    );
    stage.site.serve(async (request, response) => {
      await listener(request, response);
    });
  });
  after(async () => {
    await Promise.all([stage.issuer.close(), stage.site.close()]);
  });

  it("sign a user in with PKCE and a nonce, refresh, and sign out everywhere", async () => {
    const { origin } = stage.site;
    const agent = createUserAgent({ siteUrl: "nowhere" } as never);
    const home = await agent.follow(`${origin}/login?return_to=/`);
    assert.equal(home.address.href, `${origin}/`);
    const session = (await home.response.json()) as Session;
    assert.equal(session.claims.sub, "3552833710");
    assert.equal(session.claims.iss, stage.issuer.origin);
    assert.equal(session.claims.is_admin, true);
    assert.ok(session.refreshToken);

    const post = { method: "POST", headers: { origin } };
    assert.equal((await agent.request(`${origin}/refresh`, post)).status, 204);
    const next = (await (await agent.request(`${origin}/`)).json()) as Session;
    assert.notEqual(next.accessToken, session.accessToken);
    assert.notEqual(next.refreshToken, session.refreshToken);
    assert.equal(next.claims.sub, "3552833710");

    assert.equal((await agent.request(`${origin}/logout-everywhere`, post)).status, 303);
    assert.equal(await (await agent.request(`${origin}/`)).json(), null);
    await assert.rejects(
      stage.application.refresh(next as never),
      failsWith("access_denied", /invalid_grant/),
    );
  });

  it("take its errors for what they are", async () => {
    const { application } = stage;
    const { url, transaction } = await application.startLogin({ parameters: { prompt: "none" } });
    const response = await fetch(url, { redirect: "manual" });
    const callback = response.headers.get("location") ?? "";
    assert.equal(new URL(callback).searchParams.get("iss"), stage.issuer.origin);
    await assert.rejects(
      application.finishLogin(callback, transaction),
      failsWith("service_failed", /login_required/),
    );
    await assert.rejects(
      application.finishLogin(`?code=made-up&state=${transaction.state}`, transaction),
      failsWith("access_denied", /invalid_grant/),
    );
  });
});

interface Session {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly claims: UserClaims;
}

async function startProvider(issuer: string, redirectUri: string): Promise<OidcProvider> {
  const { warn, info } = console;
  console.warn = console.info = () => undefined;
  try {
    const { default: Provider } = await import("oidc-provider");
    const provider = new Provider(issuer, {
      clients: [
        {
          client_id: CLIENT,
          client_secret: SECRET,
          redirect_uris: [redirectUri],
          grant_types: ["authorization_code", "refresh_token"],
          response_types: ["code"],
          token_endpoint_auth_method: "client_secret_post",
          id_token_signed_response_alg: "RS256",
        },
      ],
      jwks: { keys: [(await makeSigningKey("provider-1")).privateJwk] },
      claims: { openid: ["sub", "is_admin", "is_lpa"] },
      conformIdTokenClaims: false,
      findAccount: (_ctx, sub) => ({
        accountId: sub,
        claims: () => ({ sub, is_admin: true, is_lpa: false }),
      }),
      loadExistingGrant: async ({ oidc: { client, session, provider: own } }) => {
        if (!client || !session?.accountId) return undefined;
        const grant = new own.Grant({ clientId: client.clientId, accountId: session.accountId });
        grant.addOIDCScope("openid offline_access");
        await grant.save();
        return grant;
      },
      issueRefreshToken: () => true,
      rotateRefreshToken: true,
      pkce: { required: () => true },
      features: {
        devInteractions: { enabled: false },
        revocation: {
          enabled: true,
          allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
        },
      },
      ttl: {
        AccessToken: 600,
        AuthorizationCode: 60,
        IdToken: 600,
        RefreshToken: 3600,
        Session: 3600,
        Grant: 3600,
        Interaction: 600,
      },
      interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
      cookies: { keys: [randomBytes(24).toString("base64url")] },
    });
    return provider;
  } finally {
    Object.assign(console, { warn, info });
  }
}
