import { ConsumerAuthError } from "./errors.js";

/**
 * A part of the library that is loaded when it is needed.
 *
 * @param part - what a dynamic import returns
 * @throws ConsumerAuthError `load_failed`
 */
export const loaded = <Part>(part: Promise<Part>): Promise<Part> =>
  part.catch((cause: unknown) => {
    throw new ConsumerAuthError("load_failed", "A part did not load: is dist served?", {
      cause,
    });
  });

/**
 * Keeps what was made once, but not that it could not be.
 *
 * @param make - is called again after it failed
 */
export function once<Part>(make: () => Promise<Part>): () => Promise<Part> {
  let part: Promise<Part> | undefined;
  return () =>
    (part ??= make().catch((error: unknown) => {
      part = undefined;
      throw error;
    }));
}
