import { loaded } from "../base/loaded.js";
import { hasOwnSource, type ConsumerAuthConfig } from "../config/options.js";
import type { ConnectorCall } from "./connector.js";

/**
 * Completes a configuration by the connector that the cloud publishes for the account: method,
 * context, flow, endpoints, client and key. What the options say wins.
 *
 * @param options - `accountId`; `connectorId` where the account has several connectors and prefers
 * none; `connectorApi` and `requestTimeout` (milliseconds) where the defaults don't fit; any other
 * option that is to win
 * @param call - aborts the request, and hears of a leak
 * @returns a configuration for `createConsumerAuth`, which checks it
 * @throws ConsumerAuthError `connector_unavailable` where the list can't be read, `invalid_config`
 * where no connector can be chosen (its message names those that there are), `load_failed`, or what
 * the signal was aborted with
 */
export const loadConnector = async (
  options: ConsumerAuthConfig,
  call?: ConnectorCall,
): Promise<ConsumerAuthConfig> =>
  (await loaded(import("./connector.js"))).completeFromConnector(options, call);

/** Whether a configuration lacks what a login needs, and a connector may have it. */
export const needsConnector = (options: ConsumerAuthConfig): unknown =>
  options.connectorId ??
  (options.accountId &&
    options.engagement !== "unauthenticated" &&
    !hasOwnSource(options) &&
    !(options.clientId && (options.issuer ?? options.authorizationEndpoint)));

/** The options, completed where they need it. */
export const withConnector = (
  options: ConsumerAuthConfig,
): ConsumerAuthConfig | Promise<ConsumerAuthConfig> =>
  needsConnector(options) ? loadConnector(options) : options;
