import { CLIENTS, RETURN_PAGE } from "../idp/clients.js";
import { FEDCM_CONFIG } from "../idp/fedcm.js";
import { withTrouble } from "../idp/troubles.js";
import {
  accountFor,
  BRAND,
  connectorFor,
  endpointTroubleFor,
  idpTroubleFor,
  PAGE_METHODS,
  type Scenario,
  type Trouble,
} from "../scenarios.js";

/** The brand's own address that vouches for whoever is signed in at the site. */
export const CREDENTIAL_ENDPOINT = "/api/messaging-credential";

/** Where the bank's app signs its consumers in and out. */
export const APP_ACCOUNT = "/api/app-account";

/** The bridge of the bank's app, as the app calls it. */
export const HOST = "alderApp";

/** What an app of somebody else's gets to answer: long enough for a visitor to see, not to be bored. */
const FOREIGN_APP_MS = 3000;

export interface Places {
  readonly siteOrigin: string;
  readonly idpOrigin: string;
  readonly cloudOrigin: string;
  readonly publicKey: string;
  /** Of a key that the bank doesn't sign with. */
  readonly wrongPublicKey: string;
}

/** The library's options for a scenario, by attribute name and without `data-`. */
export function optionsFor(scenario: Scenario, places: Places): Record<string, string> {
  const { setup, engagement } = scenario;
  return {
    "account-id": accountFor(scenario),
    "brand-name": BRAND,
    ...(setup === "connector" ? { "connector-api": places.cloudOrigin } : {}),
    ...flowOptions(scenario, places),
    ...methodOptions(scenario),
    ...(engagement === "either" ? {} : { engagement }),
    "domain-api": places.cloudOrigin,
    "cloud-hosts": new URL(places.cloudOrigin).host,
  };
}

function flowOptions(
  { setup, trouble }: Scenario,
  { idpOrigin, publicKey, wrongPublicKey }: Places,
): Record<string, string> {
  const idpTrouble = idpTroubleFor(trouble);
  const authorization = {
    "authorization-endpoint": withTrouble(`${idpOrigin}/auth`, idpTrouble),
  };
  const mismatched = trouble === "wrong-key-page" ? { "jwt-public-key": wrongPublicKey } : {};
  const personal = { scope: "openid profile email phone", "redirect-uri": RETURN_PAGE };
  const keySet = { "jwks-endpoint": `${idpOrigin}/jwks`, ...mismatched };
  const endpoint = { "credential-endpoint": endpointAddress(trouble) };
  const implicit = {
    flow: "implicit",
    issuer: idpOrigin,
    ...authorization,
    ...keySet,
    "client-id": CLIENTS.implicit,
    ...personal,
  };
  // Only the issuer: the rest is discovered, unless a trouble has to be asked for.
  const exchange = {
    flow: "code",
    exchange: "widget",
    issuer: idpOrigin,
    ...(idpTrouble
      ? { ...authorization, "token-endpoint": withTrouble(`${idpOrigin}/token`, idpTrouble) }
      : {}),
    ...mismatched,
    ...personal,
  };
  const code = {
    flow: "code",
    ...authorization,
    // Without an issuer nothing is discovered.
    "end-session-endpoint": `${idpOrigin}/session/end`,
    ...personal,
  };
  switch (setup) {
    case "implicit":
      return {
        flow: "implicit",
        issuer: idpOrigin,
        ...authorization,
        "jwt-public-key": publicKey,
        ...mismatched,
        "client-id": CLIENTS.implicit,
        ...personal,
      };
    case "implicit-jwks":
    case "step-up":
      return implicit;
    case "redirect":
      return { ...implicit, transport: "redirect" };
    case "endpoint":
      return { ...implicit, ...endpoint };
    case "provider":
      return { ...implicit, provider: "bankApp.getMessagingCredential" };
    case "fedcm":
      return { ...implicit, "fedcm-config-url": `${idpOrigin}${FEDCM_CONFIG}` };
    case "host":
      return {
        ...implicit,
        host: HOST,
        ...(trouble === "foreign-app" ? { "request-timeout": String(FOREIGN_APP_MS) } : {}),
      };
    case "code":
      return { ...code, "client-id": CLIENTS.code };
    case "code-pkce":
      return { ...code, "client-id": CLIENTS.codePkce };
    case "endpoint-code":
      return { ...code, "client-id": CLIENTS.brand, ...endpoint };
    case "hybrid":
      return {
        ...code,
        "response-type": "code id_token",
        issuer: idpOrigin,
        ...keySet,
        "client-id": CLIENTS.hybrid,
      };
    case "widget":
      return { ...exchange, "client-id": CLIENTS.page };
    case "refresh":
      return { ...exchange, "client-id": CLIENTS.page, scope: `${personal.scope} offline_access` };
    case "dpop":
      return { ...exchange, "client-id": CLIENTS.dpop, dpop: "true" };
    case "par":
      return {
        ...exchange,
        "pushed-authorization-request-endpoint": `${idpOrigin}/request`,
        "client-id": CLIENTS.par,
      };
    case "connector":
      return { "redirect-uri": RETURN_PAGE };
    case "anonymous":
      return {};
  }
}

/** Where the page asks who is signed in at the site. */
export function endpointAddress(trouble: Trouble): string {
  const wanted = endpointTroubleFor(trouble);
  return wanted ? `${CREDENTIAL_ENDPOINT}?trouble=${wanted}` : CREDENTIAL_ENDPOINT;
}

function methodOptions({ setup }: Scenario): Record<string, string> {
  const connector = connectorFor(setup);
  const method = Object.entries(PAGE_METHODS).find(([id]) => id === connector)?.[1];
  if (!method || method.jsContext === "window") return {};
  return { "js-context": method.jsContext, "js-method-name": method.jsMethodName };
}
