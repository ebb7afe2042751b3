import { randomBytes } from "node:crypto";
import type { ClientMetadata } from "oidc-provider";

export const CLIENTS = {
  implicit: "messaging-implicit",
  code: "messaging-code",
  codePkce: "messaging-code-pkce",
  hybrid: "messaging-hybrid",
  page: "messaging-page",
  par: "messaging-par",
  dpop: "messaging-dpop",
  /** The provider's own, for a sign-in that no site has asked for. */
  self: "self",
  /** At the token endpoint of the brand's own site. */
  brand: "messaging-brand",
} as const;

/** Known to the cloud and the IdP, made anew at each start, never part of a page. */
export interface ClientSecrets {
  readonly code: string;
  readonly codePkce: string;
  readonly hybrid: string;
  readonly brand: string;
}

export function makeClientSecrets(): ClientSecrets {
  return { code: secret(), codePkce: secret(), hybrid: secret(), brand: secret() };
}

function secret(): string {
  return randomBytes(24).toString("base64url");
}

export const RETURN_PAGE = "/callback.html";

/** Where a sign-in at the provider itself ends. */
export const SIGNED_IN_PAGE = "/signed-in";

/** The clients that a page is by itself, without a secret. */
export function isPublic(clientId: string): boolean {
  return clientId === CLIENTS.page || clientId === CLIENTS.par || clientId === CLIENTS.dpop;
}

export function clientsOf(
  siteOrigin: string,
  issuer: string,
  secrets: ClientSecrets,
): ClientMetadata[] {
  const shared: Partial<ClientMetadata> = {
    redirect_uris: [`${siteOrigin}${RETURN_PAGE}`],
    post_logout_redirect_uris: ["/", "/app", RETURN_PAGE].map((path) => `${siteOrigin}${path}`),
    id_token_signed_response_alg: "RS256",
    require_auth_time: true,
  };
  const confidential: Partial<ClientMetadata> = {
    ...shared,
    grant_types: ["authorization_code"],
    response_types: ["code"],
    token_endpoint_auth_method: "client_secret_basic",
  };
  const page: Partial<ClientMetadata> = {
    ...shared,
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    token_endpoint_auth_method: "none",
  };
  return [
    {
      ...shared,
      client_id: CLIENTS.implicit,
      grant_types: ["implicit"],
      response_types: ["id_token"],
      token_endpoint_auth_method: "none",
    },
    { ...confidential, client_id: CLIENTS.code, client_secret: secrets.code },
    { ...confidential, client_id: CLIENTS.codePkce, client_secret: secrets.codePkce },
    {
      ...confidential,
      client_id: CLIENTS.hybrid,
      client_secret: secrets.hybrid,
      grant_types: ["authorization_code", "implicit"],
      response_types: ["code id_token"],
    },
    {
      client_id: CLIENTS.self,
      redirect_uris: [`${issuer}${SIGNED_IN_PAGE}`],
      grant_types: [],
      response_types: ["none"],
      token_endpoint_auth_method: "none",
    },
    { ...page, client_id: CLIENTS.page },
    { ...page, client_id: CLIENTS.par, require_pushed_authorization_requests: true },
    { ...page, client_id: CLIENTS.dpop, dpop_bound_access_tokens: true },
  ];
}
