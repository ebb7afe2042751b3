import type { Clock } from "../base/clock.js";
import type { ResolvedConfig } from "../config/options.js";
import { announceVisitor } from "../engagement/visitor.js";
import { restorePlace } from "../transports/redirect.js";
import { wasAway } from "../transports/away.js";
import type { ConsumerAuth } from "./consumer-auth.js";
import { createIdentity } from "./identity.js";
import type { Keeper } from "./keeper.js";
import type { Loaders } from "./parts.js";
import { keepFresh } from "./renewal.js";
import { mayAsk } from "./permissions.js";
import { warmUp } from "./warm-up.js";

/** What a client does between calls. */
export interface Company {
  /** @returns ends it */
  begin(): () => void;
}

/** What it works with. */
export interface CompanyParts {
  readonly config: ResolvedConfig;
  readonly clock: Clock;
  readonly auth: ConsumerAuth;
  readonly keeper: Keeper;
  readonly loaders: Loaders;
  /** Looks who is there, without a person; rejects where nobody is. */
  readonly lookUp: () => Promise<void>;
  /** Gets a fresh credential, without a person; rejects where there is none. */
  readonly renew: () => Promise<void>;
}

/**
 * Keeps up with the consumer between calls: hears of the other tabs, tells the cloud who is there,
 * renews what runs out, and has ready what the next call needs.
 */
export function createCompany(parts: CompanyParts): Company {
  const { config, clock, auth, keeper, loaders, lookUp, renew } = parts;
  let count = 0;
  let end: (() => void) | undefined;

  function start(): () => void {
    const ended = new AbortController();
    const { signal } = ended;
    const meet = async (): Promise<void> => {
      await (await loaders.sharing()).ask(false);
    };
    const leave = async (): Promise<void> => {
      (await loaders.sharing()).close();
    };
    const quietly = (work: Promise<unknown>): void => {
      work.catch(() => undefined);
    };
    quietly(meet());
    const look = async (): Promise<void> => {
      (await loaders.sharing()).check();
    };
    addEventListener("storage", () => quietly(look()), { signal });
    // A page that is kept for the way back holds no channel open, and looks around when it is shown again.
    addEventListener("pagehide", () => quietly(leave()), { signal });
    addEventListener(
      "pageshow",
      ({ persisted }) => {
        if (persisted) quietly(look().then(meet));
      },
      { signal },
    );
    if (wasAway()) {
      restorePlace(keeper.name);
      // A code waits for the window's call, whose challenge it is bound to.
      if (config.flow === "implicit" || config.exchange === "widget") quietly(lookUp());
    }
    if (config.host) quietly(loaders.quiet?.() ?? Promise.resolve());
    if (mayAsk(config)) quietly(warmUp(config, loaders, signal));
    keepFresh(auth, clock, renew, signal);
    const identify = createIdentity(auth, lookUp);
    const retire = announceVisitor({ ...config, auth, identify }, signal);
    return () => {
      ended.abort();
      retire();
      quietly(leave());
    };
  }

  return {
    begin() {
      count += 1;
      end ??= start();
      return () => {
        count -= 1;
        if (count > 0) return;
        end?.();
        end = undefined;
      };
    },
  };
}
