import { ConfigError } from "../base/errors.js";
import type { ConsumerAuth } from "../client/create-client.js";
import { toAttribute } from "../config/attributes.js";
import type { ConsumerAuthConfig } from "../config/options.js";
import { optionNames, validateConfig } from "../config/validate.js";
import { createConsumerAuth } from "./create-consumer-auth.js";
import { setPageClient } from "./page-client.js";

/** Defines `<consumer-auth>`. */
export async function defineElements(): Promise<void> {
  (await import("./define-elements.js")).defineElements();
}

/**
 * The client of a page with the script tag. What the script's attributes leave out, the first
 * `<consumer-auth>` of the page may say.
 *
 * @param dataset - the script's `data-*` attributes
 * @throws ConfigError with every mistake
 */
export async function startPageClient(dataset: ConsumerAuthConfig): Promise<ConsumerAuth> {
  const options = withoutForeign(dataset);
  if (!isWhole(options)) await documentParsed();
  const element = document.querySelector("consumer-auth");
  const auth = createConsumerAuth({ ...(element && readAttributes(element)), ...options });
  setPageClient(auth);
  if (element) await defineElements();
  else void documentParsed().then(defineLater);
  return auth;
}

/** Tag managers put attributes of their own on scripts; only what looks like ours is judged. */
function withoutForeign(dataset: ConsumerAuthConfig): ConsumerAuthConfig {
  const ours = new Set(optionNames.map((name) => name.toLowerCase()));
  const entries = Object.entries(dataset);
  const foreign = entries.filter(
    ([name]) => !ours.has(name.toLowerCase()) && !/secret/i.test(name),
  );
  if (foreign.length > 0) {
    const names = foreign.map(([name]) => `data-${toAttribute(name)}`).join(", ");
    console.warn(`consumer-auth: the script tag has attributes that are not options: ${names}.`);
  }
  return Object.fromEntries(entries.filter((entry) => !foreign.includes(entry)));
}

function isWhole(options: ConsumerAuthConfig): boolean {
  try {
    validateConfig(options);
    return true;
  } catch (error) {
    if (error instanceof ConfigError) return false;
    throw error;
  }
}

function documentParsed(): Promise<void> {
  return document.readyState === "loading"
    ? new Promise((resolve) => {
        addEventListener("DOMContentLoaded", () => {
          resolve();
        });
      })
    : Promise.resolve();
}

async function defineLater(): Promise<void> {
  if (document.querySelector("consumer-auth")) await defineElements();
}

function readAttributes(element: Element): ConsumerAuthConfig {
  return Object.fromEntries(
    optionNames
      .map((option) => [option, element.getAttribute(toAttribute(option))] as const)
      .filter(([, value]) => value !== null),
  );
}
