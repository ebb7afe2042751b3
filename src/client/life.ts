import { loaded } from "../base/loaded.js";
import { isInApp } from "../transports/place.js";
import { forgetPerson } from "./forget-person.js";
import { createKeeper } from "./keeper.js";
import { createLoaders } from "./loaders.js";
import type { Life, Origin, Parts } from "./parts.js";
import { createRungs } from "./rungs.js";

/** Begins the life of a client beyond its calls. */
export function createLife(origin: Origin): Life {
  const { config, clock, session, report, signedOut, interactive, fly } = origin;
  const keeper = createKeeper(config, clock, session);
  const parts: Parts = {
    ...{ config, clock, session, report, signedOut, keeper },
    notice(what) {
      if (what === "signedOut") signedOut();
      (what === "credential" ? fly("renew") : life.signOut({})).catch(() => undefined);
    },
  };
  const loaders = createLoaders(parts);
  const life: Life = {
    keeper,
    loaders,
    inApp: isInApp(),
    getRungs: createRungs(parts, loaders, interactive),
    redirect: async (flight, signal) =>
      (await loaded(import("./redirect.js"))).startRedirect(keeper, loaders, flight, signal),
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
