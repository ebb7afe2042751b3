import { randomBytes } from "node:crypto";
import type { Configuration, KoaContextWithOIDC, default as OidcProvider } from "oidc-provider";
import type { SigningKey } from "../keys.js";
import { clientsOf, CLIENTS, type ClientSecrets } from "./clients.js";
import { consumerBySub } from "./consumers.js";
import { errorPage, logoutPage, signedOutPage } from "./pages.js";
import { TROUBLE_PARAMETER, troubleOf, withTrouble } from "./troubles.js";

export interface ProviderOptions {
  issuer: string;
  siteOrigin: string;
  key: SigningKey;
  secrets: ClientSecrets;
  idTokenLifetime: number;
}

const PROFILE = ["given_name", "family_name", "preferred_username", "gender", "lp_sdes"];

export async function createProvider(options: ProviderOptions): Promise<OidcProvider> {
  const provider = await withoutAdvice(async () => {
    const { default: Provider } = await import("oidc-provider");
    return new Provider(options.issuer, configurationOf(options));
  });
  allowImplicitOnLoopback(provider);
  return provider;
}

// The provider's advice is for production: keys and sessions in memory are what a demo wants, and
// its warnings would be the first thing that a visitor reads.
async function withoutAdvice<Result>(make: () => Promise<Result>): Promise<Result> {
  const { warn, info } = console;
  console.warn = console.info = () => undefined;
  try {
    return await make();
  } finally {
    Object.assign(console, { warn, info });
  }
}

function configurationOf(options: ProviderOptions): Configuration {
  const { port } = new URL(options.issuer);
  return {
    clients: clientsOf(options.siteOrigin, options.secrets),
    jwks: { keys: [options.key.privateJwk] },
    scopes: ["openid", "offline_access"],
    claims: {
      openid: ["sub"],
      profile: PROFILE,
      email: ["email"],
      phone: ["phone_number"],
    },
    conformIdTokenClaims: false,
    responseTypes: ["code", "id_token"],
    allowOmittingSingleRegisteredRedirectUri: false,
    findAccount: (_ctx, sub) => {
      const consumer = consumerBySub(sub);
      return consumer && { accountId: sub, claims: () => ({ sub, ...consumer.claims }) };
    },
    pkce: {
      required: (_ctx, client) =>
        client.clientId === CLIENTS.codePkce || client.tokenEndpointAuthMethod === "none",
    },
    clientBasedCORS: (_ctx, origin, client) =>
      origin === options.siteOrigin && client.clientId === CLIENTS.page,
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed("refresh_token"),
    loadExistingGrant: existingOrFullGrant,
    interactions: {
      url: (ctx, interaction) =>
        withTrouble(`/interaction/${interaction.uid}`, troubleOf(queryOf(ctx))),
    },
    // Cookies know no ports: several demos on one machine must not share theirs.
    cookies: {
      keys: [randomBytes(24).toString("base64url")],
      names: {
        session: `session_${port}`,
        interaction: `interaction_${port}`,
        resume: `resume_${port}`,
      },
    },
    ttl: {
      IdToken: options.idTokenLifetime,
      AccessToken: 600,
      AuthorizationCode: 60,
      RefreshToken: 86_400,
      Session: 86_400,
      Grant: 86_400,
      Interaction: 3_600,
    },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => {
          ctx.body = logoutPage(form).html;
        },
        postLogoutSuccessSource: (ctx) => {
          ctx.body = signedOutPage().html;
        },
      },
    },
    renderError: (ctx, out) => {
      ctx.type = "html";
      ctx.body = errorPage({ ...out }).html;
    },
  };
}

function queryOf(ctx: KoaContextWithOIDC): URLSearchParams {
  const value = ctx.query[TROUBLE_PARAMETER];
  return new URLSearchParams(typeof value === "string" ? { [TROUBLE_PARAMETER]: value } : {});
}

async function existingOrFullGrant(ctx: KoaContextWithOIDC) {
  const { client, session, provider, result } = ctx.oidc;
  if (!client || !session?.accountId) return undefined;
  const known = result?.consent?.grantId ?? session.grantIdFor(client.clientId);
  if (known) return await provider.Grant.find(known);
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope("openid profile email phone offline_access");
  await grant.save();
  return grant;
}

interface ClientSchema {
  prototype: { invalidate(message: string, code?: string): void };
}

// The provider insists on https for implicit web clients, which a demo on loopback can't have; a
// native client could, but its redirect URI would match on every port.
function allowImplicitOnLoopback(provider: OidcProvider): void {
  const { Schema } = provider.Client as unknown as { Schema: ClientSchema };
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this`
  const { invalidate } = Schema.prototype;
  Schema.prototype.invalidate = function (message, code) {
    if (code === "implicit-force-https" || code === "implicit-forbid-localhost") return;
    invalidate.call(this, message, code);
  };
}
