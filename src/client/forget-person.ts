import type { ResolvedConfig } from "../config/options.js";
import type { Loaders } from "./parts.js";
import { mayBeAnonymous } from "./permissions.js";

/** Forgets the anonymous person of this browser, where there may be one. */
export async function forgetPerson(config: ResolvedConfig, loaders: Loaders): Promise<void> {
  if (mayBeAnonymous(config)) await (await loaders.anonymous()).forget();
}
