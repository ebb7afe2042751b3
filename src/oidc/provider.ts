import { loaded } from "../base/loaded.js";
import type { ResolvedConfig } from "../config/options.js";
import type { NeededEndpoint, Provider } from "./provider-metadata.js";

/**
 * The provider's endpoints: those of the configuration where it has all that the flow needs, else
 * completed by the issuer's metadata.
 *
 * @param config - the checked configuration
 * @param needed - what the flow needs
 * @param signal - aborts the request for the metadata
 * @throws ConsumerAuthError `discovery_failed`, `request_failed`, `request_timeout`
 */
export async function findProvider(
  config: ResolvedConfig,
  needed: readonly NeededEndpoint[],
  signal: AbortSignal,
): Promise<Provider> {
  return needed.every((endpoint) => config[endpoint])
    ? config
    : (await loaded(import("./discovery.js"))).discoverProvider(config, needed, signal);
}
