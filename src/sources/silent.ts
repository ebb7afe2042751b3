import type { ConsumerAuthError } from "../base/errors.js";
import type { Marker } from "../store/marker.js";
import { authorizeInFrame } from "../transports/silent.js";
import type { Ask, AuthorizationSource, SourceContext } from "./authorization.js";
import type { CodeCredential, IdTokenCredential } from "./credential.js";
import { getSilentTimeout } from "./silent-timeout.js";

/** Asks the identity provider for whoever has a session there, without a person. */
export type SilentSource = (
  ask: Ask,
  signal: AbortSignal,
) => Promise<CodeCredential | IdTokenCredential | undefined>;

/** Who has been here. */
interface Visitor {
  readonly name: string;
  /** `in` where somebody has signed in, `out` where they have signed out. */
  readonly marker: Marker;
}

/**
 * Silent sign-in (`prompt=none`, OpenID Connect Core 1.0 section 3.1.2.1) in a hidden frame. Where
 * this browser doesn't let the identity provider see its cookies there, it is not tried again during
 * the visit: that shows when the answer is `login_required` though somebody has just signed in.
 *
 * @param context - configuration and clock
 * @param loadSource - whose request is sent
 * @param visitor - who has been here
 */
export function createSilentSource(
  { config }: SourceContext,
  loadSource: () => Promise<AuthorizationSource>,
  visitor: Visitor,
): SilentSource {
  const key = `consumer-auth:silent:${visitor.name}`;
  /** Who was here when nobody had a session: no use in asking for them again on this page. */
  let nobody: string | undefined;

  return async ({ codeChallenge, options }, signal) => {
    const marker = visitor.marker.read();
    const who = visitor.marker.readWho();
    // Whoever signed out here doesn't want to be signed in again without a word.
    if (who === "out" || who === nobody || isInVain(key, marker)) return undefined;
    try {
      const source = await loadSource();
      const silently = { ...options, prompt: "none" };
      const pending = await source.begin({ codeChallenge, options: silently }, signal);
      const response = await authorizeInFrame(pending, getSilentTimeout(config), signal);
      return await source.finish(pending, response, signal);
    } catch (error) {
      const { code } = error as ConsumerAuthError;
      const asksMore = (options?.acrValues ?? options?.maxAge) !== undefined;
      const isRefusal = code === "login_required" && !asksMore;
      if (isRefusal) nobody = who;
      const isInVainHere = code === "silent_failed" ? navigator.onLine : isRefusal && who === "in";
      if (isInVainHere) remember(key, marker);
      throw error;
    }
  };
}

/** Until somebody comes or goes. */
function isInVain(key: string, marker: string): boolean {
  try {
    return sessionStorage.getItem(key) === `in vain ${marker}`;
  } catch {
    return false;
  }
}

function remember(key: string, marker: string): void {
  try {
    sessionStorage.setItem(key, `in vain ${marker}`);
  } catch {
    // Then every page finds out for itself.
  }
}
