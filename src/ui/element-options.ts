import { LitElement, type PropertyDeclarations } from "lit";

import { toAttribute } from "../config/attributes.js";
import type { ConsumerAuthConfig } from "../config/options.js";
import { optionNames } from "../config/check-config.js";

/** Every option as a property of the element and, in kebab case, as its attribute. */
export const optionProperties: PropertyDeclarations = Object.fromEntries(
  optionNames.map((option) => [option, { attribute: toAttribute(option) }]),
);

/** LitElement, typed as what it becomes with {@link optionProperties}. */
export const ElementWithOptions: Omit<typeof LitElement, "prototype"> & {
  new (): LitElement & ConsumerAuthConfig;
  prototype: LitElement & ConsumerAuthConfig;
} = LitElement;

/** The options that an element was given. */
export function readOptions(element: ConsumerAuthConfig): ConsumerAuthConfig {
  return Object.fromEntries(
    optionNames
      .map((option) => [option, element[option]] as const)
      .filter(([, value]) => value !== undefined),
  );
}
