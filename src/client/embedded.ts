import { ConsumerAuthError } from "../base/errors.js";
import { wasAway } from "../transports/away.js";
import { isInHost } from "../transports/host-bridge.js";
import { findAnswered } from "../transports/pending.js";
import type { Life, Loaders, Parts } from "./parts.js";
import { startRedirect } from "./redirect.js";

/** What becomes of a sign-in in a browser inside of an app, which the identity provider may refuse. */
export interface Embedded {
  /** Whether it does; `undefined` where nothing speaks for it. */
  judge(): "doubtful" | "refused" | undefined;
  readonly redirect: Life["redirect"];
  /** The identity provider has said so itself. */
  refuse(): void;
}

/**
 * Loaded inside of an app, and where the identity provider has refused this browser.
 *
 * The consumer doesn't come back from a refusal that the provider shows on a page of its own, but by
 * Back: without an answer.
 */
export function createEmbedded({ config, keeper }: Parts, loaders: Loaders): Embedded {
  const { embeddedBrowsers, host, transport } = config;
  let isRefused = embeddedBrowsers === "refused";
  let isDoubtful = wasAway() && !findAnswered(keeper.name);

  const judge: Embedded["judge"] = () => {
    // In the brand's own app its own browser is no better: the app knows who is there.
    if (host && isInHost(host)) return undefined;
    if (isRefused) return "refused";
    return isDoubtful && transport !== "popup" ? "doubtful" : undefined;
  };
  return {
    judge,
    async redirect(flight, signal) {
      if (judge() === "refused") {
        throw new ConsumerAuthError("authorization_failed", "Not in this app.");
      }
      try {
        return await startRedirect(keeper, loaders, flight, signal);
      } catch (error) {
        const { code, message } = error as ConsumerAuthError;
        if (code !== "cancelled") throw error;
        isDoubtful ||= !signal.aborted;
        // Whoever is back may try again here, or take the page to another browser.
        throw judge() ? new ConsumerAuthError("authorization_failed", message) : error;
      }
    },
    refuse() {
      isRefused = true;
    },
  };
}
