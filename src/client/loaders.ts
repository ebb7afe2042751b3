import { toConsumerAuthError, type ConsumerAuthError } from "../base/errors.js";
import type { AnonymousSource } from "../sources/anonymous.js";
import type { AuthorizationSource, SourceContext } from "../sources/authorization.js";
import { createCodeSource } from "../sources/code.js";

/** The sources of a client, loaded when they are first used; what fails to load is tried again. */
export interface Loaders {
  authorization: () => Promise<AuthorizationSource>;
  anonymous: () => Promise<AnonymousSource>;
}

/** Turns the failure of a dynamic import into an error that says what to look at. */
export function loadFailed(error: unknown): never {
  throw toConsumerAuthError(
    error,
    "load_failed",
    "A part of the script did not load: is all of dist served?",
  );
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
  const loadAuthorization = async (): Promise<AuthorizationSource> =>
    flow === "implicit"
      ? (await import("../sources/implicit.js")).createSource(context)
      : exchange === "widget"
        ? (await import("../sources/code-exchange.js")).createSource(context)
        : createCodeSource(context);
  let anonymous: Promise<AnonymousSource> | undefined;
  return {
    authorization: () => loadAuthorization().catch(loadFailed),
    anonymous: () =>
      (anonymous ??= import("../sources/kept-person.js").then(
        ({ createKeptPerson }) => createKeptPerson(context, report),
        (error: unknown) => {
          anonymous = undefined;
          return loadFailed(error);
        },
      )),
  };
}
