import { loaded, once } from "../base/loaded.js";
import { createCodeSource } from "../sources/code.js";
import type { Loaders, Parts } from "./parts.js";
import { hasFedcm, hasQuiet } from "./permissions.js";
import { createQuietRungs } from "./quiet.js";

export function createLoaders(given: Parts): Loaders {
  const { flow, exchange, responseType } = given.config;
  const refresh = once(async () =>
    (await loaded(import("../sources/refresh.js"))).createRefreshSource(given, given.keeper),
  );
  const parts: Parts = {
    ...given,
    keepRefreshToken: async (...grant) => (await refresh()).keep(...grant),
  };
  const loaders: Loaders = {
    authorization: once(async () =>
      flow === "implicit"
        ? (await loaded(import("../sources/implicit.js"))).createSource(parts)
        : exchange === "widget"
          ? (await loaded(import("../sources/code-exchange.js"))).createSource(parts)
          : responseType === "code id_token"
            ? (await loaded(import("../sources/hybrid.js"))).createSource(parts)
            : createCodeSource(parts),
    ),
    anonymous: once(async () =>
      (await loaded(import("../sources/kept-person.js"))).createKeptPerson(parts, given.report),
    ),
    quiet: hasQuiet(given.config)
      ? once(() => Promise.resolve(createQuietRungs(parts, loaders)))
      : undefined,
    dialog: hasFedcm(given.config)
      ? once(async () =>
          (await loaded(import("./browser-dialog.js"))).createBrowserDialog(parts, loaders.fedcm),
        )
      : undefined,
    fedcm: once(async () => (await loaded(import("../sources/fedcm.js"))).createSource(parts)),
    refresh,
    sharing: once(async () =>
      (await loaded(import("./sharing.js"))).createSharing(parts, given.signedOut),
    ),
  };
  return loaders;
}
