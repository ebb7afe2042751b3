import type { ConsumerAuthError } from "../base/errors.js";
import { loaded } from "../base/loaded.js";
import type { AnonymousSource } from "../sources/anonymous.js";
import type { AuthorizationSource, SourceContext } from "../sources/authorization.js";
import { createCodeSource } from "../sources/code.js";

/** The sources of a client, loaded when they are first used; what fails to load is tried again. */
export interface Loaders {
  authorization: () => Promise<AuthorizationSource>;
  anonymous: () => Promise<AnonymousSource>;
}

/**
 * @param context - what the sources work with
 * @param report - is told when there is no storage
 */
export function createLoaders(
  context: SourceContext,
  report: (error: ConsumerAuthError) => void,
): Loaders {
  const { flow, exchange } = context.config;
  let anonymous: AnonymousSource | undefined;
  return {
    authorization: async () =>
      flow === "implicit"
        ? (await loaded(import("../sources/implicit.js"))).createSource(context)
        : exchange === "widget"
          ? (await loaded(import("../sources/code-exchange.js"))).createSource(context)
          : createCodeSource(context),
    async anonymous() {
      const { createKeptPerson } = await loaded(import("../sources/kept-person.js"));
      return (anonymous ??= createKeptPerson(context, report));
    },
  };
}
