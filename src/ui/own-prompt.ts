import type { ConsumerAuth } from "../client/create-client.js";
import { ConsumerAuthElement } from "./consumer-auth-element.js";
import { defineElements } from "./define-elements.js";

/**
 * Brings up the prompt of a page that has no element: an element of ours at the end of the page.
 *
 * @param auth - whose consumer is asked
 */
export function bringUpOwnPrompt(auth: ConsumerAuth): void {
  defineElements();
  const element = document.createElement("consumer-auth");
  if (!(element instanceof ConsumerAuthElement)) {
    throw new TypeError("<consumer-auth> is defined by another copy of this package.");
  }
  element.auth = auth;
  document.body.append(element);
}
