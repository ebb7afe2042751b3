import { loaded } from "../base/loaded.js";
import type { Purpose, Rung, Step } from "../ladder/ladder.js";
import { offline } from "../ladder/offline.js";
import { wasAway } from "../transports/away.js";
import type { Loaders, Parts } from "./parts.js";
import { mayBeAnonymous } from "./permissions.js";
import { ifEnough } from "./quiet.js";

/**
 * The rungs of a configuration, in the order in which they are tried. Those that need no person are
 * in a module of their own, `quiet.ts`.
 *
 * @returns the rungs of one flight; a sign-in that the consumer asked for has one way only
 */
export function createRungs(
  parts: Parts,
  loaders: Loaders,
  interactive: readonly Rung[],
): (purpose: Purpose) => readonly Step[] {
  const { config, keeper } = parts;
  const { engagement } = config;
  const guest = mayBeAnonymous(config);
  const stored: Rung = {
    name: "stored",
    async attempt({ options }) {
      const credential = keeper.read();
      return credential && ifEnough(credential, options, parts);
    },
  };
  let isBack = false;
  const returned: Rung = {
    name: "returned",
    async attempt(flight) {
      isBack ||= wasAway();
      return isBack
        ? (await loaded(import("./redirect.js"))).finishRedirect(parts, loaders, flight)
        : undefined;
    },
  };
  const anonymous = (name: string, way: "resume" | "obtain"): Rung => ({
    name,
    attempt: async ({ deadline }) =>
      // Whoever was signed in last is asked before they are a guest.
      way === "resume" && keeper.marker.readWho() === "in"
        ? undefined
        : (await loaders.anonymous())[way](deadline.signal),
  });
  const last = anonymous("anonymous", "obtain");
  const renew = loaders.quiet ? [loaders.quiet] : [];
  const quiet = [stored, returned, ...renew];
  const signIn = [...(loaders.dialog ? [loaders.dialog] : []), ...interactive];
  const rungs: Readonly<Record<Purpose, readonly Step[]>> = {
    call:
      engagement === "unauthenticated"
        ? [last]
        : guest
          ? [...quiet, anonymous("person", "resume"), ...signIn, last]
          : [...quiet, ...signIn],
    signIn,
    quiet,
    renew,
  };
  return (purpose) => {
    const steps = rungs[purpose];
    if (navigator.onLine) return steps;
    const at = steps.indexOf(stored) + 1;
    return [...steps.slice(0, at), offline, ...steps.slice(at)];
  };
}
