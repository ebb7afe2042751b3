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
  // A web app on the home screen has the same user agent, and no app around it.
  const { standalone } = navigator as { standalone?: boolean };
  let isRefused = embeddedBrowsers === "refused" && !standalone;
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
        throw new ConsumerAuthError("authorization_failed", "This browser is refused.");
      }
      try {
        return await startRedirect(keeper, loaders, flight, signal);
      } catch (error) {
        const { code } = error as ConsumerAuthError;
        isDoubtful ||= code === "cancelled" && !signal.aborted;
        if (code !== "cancelled" || !judge()) throw error;
        throw new ConsumerAuthError(
          "authorization_failed",
          "The consumer came back without an answer.",
        );
      }
    },
    refuse() {
      isRefused = true;
    },
  };
}
