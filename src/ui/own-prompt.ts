import { ConsumerAuthError } from "../base/errors.js";
import type { ConsumerAuth } from "../client/consumer-auth.js";
import { definePrompt } from "./define-once.js";
import { PromptElement } from "./prompt-element.js";

/**
 * Brings up the prompt of a page that has no element: an element of ours at the end of the page.
 *
 * @param auth - whose consumer is asked
 */
export async function bringUpOwnPrompt(auth: ConsumerAuth): Promise<void> {
  definePrompt();
  // An element of the page may just have been defined.
  for (const present of document.querySelectorAll<PromptElement>("consumer-auth")) {
    await present.updateComplete;
    if (present.auth === auth) return;
  }
  const element: HTMLElement = document.createElement("consumer-auth");
  if (!(element instanceof PromptElement)) {
    throw new ConsumerAuthError(
      "interaction_required",
      "<consumer-auth> is defined by another copy of this package.",
    );
  }
  element.auth = auth;
  // The body of a page that is still loading may not be there yet, and an element can have its name.
  (document.querySelector("body") ?? document.documentElement).append(element);
  try {
    await element.updateComplete;
  } catch (cause) {
    element.remove();
    throw new ConsumerAuthError("interaction_required", "The prompt can't be drawn on this page.", {
      cause,
    });
  }
}
