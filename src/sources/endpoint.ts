import { ConsumerAuthError } from "../base/errors.js";
import { requestJson } from "../base/http.js";
import type { SourceContext } from "./authorization.js";
import { readAnswer, type DirectSource } from "./direct.js";

/**
 * The `endpoint` source: a credential endpoint of the brand's site, which knows its visitor by their
 * cookies. It is asked by a POST of a form, so that no page of another origin can read or cache the
 * answer, and no CORS preflight is needed.
 */
export function createSource(context: SourceContext): DirectSource {
  const { credentialEndpoint, requestTimeout } = context.config;
  return async ({ codeChallenge, signal }) => {
    const { status, json, text } = await requestJson(`${credentialEndpoint}`, {
      timeout: requestTimeout,
      signal,
      retries: true,
      credentials: "include",
      body: new URLSearchParams(
        codeChallenge && { code_challenge: codeChallenge, code_challenge_method: "S256" },
      ),
    });
    if (status === 401 || status === 204) return undefined;
    if (status !== 200) {
      throw new ConsumerAuthError(
        "provider_failed",
        `credentialEndpoint answered with HTTP ${status}: 200 has a credential, 401 and 204 nobody.`,
      );
    }
    // A token may stand there by itself.
    const bare = /^"?([\w-]+(?:\.[\w-]*){2,4})"?$/.exec(text.trim())?.[1];
    return readAnswer(context, bare ?? json, signal);
  };
}
