import { ConsumerAuthError } from "../base/errors.js";
import { loaded } from "../base/loaded.js";
import type { AuthorizationSource, SourceContext } from "./authorization.js";
import type * as verifiedToken from "./verified-token.js";

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

/**
 * Fetches the provider's keys while something else is waited for. What goes wrong is told when they
 * are needed.
 */
export function prepareKeys(context: SourceContext): void {
  loaded(import("./verified-token.js"))
    .then(({ getKeys }) => getKeys(context))
    .catch(() => undefined);
}

/** A source whose flow fetches the provider's keys as it begins. */
export const withKeys = (
  source: AuthorizationSource,
  context: SourceContext,
): AuthorizationSource => ({
  ...source,
  begin(ask, signal) {
    prepareKeys(context);
    return source.begin(ask, signal);
  },
});

/**
 * A source that hands over tokens has no use for the window's challenge: that the window passes one
 * means that its connector waits for a code.
 *
 * @throws ConsumerAuthError `invalid_challenge`
 */
export const withoutChallenge = (source: AuthorizationSource): AuthorizationSource => ({
  ...source,
  async begin(ask, signal) {
    if (ask.codeChallenge === undefined) return source.begin(ask, signal);
    throw new ConsumerAuthError(
      "invalid_challenge",
      'The window passed a code challenge: its connector wants flow "code" and exchange "window".',
    );
  },
});
