import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

import type { ClientMetadata, default as OidcProvider } from "oidc-provider";

import { pathOf } from "../../../demo/http.js";
import type { Listener } from "../../../demo/listening.js";

/** Clients of the strict provider; all but `api` are pages without a secret. */
export const STRICT_CLIENTS = {
  /** Its tokens must be bound to a key. */
  bound: "page-bound",
  /** The same, and its requests must be pushed. */
  pushed: "page-pushed",
  /** Its tokens may be bearer tokens. */
  bearer: "page-bearer",
  /** Looks tokens up. */
  api: "api",
} as const;

/** One request as the provider saw it; preflights are not among them. */
export interface SeenRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
}

/** A provider that signs everybody in at once, and is strict about everything else. */
export interface StrictProvider {
  readonly issuer: string;
  readonly apiSecret: string;
  readonly seen: readonly SeenRequest[];
  /** The keys that the access tokens are bound to. */
  readonly boundTo: readonly (string | undefined)[];
  /** Why it refused token requests; it doesn't tell those who asked. */
  readonly refusals: readonly string[];
  /** Takes a request away from the provider; for trouble. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  /** Forgets what it has seen, and every trouble. */
  reset(): void;
}

export interface StrictOptions {
  readonly siteOrigin: string;
  /** Everybody's requests must be pushed, and the metadata says so. */
  readonly demandsPush?: boolean;
  /** It knows nothing of DPoP. */
  readonly withoutDpop?: boolean;
}

export async function startStrictProvider(
  listener: Listener,
  { siteOrigin, demandsPush = false, withoutDpop = false }: StrictOptions,
): Promise<StrictProvider> {
  const issuer = listener.origin;
  const apiSecret = randomBytes(24).toString("base64url");
  const page: Partial<ClientMetadata> = {
    redirect_uris: [`${siteOrigin}/callback.html`],
    token_endpoint_auth_method: "none",
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
  };
  const bound = withoutDpop ? {} : { dpop_bound_access_tokens: true };
  // Its advice is for production.
  const { warn } = console;
  console.warn = () => undefined;
  const { default: Provider } = await import("oidc-provider");
  const provider: OidcProvider = new Provider(issuer, {
    clients: [
      { ...page, client_id: STRICT_CLIENTS.bound, ...bound },
      {
        ...page,
        client_id: STRICT_CLIENTS.pushed,
        ...bound,
        require_pushed_authorization_requests: true,
      },
      { ...page, client_id: STRICT_CLIENTS.bearer },
      {
        client_id: STRICT_CLIENTS.api,
        client_secret: apiSecret,
        redirect_uris: [],
        grant_types: [],
        response_types: [],
      },
    ],
    // Cookies know no ports, and there may be several providers.
    cookies: {
      keys: [randomBytes(24).toString("base64url")],
      names: {
        session: `session_${listener.port}`,
        interaction: `interaction_${listener.port}`,
        resume: `resume_${listener.port}`,
      },
    },
    features: {
      devInteractions: { enabled: false },
      dPoP: {
        enabled: !withoutDpop,
        nonceSecret: randomBytes(32),
        requireNonce: () => true,
      },
      pushedAuthorizationRequests: {
        enabled: true,
        requirePushedAuthorizationRequests: demandsPush,
      },
      introspection: { enabled: true, allowedPolicy: () => true },
    },
    clientBasedCORS: (_ctx, origin) => origin === siteOrigin,
    issueRefreshToken: () => true,
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
    async loadExistingGrant({ oidc: { client, session } }) {
      const accountId = String(session?.accountId);
      const grant = new provider.Grant({ clientId: String(client?.clientId), accountId });
      grant.addOIDCScope("openid");
      await grant.save();
      return grant;
    },
    ttl: {
      AccessToken: 600,
      AuthorizationCode: 60,
      Grant: 600,
      IdToken: 600,
      Interaction: 600,
      RefreshToken: 600,
      Session: 600,
    },
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
  });
  console.warn = warn;

  const seen: SeenRequest[] = [];
  const boundTo: (string | undefined)[] = [];
  provider.on("grant.success", ({ oidc }) => boundTo.push(oidc.entities.AccessToken?.jkt));
  const refusals: string[] = [];
  provider.on("grant.error", (_ctx, { error_detail, message }) => {
    refusals.push(error_detail ?? message);
  });
  const protocol = provider.callback();
  const strict: StrictProvider = {
    issuer,
    apiSecret,
    seen,
    boundTo,
    refusals,
    intercept: undefined,
    reset() {
      seen.length = boundTo.length = refusals.length = 0;
      strict.intercept = undefined;
    },
  };
  listener.serve(async (request, response) => {
    const { pathname, searchParams } = pathOf(request);
    if (request.method !== "OPTIONS")
      seen.push({ path: pathname, query: searchParams, headers: request.headers });
    if (strict.intercept?.(request, response)) return;
    if (pathname.startsWith("/interaction/")) await signIn(provider, request, response);
    else await protocol(request, response);
  });
  return strict;
}

async function signIn(
  provider: OidcProvider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  await provider.interactionFinished(request, response, {
    login: { accountId: "consumer-1" },
    consent: {},
  });
}
