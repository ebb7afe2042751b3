import type { ServerResponse } from "node:http";

import type { Configuration, KoaContextWithOIDC, default as OidcProvider } from "oidc-provider";
import { clientsOf, CLIENTS, isPublic, type ClientSecrets } from "./clients.js";
import { consumerBySub } from "./consumers.js";
import { LEVELS, needsMore } from "./levels.js";
import { errorPage, logoutPage, logoutWithoutAskingPage, signedOutPage } from "./pages.js";
import type { SigningKeys } from "./signing-keys.js";
import type { Storage } from "./storage.js";
import { LANGUAGES } from "./texts.js";
import { TROUBLE_PARAMETER, troubleOf, withTrouble } from "./troubles.js";

export interface ProviderOptions {
  issuer: string;
  siteOrigin: string;
  keys: SigningKeys;
  secrets: ClientSecrets;
  storage: Storage;
  /**
   * `none`: cookies reach the provider in a frame of another site too, where the browser allows
   * third-party cookies. `lax`: they don't.
   */
  cookies: "lax" | "none";
  /** Of cookies and nonces: the same for every provider that is made for one demo. */
  cookieKey: string;
  nonceSecret: Buffer;
  settings: ProviderSettings;
}

/** What may change while the provider runs. */
export interface ProviderSettings {
  /** Seconds. */
  idTokenLifetime: number;
  /** Seconds. */
  refreshTokenLifetime: number;
  /** Whether a DPoP proof must carry a nonce of the provider's. */
  dpopNonce: boolean;
}

const PROFILE = ["given_name", "family_name", "preferred_username", "gender", "lp_sdes"];

export async function createProvider(options: ProviderOptions): Promise<OidcProvider> {
  const provider = await withoutAdvice(async () => {
    const { default: Provider, interactionPolicy } = await import("oidc-provider");
    const policy = interactionPolicy.base();
    policy
      .get("login")
      ?.checks.add(
        new interactionPolicy.Check(
          "stronger_acr",
          "the consumer has to prove more",
          "interaction_required",
          (ctx) => needsMore(ctx),
        ),
      );
    return new Provider(options.issuer, {
      ...configurationOf(options),
      interactions: { url: interactionAddress, policy },
    });
  });
  allowImplicitOnLoopback(provider);
  if (options.cookies === "none") trustLoopback(provider);
  tellBrowserOfLogins(provider);
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
  const { settings, cookies } = options;
  const reach = cookies === "none" ? ({ sameSite: "none" } as const) : {};
  return {
    adapter: options.storage.adapter,
    clients: clientsOf(options.siteOrigin, options.issuer, options.secrets),
    jwks: options.keys.jwks(),
    scopes: ["openid", "offline_access"],
    acrValues: [...LEVELS],
    claims: {
      openid: ["sub", "acr"],
      profile: PROFILE,
      email: ["email"],
      phone: ["phone_number"],
    },
    conformIdTokenClaims: false,
    responseTypes: ["code", "id_token", "code id_token", "none"],
    allowOmittingSingleRegisteredRedirectUri: false,
    discovery: { ui_locales_supported: [...LANGUAGES] },
    findAccount: (_ctx, sub) => {
      const consumer = consumerBySub(sub);
      return consumer && { accountId: sub, claims: () => ({ sub, ...consumer.claims }) };
    },
    pkce: {
      required: (_ctx, client) =>
        client.clientId === CLIENTS.codePkce || client.tokenEndpointAuthMethod === "none",
    },
    clientBasedCORS: (_ctx, origin, client) =>
      origin === options.siteOrigin && isPublic(client.clientId),
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed("refresh_token"),
    rotateRefreshToken: true,
    loadExistingGrant: existingOrFullGrant,
    // Cookies know no ports: several demos on one machine must not share theirs.
    cookies: {
      keys: [options.cookieKey],
      names: {
        session: sessionCookie(port),
        interaction: `interaction_${port}`,
        resume: `resume_${port}`,
      },
      long: { httpOnly: true, sameSite: "lax", ...reach },
      short: { httpOnly: true, sameSite: "lax", ...reach },
    },
    ttl: {
      IdToken: () => settings.idTokenLifetime,
      AccessToken: 600,
      AuthorizationCode: 60,
      RefreshToken: () => settings.refreshTokenLifetime,
      Session: 86_400,
      Grant: 86_400,
      Interaction: 3_600,
    },
    features: {
      devInteractions: { enabled: false },
      dPoP: {
        enabled: true,
        nonceSecret: options.nonceSecret,
        requireNonce: () => settings.dpopNonce,
      },
      pushedAuthorizationRequests: { enabled: true },
      revocation: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => {
          ctx.body = (hintFits(ctx) ? logoutWithoutAskingPage(form) : logoutPage(form)).html;
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

export function sessionCookie(port: string): string {
  return `session_${port}`;
}

function interactionAddress(ctx: KoaContextWithOIDC, { uid }: { uid: string }): string {
  return withTrouble(`/interaction/${uid}`, troubleOf(queryOf(ctx)));
}

function queryOf(ctx: KoaContextWithOIDC): URLSearchParams {
  const value = ctx.query[TROUBLE_PARAMETER];
  return new URLSearchParams(typeof value === "string" ? { [TROUBLE_PARAMETER]: value } : {});
}

// Whoever holds an ID token of the very person who is signed in need not be asked
// (OpenID Connect RP-Initiated Logout 1.0, section 2).
function hintFits({ oidc }: KoaContextWithOIDC): boolean {
  const hint = oidc.entities.IdTokenHint?.payload as { sub?: unknown } | undefined;
  return hint?.sub !== undefined && hint.sub === oidc.session?.accountId;
}

async function existingOrFullGrant(ctx: KoaContextWithOIDC) {
  const { client, session, provider, result } = ctx.oidc;
  if (!client || !session?.accountId) return undefined;
  const known = result?.consent?.grantId ?? session.grantIdFor(client.clientId);
  const found = known ? await provider.Grant.find(known) : undefined;
  // A grant that was revoked is given anew: this provider asks nobody for consent.
  if (found) return found;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope("openid profile email phone offline_access");
  await grant.save();
  return grant;
}

// Browsers take Secure cookies from http on loopback; the provider refuses to send them there.
function trustLoopback(provider: OidcProvider): void {
  const create = provider.createContext.bind(provider);
  provider.createContext = (request, response) => {
    const context = create(request, response);
    Object.defineProperty(context.request, "secure", { value: true });
    setCookiesWithoutTls(response);
    return context;
  };
}

/**
 * WebKit takes no Secure cookie from http, not even on loopback; others take no cookie for frames that
 * isn't Secure. Each gets the one that it takes.
 */
function setCookiesWithoutTls(response: ServerResponse): void {
  const set = response.setHeader.bind(response);
  response.setHeader = (name, value) =>
    name.toLowerCase() === "set-cookie" && typeof value !== "number"
      ? set(name, [
          ...new Set(
            [value].flat().flatMap((cookie) => [cookie.replace(/; *secure/i, ""), cookie]),
          ),
        ])
      : set(name, value);
}

// Browsers ask a provider for accounts only where it says that somebody is signed in (Login Status API).
function tellBrowserOfLogins(provider: OidcProvider): void {
  provider.on("authorization.success", (ctx) => ctx.set("Set-Login", "logged-in"));
  provider.on("end_session.success", (ctx) => ctx.set("Set-Login", "logged-out"));
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
