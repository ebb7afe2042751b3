import { override } from "./override.js";

/**
 * Stands in the place of a browser that has FedCM, whichever this one is.
 *
 * @param container - what `navigator.credentials` can do there
 * @returns puts back what was there
 */
export function standInForFedcm(container: object): () => void {
  const undo = [
    override(navigator, "credentials", container),
    override(globalThis, "IdentityCredential", Object),
  ];
  return () => {
    for (const restore of undo.reverse()) restore();
  };
}
