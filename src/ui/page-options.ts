import { toAttribute } from "../config/attributes.js";
import { optionNames } from "../config/check-config.js";
import { validateConfig } from "../config/explain.js";
import type { ConsumerAuthConfig, ResolvedConfig } from "../config/options.js";
import { readAttributes } from "./element-options.js";

/**
 * Completes the options of the script tag by the attributes of the page's first `<consumer-auth>`.
 *
 * @param dataset - the script's `data-*` attributes
 * @throws ConfigError with every mistake
 */
export function completeOptions(dataset: ConsumerAuthConfig): ResolvedConfig {
  const options = withoutForeign(dataset);
  const element = document.querySelector("consumer-auth");
  return validateConfig({ ...(element && readAttributes(element)), ...options });
}

/** Tag managers put attributes of their own on scripts; only what looks like ours is judged. */
function withoutForeign(dataset: ConsumerAuthConfig): ConsumerAuthConfig {
  const ours = new Set(optionNames.map((name) => name.toLowerCase()));
  const isOurs = (name: string): boolean => ours.has(name.toLowerCase()) || /secret/i.test(name);
  const entries = Object.entries(dataset);
  const foreign = entries.filter(([name]) => !isOurs(name));
  if (foreign.length > 0) {
    const names = foreign.map(([name]) => `data-${toAttribute(name)}`).join(", ");
    console.warn(`consumer-auth: the script tag has attributes that are not options: ${names}.`);
  }
  return Object.fromEntries(entries.filter(([name]) => isOurs(name)));
}
