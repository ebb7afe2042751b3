import { settleBy } from "../base/deadline.js";
import { ConsumerAuthError } from "../base/errors.js";
import { requestJson, type JsonObject } from "../base/http.js";
import { own } from "../base/own.js";
import { endpoint as checkEndpoint } from "../config/checks.js";
import type { ResolvedConfig } from "../config/options.js";
import type { NeededEndpoint, Provider } from "./provider-metadata.js";

/**
 * Reads the issuer's metadata (OpenID Connect Discovery 1.0 section 4) for what the configuration
 * leaves out. `oauth4webapi` could do it too; it would bring its whole token endpoint along into
 * pages that hand the code to the window.
 *
 * @param config - the checked configuration, with an issuer
 * @param neededEndpoints - what the flow needs
 * @param signal - aborts the waiting
 * @throws ConsumerAuthError `discovery_failed`, `request_failed`, `request_timeout`
 */
export async function discoverProvider(
  config: ResolvedConfig,
  neededEndpoints: readonly NeededEndpoint[],
  signal?: AbortSignal,
): Promise<Provider> {
  const { issuer, exchange } = config;
  const url = `${String(issuer).replace(/\/$/, "")}/.well-known/openid-configuration`;
  const refuse = (problem: string): never => {
    throw new ConsumerAuthError("discovery_failed", `${url} ${problem}`);
  };
  checkEndpoint(issuer, () => refuse("can't be asked: issuer is not a safe https URL."));
  let asked = metadata.get(config);
  if (!asked) {
    asked = readMetadata(url, config, refuse);
    metadata.set(config, asked);
    // What failed is tried again.
    asked.catch(() => metadata.delete(config));
  }
  const json = await settleBy(signal, asked);
  const endpoint = (
    needed: NeededEndpoint,
    name: string,
    isNeeded = neededEndpoints.includes(needed),
  ): string | undefined => {
    const found = config[needed] ?? json[name] ?? undefined;
    const wrong: unknown[] = [];
    checkEndpoint(found, (problem) => wrong.push(problem));
    if (wrong.length === 0 && typeof found === "string") return found;
    return isNeeded
      ? refuse(`has no ${name} that is a safe https URL: give ${needed}.`)
      : undefined;
  };
  const demandsPush = json["require_pushed_authorization_requests"] === true;
  // A page can push for a client that has no secret, which is the one that exchanges the code here.
  const pushes = demandsPush || exchange === "widget" || config.pushedAuthorizationRequestEndpoint;
  return own({
    issuer,
    authorizationEndpoint: endpoint("authorizationEndpoint", "authorization_endpoint"),
    tokenEndpoint: endpoint("tokenEndpoint", "token_endpoint"),
    jwksEndpoint: endpoint("jwksEndpoint", "jwks_uri"),
    endSessionEndpoint: endpoint("endSessionEndpoint", "end_session_endpoint"),
    revocationEndpoint: endpoint("revocationEndpoint", "revocation_endpoint"),
    promisesIss: json["authorization_response_iss_parameter_supported"] === true,
    ...(pushes && {
      pushedAuthorizationRequestEndpoint: endpoint(
        "pushedAuthorizationRequestEndpoint",
        "pushed_authorization_request_endpoint",
        demandsPush,
      ),
      offersPush: !demandsPush && !config.pushedAuthorizationRequestEndpoint,
    }),
  });
}

/** What was read for a configuration; fetched once, for all who ask. */
const metadata = new WeakMap<ResolvedConfig, Promise<JsonObject>>();

async function readMetadata(
  url: string,
  { issuer, requestTimeout }: ResolvedConfig,
  refuse: (problem: string) => never,
): Promise<JsonObject> {
  const { status, json } = await requestJson(url, { timeout: requestTimeout, retries: true });
  if (status !== 200) refuse(`answers with HTTP ${status}.`);
  if (json["issuer"] !== issuer) {
    refuse("names another issuer: write the issuer exactly as the provider does.");
  }
  return json;
}
