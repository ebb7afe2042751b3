import { withDeadline } from "../base/deadline.js";
import { ConsumerAuthError } from "../base/errors.js";
import { loaded, once } from "../base/loaded.js";
import type { RequestOptions } from "../config/options.js";
import type { Rung, RungGroup } from "../ladder/ladder.js";
import type { SourceContext } from "../sources/authorization.js";
import type { IdTokenCredential } from "../sources/credential.js";
import type { DirectSource } from "../sources/direct.js";
import { getSilentTimeout } from "../sources/silent-timeout.js";
import type { Loaders, Parts } from "./parts.js";
import { hasFedcm, mayAsk } from "./permissions.js";

/**
 * A token that was got before will do, if it says all that is asked for now.
 *
 * @param asked - by this call
 */
export async function ifEnough(
  credential: IdTokenCredential | undefined,
  asked: RequestOptions | undefined,
  { config, clock }: SourceContext,
): Promise<IdTokenCredential | undefined> {
  const { acrValues, maxAge } = { ...config, ...asked };
  if (!credential?.claims || (acrValues ?? maxAge) === undefined) return credential;
  const { checkFurther } = await loaded(import("../oidc/further-claims.js"));
  const earliest = clock.now() / 1000 - config.clockTolerance;
  return checkFurther(credential.claims, { acrValues, maxAge }, earliest).then(
    () => credential,
    () => undefined,
  );
}

/**
 * The rungs that need no person, in the order in which they are tried. Adding one means adding a module
 * that is loaded here. Where tokens are handed over one tab tries for all.
 */
export function createQuietRungs(parts: Parts, loaders: Loaders): RungGroup {
  const { config, keeper } = parts;
  const { flow, exchange } = config;
  const tokens = flow === "implicit" || exchange === "widget";

  const loadSilent = once(async () =>
    (await loaded(import("../sources/silent.js"))).createSilentSource(
      parts,
      loaders.authorization,
      keeper,
    ),
  );

  /** What was held when a flight began to wait for its turn. */
  let before: IdTokenCredential | undefined;

  const tabs: Rung = {
    name: "tabs",
    async attempt({ purpose, options }) {
      const renew = purpose === "renew";
      // While this one waited for its turn another flight, or another tab, may have got one.
      const own = renew && keeper.held.credential === before ? undefined : keeper.read();
      return ifEnough(own ?? (await (await loaders.sharing()).ask(renew)), options, parts);
    },
  };
  /** What the page, its site or the app around it has to say. */
  function own(name: string, load: () => Promise<DirectSource>, mayShowLogin: boolean): Rung {
    const getSource = once(load);
    return {
      name,
      async attempt({ codeChallenge, deadline, interactive: mayAskPerson, purpose }) {
        const interactive = mayAskPerson && mayShowLogin;
        const resume = interactive ? deadline.suspend() : undefined;
        try {
          const source = await getSource();
          const { signal } = deadline;
          return await source({ codeChallenge, interactive, renew: purpose === "renew", signal });
        } finally {
          resume?.();
        }
      },
    };
  }
  // Where we can't ask the consumer to sign in, the page may.
  const pageAsks = !mayAsk(config);
  const loadHost = once(async () =>
    (await loaded(import("../sources/host.js"))).createSource(parts, parts.notice),
  );
  // The app may speak before it is asked.
  if (config.host) loadHost().catch(parts.report);
  const host = own("host", loadHost, true);
  const endpoint = own(
    "endpoint",
    async () => (await loaded(import("../sources/endpoint.js"))).createSource(parts),
    false,
  );
  const provider = own(
    "provider",
    async () => (await loaded(import("../sources/provider.js"))).createSource(parts),
    pageAsks,
  );
  const refresh: Rung = {
    name: "refresh",
    // What is asked for besides can't be had by a refresh.
    attempt: async ({ deadline, options }) =>
      Object.keys(options ?? {}).length > 0
        ? undefined
        : (await loaders.refresh()).refresh(deadline.signal),
  };
  const silent: Rung = {
    name: "silent",
    attempt: async (flight) => (await loadSilent())(flight, flight.deadline.signal),
  };
  /** What was on its way while somebody signed out, or another consumer came, is not handed over. */
  const ofWhoIsHere = (rung: Rung): Rung => ({
    name: rung.name,
    async attempt(flight) {
      const before = keeper.marker.read();
      const credential = await rung.attempt(flight);
      const isChanged = keeper.marker.read() !== before;
      return isChanged && (before.startsWith("in") || keeper.marker.readWho() === "out")
        ? keeper.read()
        : credential;
    },
  });
  const loadFedcm = loaders.fedcm;
  const fedcm: Rung = {
    name: "fedcm",
    // The browser is told of a sign-out, but only a moment later.
    attempt: async (flight) =>
      keeper.marker.readWho() === "out"
        ? undefined
        : withDeadline(
            getSilentTimeout(config),
            () => new ConsumerAuthError("silent_failed", "The browser did not answer in time."),
            async (signal) => (await loadFedcm()).silent({ ...flight, signal }),
            flight.deadline.signal,
          ),
  };
  return {
    rungs: [
      ...(tokens ? [tabs] : []),
      ...[
        ...(config.host ? [host] : []),
        ...(config.credentialEndpoint ? [endpoint] : []),
        ...(config.provider ? [provider] : []),
        ...(exchange === "widget" ? [refresh] : []),
        ...(mayAsk(config) && config.silent && hasFedcm(config) ? [fedcm] : []),
        ...(mayAsk(config) && config.silent ? [silent] : []),
      ].map(ofWhoIsHere),
    ],
    alone: async (work) => {
      before = keeper.held.credential;
      // No lock is held while a person acts: an app has no tabs, and a page's function minds its own.
      const mayAskPerson = config.host ?? (pageAsks && config.provider);
      return tokens && !mayAskPerson ? (await loaders.sharing()).alone(work) : work();
    },
  };
}
