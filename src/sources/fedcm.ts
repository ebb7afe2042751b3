import { ConsumerAuthError } from "../base/errors.js";
import { isJsonObject, type JsonObject } from "../base/http.js";
import { own } from "../base/own.js";
import { createAuthorizationRequest } from "../oidc/authorization-request.js";
import { preventSilentFedcm, requestByFedcm } from "../transports/fedcm.js";
import type { Ask, SourceContext } from "./authorization.js";
import type { CodeCredential, IdTokenCredential } from "./credential.js";
import { loadVerification } from "./verification.js";

/** What a call asks of the browser. */
export interface FedcmCall extends Ask {
  /** Ends the waiting and closes the browser's dialog. */
  readonly signal: AbortSignal;
}

/**
 * Asks the identity provider through the browser.
 *
 * @returns a code for the window, bound to its challenge, or a verified ID token; `undefined` where
 * there is nobody, or the consumer closed the browser's dialog: browsers don't tell them apart, so
 * that nothing here counts as the consumer's Cancel
 * @throws ConsumerAuthError `access_denied`, `authorization_failed`, `response_invalid`,
 * `id_token_invalid`, `id_token_expired`, `keys_unavailable`, what discovery throws, and what the
 * signal was aborted with
 */
export type FedcmRequester = (
  call: FedcmCall,
) => Promise<CodeCredential | IdTokenCredential | undefined>;

/** Sign-ins through the browser's Federated Credential Management. */
export interface FedcmSource {
  /** Who has signed in here before, without being asked. */
  readonly silent: FedcmRequester;
  /** Who chooses an account in the browser's dialog; best called in a gesture. */
  readonly interactive: FedcmRequester;
  /** After a sign-out: nobody is signed in silently before the next sign-in. */
  forget(): Promise<void>;
}

/**
 * The source behind `fedcmConfigUrl`. With `flow: "code"` and `exchange: "window"` it asks for a code,
 * else for an ID token, which is verified as that of the implicit flow.
 */
export function createSource(context: SourceContext): FedcmSource {
  const { config } = context;
  const { flow, exchange, fedcmConfigUrl, clientId, redirectUri, scope } = config;
  const verification = flow === "code" && exchange === "window" ? undefined : loadVerification();
  const wanted = verification ? "id_token" : "code";

  const requester =
    (silent: boolean): FedcmRequester =>
    async ({ codeChallenge, options, signal }) => {
      // A window with a challenge has no use for an ID token; whoever is asked next says so.
      if (verification && codeChallenge !== undefined) return undefined;
      const asked = own({ ...config, ...options, ...(silent && { prompt: "none" }) });
      // The same as in a window, to the letter.
      const { url, nonce } = createAuthorizationRequest(
        "https://fedcm",
        {
          response_type: wanted,
          client_id: `${clientId}`,
          redirect_uri: `${redirectUri}`,
          scope,
        },
        codeChallenge,
        asked,
      );
      const answer = await requestByFedcm(
        {
          configUrl: `${fedcmConfigUrl}`,
          clientId: `${clientId}`,
          nonce,
          loginHint: asked.loginHint,
          parameters: Object.fromEntries(new URL(url).searchParams),
        },
        { silent, signal },
      );
      if (answer === undefined || answer === null || answer === "") return undefined;
      const { [wanted]: result, redirect_uri: returnedTo = redirectUri } = toObject(answer);
      if (!isText(result) || !isText(returnedTo)) {
        throw new ConsumerAuthError(
          "response_invalid",
          `The identity provider's FedCM answer has no ${wanted}: have its ID assertion endpoint heed response_type.`,
        );
      }
      if (!verification) return { kind: "code", code: result, redirectUri: returnedTo };
      const { acrValues, maxAge } = asked;
      const { toVerifiedCredential } = await verification();
      return toVerifiedCredential(context, result, { acrValues, maxAge, nonce }, signal);
    };

  return { silent: requester(true), interactive: requester(false), forget: preventSilentFedcm };
}

const isText = (value: unknown): value is string =>
  typeof value === "string" && value !== "" && value.length <= 65_536;

/** An object, as itself or as JSON text; any other text is an ID token. */
function toObject(answer: unknown): JsonObject {
  let parsed = answer;
  try {
    if (typeof answer === "string") parsed = JSON.parse(answer);
  } catch {
    // Compact serialization.
  }
  return own(isJsonObject(parsed) ? parsed : { id_token: answer });
}
