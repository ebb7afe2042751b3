import { PromptElement } from "./prompt-element.js";

/** Registers a class as `<consumer-auth>`, unless there is one; without a registry it does nothing. */
export function defineOnce(element: CustomElementConstructor): void {
  const registry = globalThis.customElements as CustomElementRegistry | undefined;
  if (registry && !registry.get("consumer-auth")) registry.define("consumer-auth", element);
}

/** Registers an element that shows the page's client, and makes none of its own. */
export const definePrompt = (): void => {
  defineOnce(PromptElement);
};
