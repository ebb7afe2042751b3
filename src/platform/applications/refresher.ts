import type { ApplicationTokens } from "./token-requests.js";
import { waitFor } from "./wait-for.js";

/** Milliseconds for which the successor of a refresh token is remembered: requests with the old one are under way. */
const grace = 60_000;

/** Successors that are remembered at once. */
const most = 1000;

/** Renews tokens; see `Application.refresh`. */
export type Refresh = (
  tokens: ApplicationTokens,
  options?: { readonly signal?: AbortSignal },
) => Promise<ApplicationTokens>;

/**
 * Makes one request of many for the same refresh token, which the service may take only once (RFC 9700 section 4.14).
 *
 * @param send - makes the request; nobody aborts it, since its answer may be the session's only way on
 */
export function createRefresher(
  send: (tokens: ApplicationTokens) => Promise<ApplicationTokens>,
): Refresh {
  const successors = new Map<
    string,
    { readonly tokens: Promise<ApplicationTokens>; until: number }
  >();

  const begin = (key: string, old: ApplicationTokens): Promise<ApplicationTokens> => {
    const tokens = send(old);
    const entry = { tokens, until: Infinity };
    successors.set(key, entry);
    tokens.then(
      () => (entry.until = Date.now() + grace),
      () => successors.delete(key),
    );
    return tokens;
  };

  const forget = (): void => {
    for (const [key, { until }] of successors) {
      if (until <= Date.now() || successors.size > most) successors.delete(key);
    }
  };

  return (old, { signal } = {}) => {
    forget();
    const key = old.refreshToken ?? "";
    return waitFor(successors.get(key)?.tokens ?? begin(key, old), signal);
  };
}
