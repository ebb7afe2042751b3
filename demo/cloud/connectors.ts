import { CLIENTS, type ClientSecrets } from "../idp/clients.js";
import { CONNECTORS, PAGE_METHODS, BRAND } from "../scenarios.js";
import type { Account } from "./accounts.js";

export interface ConnectorWorld {
  readonly idpOrigin: string;
  readonly anonymousIssuer: string;
  readonly publicKey: string;
  readonly wrongPublicKey: string;
  readonly secrets: ClientSecrets;
}

export interface Connector {
  readonly id: string;
  readonly name: string;
  readonly kind: "anonymous" | "implicit" | "code";
  readonly pkce: boolean;
  readonly clientSecret: string | null;
  /** What the configuration service tells everybody; never the secret. */
  readonly configuration: Readonly<Record<string, string | boolean>>;
}

export function connectorsOf(account: Account, world: ConnectorWorld): Connector[] {
  const { idpOrigin } = world;
  const oneLineKey = {
    jwtValidationType: "PUBLIC_JWT_KEY",
    jwtPublicKey: account.rightKey ? world.publicKey : world.wrongPublicKey,
  };
  const keySet = account.rightKey
    ? { jwtValidationType: "JWKS_ENDPOINT", jwksEndpoint: `${idpOrigin}/jwks` }
    : oneLineKey;
  const brand = {
    issuer: idpOrigin,
    issuerDisplayName: BRAND,
    authorizationEndpoint: `${idpOrigin}/auth`,
    preferred: false,
    rfcCompliance: true,
  };
  const codeFlow = { ...brand, tokenEndpoint: `${idpOrigin}/token` };

  return [
    {
      id: CONNECTORS.anonymous,
      name: "Unauthenticated messaging",
      kind: "anonymous",
      pkce: false,
      clientSecret: null,
      configuration: {
        issuer: world.anonymousIssuer,
        jsContext: "window",
        jsMethodName: "lpTag.taglets.unAuthMessaging.lpUnauthFunction",
      },
    },
    {
      id: CONNECTORS.implicit,
      name: `${BRAND}, implicit`,
      kind: "implicit",
      pkce: false,
      clientSecret: null,
      configuration: {
        ...brand,
        ...oneLineKey,
        ...PAGE_METHODS[CONNECTORS.implicit],
        clientId: CLIENTS.implicit,
        preferred: true,
      },
    },
    {
      id: CONNECTORS.implicitJwks,
      name: `${BRAND}, implicit with a key set`,
      kind: "implicit",
      pkce: false,
      clientSecret: null,
      configuration: {
        ...brand,
        ...keySet,
        ...PAGE_METHODS[CONNECTORS.implicitJwks],
        clientId: CLIENTS.implicit,
      },
    },
    {
      id: CONNECTORS.code,
      name: `${BRAND}, code flow`,
      kind: "code",
      pkce: false,
      clientSecret: world.secrets.code,
      configuration: {
        ...codeFlow,
        ...oneLineKey,
        ...PAGE_METHODS[CONNECTORS.code],
        clientId: CLIENTS.code,
      },
    },
    {
      id: CONNECTORS.codePkce,
      name: `${BRAND}, code flow with PKCE`,
      kind: "code",
      pkce: true,
      clientSecret: world.secrets.codePkce,
      configuration: {
        ...codeFlow,
        ...keySet,
        ...PAGE_METHODS[CONNECTORS.codePkce],
        clientId: CLIENTS.codePkce,
        pkceEnabled: true,
      },
    },
  ];
}

/** The answer of the public configuration service. */
export function publicConnectors(connectors: readonly Connector[]): unknown[] {
  return connectors.map(({ id, name, configuration }) => ({ id, name, type: 1, configuration }));
}
