import { ConsumerAuthError } from "../base/errors.js";
import { chooseConnector, fetchConnectors } from "../cloud/connectors.js";
import type { Connector } from "../cloud/read-connectors.js";
import { own } from "../base/own.js";
import { checkConfig } from "../config/check-config.js";
import {
  fromConnector,
  type Completed,
  type ConsumerAuthConfig,
  type ResolvedConfig,
} from "../config/options.js";

/** How a connector is loaded. */
export interface ConnectorCall {
  /** Aborts the request. */
  readonly signal?: AbortSignal | undefined;
  /** Is told when a client secret is public; the console is warned anyway. */
  readonly report?: ((error: ConsumerAuthError) => void) | undefined;
}

/** What the request is made of. */
const asked: readonly string[] = ["accountId", "connectorId", "connectorApi", "requestTimeout"];

/** The return page, where the page doesn't name it: no connector does. */
const redirectUri = "/callback.html";

/** The options with a value. */
const given = (options: object): ConsumerAuthConfig =>
  own(
    Object.fromEntries(
      (Object.entries(options) as [string, unknown][]).filter(
        ([, value]) => value !== undefined && value !== null,
      ),
    ),
  );

/** Whether guests alone are not what the page wants. */
const wantsSignIn = ({ engagement }: ConsumerAuthConfig, { anonymous }: ResolvedConfig): boolean =>
  !anonymous || (engagement ?? "unauthenticated") !== "unauthenticated";

/** What the page takes of the connector, but for what it says itself. */
function contribute(connector: Connector, page: ConsumerAuthConfig): ConsumerAuthConfig {
  const { flow, jsContext, jsMethodName } = connector;
  const { issuer, clientId, authorizationEndpoint, tokenEndpoint } = connector;
  const { jwtPublicKey, jwksEndpoint } = connector;
  const taken: Record<string, unknown> = { jsContext, jsMethodName };
  // An exchange in the page takes a code, whatever the window's connector waits for.
  if (page.exchange !== "widget") taken["flow"] = flow;
  // The client, the endpoints and the key of one provider are of no use with another.
  if (!page.issuer || !issuer || page.issuer === issuer) {
    Object.assign(taken, { issuer, clientId, authorizationEndpoint, tokenEndpoint });
    // The connector's key would win over the page's key set.
    if (!page.jwksEndpoint) Object.assign(taken, { jwtPublicKey, jwksEndpoint });
  }
  for (const name of Object.keys(page)) Reflect.deleteProperty(taken, name);
  return given(taken);
}

/**
 * Completes a configuration by the connector that the cloud publishes. What the page says wins.
 *
 * @param options - with `accountId`, and `connectorId` where the account has several connectors
 * @param call - aborts the request, and hears of a leak
 * @returns the options, and what they left out; unchanged where one of them that the request needs is
 * wrong, which the check of the configuration says
 * @throws ConsumerAuthError `connector_unavailable`; `invalid_config` where there is none to choose
 */
export async function completeFromConnector(
  options: ConsumerAuthConfig,
  { signal, report }: ConnectorCall = {},
): Promise<Completed> {
  const { config, mistakes } = checkConfig(options);
  if (mistakes.some((mistake) => "option" in mistake && asked.includes(mistake.option))) {
    return options;
  }
  const { accountId, connectorId } = config;
  if (accountId === undefined) {
    throw new ConsumerAuthError(
      "invalid_config",
      "accountId is missing: connectors are looked up by their account.",
    );
  }
  const { connectors, holdsSecret } = await fetchConnectors({ ...config, accountId }, signal);
  if (holdsSecret) {
    const leak = new ConsumerAuthError(
      "invalid_config",
      "The public connector configuration holds a client secret, which was dropped: have it replaced, and taken out of there.",
    );
    console.warn(`consumer-auth: ${leak.message}`);
    report?.(leak);
  }
  const connector = own(chooseConnector(connectors, connectorId));
  const page = given(options);
  const name = connector.id === undefined ? "connector" : `connector "${connector.id}"`;
  if (connector.unauthenticated && wantsSignIn(page, config)) {
    throw new ConsumerAuthError(
      "invalid_config",
      `Nobody signs in by the unauthenticated ${name}: set connectorId to another, or write an authenticated connector's settings on the page.`,
    );
  }
  const contribution: ConsumerAuthConfig = connector.unauthenticated
    ? { engagement: "unauthenticated" }
    : contribute(connector, page);
  const completed = { redirectUri, ...contribution, ...page };
  return { ...completed, [fromConnector]: { name, options: contribution } };
}
