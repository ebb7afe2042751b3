import { loaded } from "../base/loaded.js";
import type { Purpose, Rung, Step } from "../ladder/ladder.js";
import { createInteractiveRung } from "../ladder/interactive.js";
import { wasAway } from "../transports/away.js";
import type { RungParts } from "./parts.js";
import { mayAsk, mayBeAnonymous } from "./permissions.js";

/**
 * The rungs of a configuration, in the order in which they are tried. Those that need no person are
 * in a module of their own, `quiet.ts`.
 *
 * @returns the rungs of one flight; a sign-in that the consumer asked for has one way only
 */
export function createRungs(parts: RungParts): (purpose: Purpose) => readonly Step[] {
  const { config, keeper, loaders } = parts;
  const { engagement } = config;
  const guest = mayBeAnonymous(config);
  const stored: Rung = {
    name: "stored",
    async attempt({ options }) {
      const credential = keeper.read();
      return (
        credential && (await loaded(import("./quiet.js"))).ifEnough(credential, options, parts)
      );
    },
  };
  const returned: Rung = {
    name: "returned",
    attempt: async (flight) =>
      wasAway() ? (await loaded(import("./redirect.js"))).finishRedirect(parts, flight) : undefined,
  };
  const interactive = createInteractiveRung({
    ...parts,
    guest,
    transport: config.transport,
    timeout: config.interactionTimeout,
    loadSource: loaders.authorization,
    redirect: async (flight, signal) =>
      (await loaded(import("./redirect.js"))).startRedirect(parts, flight, signal),
    readStored: keeper.read,
    onSignIn: keeper.signIn,
    listen(listener) {
      keeper.onSignInElsewhere = listener;
    },
  });
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
  const signIn = mayAsk(config) ? [...(loaders.dialog ? [loaders.dialog] : []), interactive] : [];
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
  return (purpose) => rungs[purpose];
}
