import { own } from "../base/own.js";
import { withConnector } from "../client/with-connector.js";
import { toAttribute } from "../config/attributes.js";
import { optionNames } from "../config/check-config.js";
import { validateConfig } from "../config/explain.js";
import {
  fromConnector,
  type Completed,
  type ConsumerAuthConfig,
  type ResolvedConfig,
} from "../config/options.js";
import { readAttributes } from "./element-options.js";

/**
 * Completes the options of the script tag by the attributes of the page's first `<consumer-auth>`,
 * and by the connector where they need it.
 *
 * @param dataset - the script's `data-*` attributes
 * @throws ConfigError with every mistake; ConsumerAuthError `connector_unavailable`
 */
export async function completeOptions(dataset: ConsumerAuthConfig): Promise<ResolvedConfig> {
  const options: Completed = withoutForeign(dataset);
  const element = document.querySelector("consumer-auth");
  const all = own({ ...(element && readAttributes(element)), ...options });
  return validateConfig(options[fromConnector] ? all : await withConnector(all));
}

/** Tag managers put attributes of their own on scripts; only what looks like ours is judged. */
function withoutForeign(dataset: ConsumerAuthConfig): ConsumerAuthConfig {
  const ours = new Set(optionNames.map((name) => name.toLowerCase()));
  const isOurs = (name: string): boolean => ours.has(name.toLowerCase()) || /secret/i.test(name);
  const foreign = Object.keys(dataset).filter((name) => !isOurs(name));
  if (foreign.length > 0) {
    const names = foreign.map((name) => `data-${toAttribute(name)}`).join(", ");
    console.warn(`consumer-auth: the script tag has attributes that are not options: ${names}.`);
  }
  const options = own(dataset);
  for (const name of foreign) Reflect.deleteProperty(options, name);
  return options;
}
