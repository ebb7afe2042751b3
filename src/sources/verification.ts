import { loaded } from "../base/loaded.js";
import type { NeededEndpoint } from "../oidc/provider-metadata.js";
import type { SourceContext } from "./authorization.js";
import type * as verifiedToken from "./verified-token.js";

/** Where the keys come from, if not from the configuration. */
export const keyEndpoints = ({ config }: SourceContext): readonly NeededEndpoint[] =>
  config.jwtPublicKey === undefined ? ["jwksEndpoint"] : [];

/**
 * Loads what verifies ID tokens while the consumer signs in, so that nobody waits for it afterwards.
 *
 * @returns gives what was loaded, and tries again where that failed
 */
export function loadVerification(): () => Promise<typeof verifiedToken> {
  const load = (): Promise<typeof verifiedToken> => loaded(import("./verified-token.js"));
  load().catch(() => undefined);
  return load;
}
