import { loaded } from "../base/loaded.js";
import { createClient, type ConsumerAuth } from "../client/create-client.js";
import { checkConfig } from "../config/check-config.js";
import type { ConsumerAuthConfig } from "../config/options.js";
import type { exposePageMethod } from "../engagement/page-method.js";
import type * as onDemand from "./on-demand.js";
import { setPageClient } from "./page-client.js";

/** All else that a page with the script tag may need. */
export const loadOnDemand = (): Promise<typeof onDemand> => loaded(import("./on-demand.js"));

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
): Promise<ConsumerAuth> {
  // What the page's element says must not hang on whether the call came before it was parsed.
  await documentParsed();
  const { config, mistakes } = checkConfig(dataset);
  const hasElement = document.querySelector("consumer-auth") !== null;
  const auth = createClient(
    mistakes.length > 0 || hasElement ? (await loadOnDemand()).completeOptions(dataset) : config,
    {
      bringUpPrompt: async (client) => (await loadOnDemand()).bringUpOwnPrompt(client),
      exposePageMethod: expose,
    },
  );
  auth.addEventListener("error", ({ detail }) => {
    console.warn(`consumer-auth: ${detail.message}`);
  });
  setPageClient(auth);
  if (hasElement) (await loadOnDemand()).defineElements();
  return auth;
}

function documentParsed(): Promise<unknown> | undefined {
  return document.readyState === "loading"
    ? new Promise((resolve) => {
        addEventListener("DOMContentLoaded", resolve);
      })
    : undefined;
}
