import { ConsumerAuthElement } from "./consumer-auth-element.js";
import { defineOnce } from "./define-once.js";

/** Registers the elements of this package, once; where there is no registry it does nothing. */
export function defineElements(): void {
  defineOnce(ConsumerAuthElement);
}
