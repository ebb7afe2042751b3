import { CLIENTS, RETURN_PAGE } from "../idp/clients.js";
import { withTrouble } from "../idp/troubles.js";
import {
  accountFor,
  BRAND,
  connectorFor,
  idpTroubleFor,
  PAGE_METHODS,
  type Scenario,
} from "../scenarios.js";

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
  const { engagement } = scenario;
  return {
    "account-id": accountFor(scenario.trouble),
    "brand-name": BRAND,
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
      return {
        flow: "implicit",
        issuer: idpOrigin,
        ...authorization,
        "jwks-endpoint": `${idpOrigin}/jwks`,
        ...mismatched,
        "client-id": CLIENTS.implicit,
        ...personal,
      };
    case "code":
      return { flow: "code", ...authorization, "client-id": CLIENTS.code, ...personal };
    case "code-pkce":
      return { flow: "code", ...authorization, "client-id": CLIENTS.codePkce, ...personal };
    case "widget":
      // Only the issuer: the rest is discovered, unless a trouble has to be asked for.
      return {
        flow: "code",
        exchange: "widget",
        issuer: idpOrigin,
        ...(idpTrouble ? authorization : {}),
        ...mismatched,
        "client-id": CLIENTS.page,
        ...personal,
      };
    case "anonymous":
      return {};
  }
}

function methodOptions({ setup }: Scenario): Record<string, string> {
  const connector = connectorFor(setup);
  const method = Object.entries(PAGE_METHODS).find(([id]) => id === connector)?.[1];
  if (!method || method.jsContext === "window") return {};
  return { "js-context": method.jsContext, "js-method-name": method.jsMethodName };
}
