import { loaded } from "../base/loaded.js";
import { isInApp } from "../transports/place.js";
import type { Embedded } from "./embedded.js";
import { forgetPerson } from "./forget-person.js";
import { createKeeper } from "./keeper.js";
import { createLoaders } from "./loaders.js";
import type { Life, Origin, Parts } from "./parts.js";
import { createRungs } from "./rungs.js";

/** Begins the life of a client beyond its calls. */
export async function createLife(origin: Origin): Promise<Life> {
  const { config, clock, session, report, signedOut, interactive, fly } = origin;
  const { transport } = config;
  const keeper = createKeeper(config, clock, session);
  const parts: Parts = {
    ...{ config, clock, session, report, signedOut, keeper },
    notice(what) {
      if (what === "signedOut") signedOut();
      (what === "credential" ? fly("renew") : life.signOut({})).catch(() => undefined);
    },
    async refused() {
      await loadEmbedded();
      embedded?.refuse();
    },
  };
  const loaders = createLoaders(parts);
  const inApp = isInApp();
  let embedded: Embedded | undefined;
  const loadEmbedded = async (): Promise<void> => {
    const { createEmbedded } = await loaded(import("./embedded.js"));
    embedded ??= createEmbedded(parts, loaders);
  };
  if (inApp) await loadEmbedded();
  const life: Life = {
    keeper,
    loaders,
    redirects: (blocked) =>
      embedded?.judge() ??
      (transport === "redirect" || (transport === "auto" && (!!blocked || inApp))),
    getRungs: createRungs(parts, loaders, interactive),
    redirect: async (...away) =>
      embedded
        ? embedded.redirect(...away)
        : (await loaded(import("./redirect.js"))).startRedirect(keeper, loaders, ...away),
    async signOut(options) {
      const left = keeper.leave();
      // At once: whoever asks while the rest is under way is not the person of before.
      const forgotten = forgetPerson(config, loaders).catch(report);
      const { signOut } = await loaded(import("./sign-out.js"));
      await forgotten;
      await signOut(parts, loaders, left, options);
    },
    accompany: async (auth) =>
      (await loaded(import("./company.js"))).keepCompany({ ...parts, auth, loaders, fly }),
  };
  return life;
}
