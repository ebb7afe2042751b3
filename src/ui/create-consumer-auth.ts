import { loaded } from "../base/loaded.js";
import type { ConsumerAuth } from "../client/consumer-auth.js";
import { createClient } from "../client/create-client.js";
import { validateConfig } from "../config/explain.js";
import type { ConsumerAuthConfig } from "../config/options.js";
import { exposeOrThrow } from "../engagement/expose.js";

/**
 * Makes the headless client. It touches nothing on the page before one of its methods is called; the
 * prompt is loaded when a person must be asked and the page has no `<consumer-auth>`.
 *
 * @param config - in the connector's words
 * @throws ConfigError with every mistake of the configuration, each with its mend
 */
export const createConsumerAuth = (config: ConsumerAuthConfig): ConsumerAuth =>
  createClient(validateConfig(config), {
    bringUpPrompt: async (auth) => {
      await (await loaded(import("./own-prompt.js"))).bringUpOwnPrompt(auth);
    },
    exposePageMethod: exposeOrThrow,
  });
