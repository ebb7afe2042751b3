import { loaded } from "../base/loaded.js";
import type { ResolvedConfig } from "../config/options.js";
import type { NeededEndpoint, Provider } from "./provider-metadata.js";

/**
 * The provider's endpoints: those of the configuration where it has all that is needed, else
 * completed by the issuer's metadata, which is asked for once.
 *
 * @param config - the checked configuration
 * @param needed - what can't be done without
 * @param signal - aborts the waiting for the metadata
 * @throws ConsumerAuthError `discovery_failed`, `request_failed`, `request_timeout`
 */
export async function findProvider(
  config: ResolvedConfig,
  needed: readonly NeededEndpoint[],
  signal?: AbortSignal,
): Promise<Provider> {
  return needed.every((endpoint) => config[endpoint])
    ? config
    : (await loaded(import("./discovery.js"))).discoverProvider(config, needed, signal);
}

/** Where the keys come from, if not from the configuration. */
export const keyEndpoints = ({ jwtPublicKey }: ResolvedConfig): readonly NeededEndpoint[] =>
  jwtPublicKey === undefined ? ["jwksEndpoint"] : [];
