import { ConsumerAuthElement } from "./consumer-auth-element.js";

/** Registers the elements of this package, once; where there is no registry it does nothing. */
export function defineElements(): void {
  const registry = globalThis.customElements as CustomElementRegistry | undefined;
  if (registry && !registry.get("consumer-auth")) {
    registry.define("consumer-auth", ConsumerAuthElement);
  }
}
