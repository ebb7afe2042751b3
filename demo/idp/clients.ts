import { randomBytes } from "node:crypto";
import type { ClientMetadata } from "oidc-provider";

export const CLIENTS = {
  implicit: "messaging-implicit",
  code: "messaging-code",
  codePkce: "messaging-code-pkce",
  page: "messaging-page",
} as const;

/** Known to the cloud and the IdP, made anew at each start, never part of a page. */
export interface ClientSecrets {
  readonly code: string;
  readonly codePkce: string;
}

export function makeClientSecrets(): ClientSecrets {
  return { code: secret(), codePkce: secret() };
}

function secret(): string {
  return randomBytes(24).toString("base64url");
}

export const RETURN_PAGE = "/callback.html";

export function clientsOf(siteOrigin: string, secrets: ClientSecrets): ClientMetadata[] {
  const shared: Partial<ClientMetadata> = {
    redirect_uris: [`${siteOrigin}${RETURN_PAGE}`],
    post_logout_redirect_uris: [`${siteOrigin}/`, `${siteOrigin}/app`],
    id_token_signed_response_alg: "RS256",
  };
  return [
    {
      ...shared,
      client_id: CLIENTS.implicit,
      grant_types: ["implicit"],
      response_types: ["id_token"],
      token_endpoint_auth_method: "none",
    },
    {
      ...shared,
      client_id: CLIENTS.code,
      client_secret: secrets.code,
      grant_types: ["authorization_code"],
      response_types: ["code"],
      token_endpoint_auth_method: "client_secret_basic",
    },
    {
      ...shared,
      client_id: CLIENTS.codePkce,
      client_secret: secrets.codePkce,
      grant_types: ["authorization_code"],
      response_types: ["code"],
      token_endpoint_auth_method: "client_secret_basic",
    },
    {
      ...shared,
      client_id: CLIENTS.page,
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
    },
  ];
}
