import { withDeadline } from "../base/deadline.js";
import { ConsumerAuthError, toConsumerAuthError } from "../base/errors.js";
import type { CredentialProvider } from "../config/options.js";
import { resolvePath } from "../config/path.js";
import type { SourceContext } from "./authorization.js";
import { readAnswer, type DirectSource } from "./direct.js";

/** The `provider` source: a function of the page gives the credential. */
export function createSource(context: SourceContext): DirectSource {
  const { provider, requestTimeout, interactionTimeout } = context.config;
  return async ({ codeChallenge, interactive, renew, signal }) => {
    const give = typeof provider === "string" ? resolvePath(provider) : provider;
    if (typeof give !== "function") {
      throw new ConsumerAuthError(
        "provider_failed",
        `provider is "${String(provider)}", and there is no function yet: define it before the window calls.`,
      );
    }
    const limit = interactive ? interactionTimeout : requestTimeout;
    const answer = await withDeadline(
      limit,
      () => new ConsumerAuthError("request_timeout", `provider did not answer in ${limit} ms.`),
      async (deadline) => {
        try {
          return await (give as CredentialProvider)({
            ...{ codeChallenge, interactive, renew },
            signal: deadline,
          });
        } catch (cause) {
          throw toConsumerAuthError(cause, "provider_failed", "provider threw: see the cause.");
        }
      },
      signal,
    );
    return readAnswer(context, answer, signal);
  };
}
