import { CLIENTS, type ClientSecrets } from "../idp/clients.js";
import { BRAND, CONNECTORS, DIALECTS, LOGIN_PAGE, PAGE_METHODS } from "../scenarios.js";
import type { Account } from "./accounts.js";

/** Where no secret may be: what the account with odd connectors publishes by mistake. */
export const LEAKED_SECRET = "leaked-client-secret-of-the-demo";

export interface ConnectorWorld {
  readonly siteOrigin: string;
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
  const { siteOrigin, idpOrigin } = world;
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

  const all: Connector[] = [
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
        preferred: account.published !== "preferred",
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
        preferred: account.published === "preferred",
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
    {
      id: CONNECTORS.hybrid,
      name: `${BRAND}, hybrid flow`,
      kind: "code",
      pkce: false,
      clientSecret: world.secrets.hybrid,
      configuration: {
        ...codeFlow,
        ...keySet,
        ...PAGE_METHODS[CONNECTORS.hybrid],
        clientId: CLIENTS.hybrid,
      },
    },
    {
      id: CONNECTORS.endpointCode,
      name: `${BRAND}, codes of the site itself`,
      kind: "code",
      pkce: true,
      clientSecret: world.secrets.brand,
      configuration: {
        ...brand,
        ...keySet,
        ...PAGE_METHODS[CONNECTORS.endpointCode],
        tokenEndpoint: `${siteOrigin}/account/token`,
        clientId: CLIENTS.brand,
        pkceEnabled: true,
      },
    },
  ];
  for (const [id, dialect] of [
    [CONNECTORS.separateRfc, "rfc"],
    [CONNECTORS.separateOpenid, "openid"],
  ] as const) {
    all.push({
      id,
      name: `${BRAND}, window of its own (${DIALECTS[dialect].label})`,
      kind: "implicit",
      pkce: false,
      clientSecret: null,
      configuration: {
        ...brand,
        ...keySet,
        authorizationEndpoint: `${siteOrigin}${LOGIN_PAGE}`,
        clientId: CLIENTS.implicit,
        rfcCompliance: dialect === "rfc",
      },
    });
  }
  const ids = heldBy(account);
  return ids ? all.filter(({ id }) => ids.includes(id)) : [...all];
}

function heldBy({ published }: Account): readonly string[] | null {
  switch (published) {
    case "one":
      return [CONNECTORS.anonymous, CONNECTORS.implicitJwks];
    case "none":
      return [CONNECTORS.anonymous];
    default:
      return null;
  }
}

/** The answer of the public configuration service. */
export function publicConnectors(account: Account, connectors: readonly Connector[]): unknown[] {
  const told = connectors.map(({ id, name, configuration }) => ({
    id,
    name,
    type: 1,
    configuration,
  }));
  return account.published === "odd" ? oddly(told) : told;
}

type PublicConnector = Pick<Connector, "id" | "name" | "configuration"> & { type: number };

/** What nobody has promised will not come. */
function oddly(told: readonly PublicConnector[]): unknown[] {
  const known = told.filter(
    ({ id }) => id === CONNECTORS.anonymous || id === CONNECTORS.implicitJwks,
  );
  return [
    null,
    "not a connector",
    { id: "1", name: "Without a configuration" },
    { id: "2", type: "?", name: null, configuration: null },
    ...known.map(({ id, configuration }) => {
      const { jsContext, issuerDisplayName, preferred, rfcCompliance, ...rest } = configuration;
      const extra = { jsContext, issuerDisplayName, preferred, rfcCompliance };
      return {
        id: Number(id),
        configuration: {
          ...rest,
          ...(id === CONNECTORS.anonymous ? {} : { clientSecret: LEAKED_SECRET, jsContext: null }),
          tokenEndpoint: "",
          somethingNew: { of: Object.keys(extra).length },
        },
      };
    }),
  ];
}
