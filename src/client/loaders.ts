import { toConsumerAuthError, type ConsumerAuthError } from "../base/errors.js";
import type { AnonymousSource } from "../sources/anonymous.js";
import type { AuthorizationSource, SourceContext } from "../sources/authorization.js";

/** The parts that a page loads only when it uses them; each is loaded once, and again if that fails. */
export interface Loaders {
  authorization(): Promise<AuthorizationSource>;
  anonymous(): Promise<AnonymousSource>;
}

/** Turns the failure of a dynamic import into an error that says what to look at. */
export function loadFailed(error: unknown): never {
  throw toConsumerAuthError(
    error,
    "load_failed",
    "A part of the library could not be loaded: is the whole dist folder served, and allowed by script-src?",
  );
}

function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () =>
    (loading ??= load().catch((error: unknown) => {
      loading = undefined;
      return loadFailed(error);
    }));
}

/**
 * @param context - what the sources work with
 * @param report - is told when there is no storage
 */
export function createLoaders(
  context: SourceContext,
  report: (error: ConsumerAuthError) => void,
): Loaders {
  const { config } = context;
  return {
    authorization: once(async () =>
      config.flow === "code"
        ? (await import("../sources/code.js")).createCodeSource(context)
        : (await import("../sources/implicit.js")).createImplicitSource(context),
    ),
    anonymous: once(async () => {
      const [{ createAnonymousSource }, { createIndexedDbStore }] = await Promise.all([
        import("../sources/anonymous.js"),
        import("../store/indexed-db.js"),
      ]);
      return createAnonymousSource(context, createIndexedDbStore(report));
    }),
  };
}
