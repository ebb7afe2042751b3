import { loaded } from "../base/loaded.js";
import type { Client } from "../client/consumer-auth.js";
import { createClient } from "../client/create-client.js";
import type { ConsumerAuthConfig } from "../config/options.js";
import { readPlainConfig } from "../config/plain-config.js";
import type { exposePageMethod } from "../engagement/page-method.js";
import type * as configure from "./configure.js";
import type * as onDemand from "./on-demand.js";
import { setPageClient } from "./page-client.js";
import type * as pageOptions from "./page-options.js";

/** What makes further clients, and finds words for mistakes. */
export const loadOnDemand = (): Promise<typeof configure> => loaded(import("./configure.js"));

const loadChecker = (): Promise<typeof pageOptions> => loaded(import("./page-options.js"));

const loadPrompt = (): Promise<typeof onDemand> => loaded(import("./on-demand.js"));

/**
 * The client of a page with the script tag. What the script's attributes leave out, the first
 * `<consumer-auth>` of the page may say.
 *
 * @param dataset - the script's `data-*` attributes
 * @param expose - puts a page method on the page
 * @throws ConfigError with every mistake
 */
export async function startPageClient(
  dataset: ConsumerAuthConfig,
  expose: typeof exposePageMethod,
): Promise<Client> {
  // What the page's element says must not hang on whether the call came before it was parsed.
  await documentParsed();
  const hasElement = document.querySelector("consumer-auth") !== null;
  const prompt = hasElement && (await loadPrompt());
  const auth = createClient(
    (hasElement ? undefined : readPlainConfig(dataset)) ??
      (await (await loadChecker()).completeOptions(dataset)),
    {
      bringUpPrompt: async (client) => (await loadPrompt()).bringUpOwnPrompt(client),
      exposePageMethod: expose,
    },
  );
  auth.addEventListener("error", ({ detail }) => {
    console.warn(`consumer-auth: ${detail.message}`);
  });
  setPageClient(auth);
  auth.accompany();
  if (prompt) prompt.definePrompt();
  return auth;
}

function documentParsed(): Promise<unknown> | undefined {
  return document.readyState === "loading"
    ? new Promise((resolve) => {
        addEventListener("DOMContentLoaded", resolve);
      })
    : undefined;
}
