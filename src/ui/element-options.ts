import type { PropertyDeclarations } from "lit";

import { own } from "../base/own.js";
import { toAttribute } from "../config/attributes.js";
import type { ConsumerAuthConfig } from "../config/options.js";
import { optionNames } from "../config/check-config.js";

/** Every option as a property of the element and, in kebab case, as its attribute. */
export const optionProperties: PropertyDeclarations = Object.fromEntries(
  optionNames.map((option) => [option, { attribute: toAttribute(option) }]),
);

/**
 * The options that an element's attributes give. A mistyped name, and whatever calls itself a secret,
 * is read too, so that it is refused in words instead of being overlooked.
 */
export function readAttributes(element: Element): ConsumerAuthConfig {
  const known = new Map(optionNames.map((option) => [option.toLowerCase(), option]));
  const given: Record<string, string> = {};
  for (const { name, value } of element.attributes) {
    const option = known.get(name.replaceAll("-", ""));
    if (option !== undefined) given[name === toAttribute(option) ? option : name] = value;
    else if (name.includes("secret")) given[name] = value;
  }
  return given;
}

/** The options that an element was given, as attributes or as properties. */
export function readOptions(element: ConsumerAuthConfig & Element): ConsumerAuthConfig {
  const properties = optionNames
    .map((option) => [option, element[option]] as const)
    .filter(([, value]) => value !== undefined);
  return own({ ...readAttributes(element), ...Object.fromEntries(properties) });
}
