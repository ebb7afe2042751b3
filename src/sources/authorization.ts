import type { Clock } from "../base/clock.js";
import type { ResolvedConfig } from "../config/options.js";
import type { AuthorizationRequest } from "../oidc/authorization-request.js";
import type { RawAuthorizationResponse } from "../oidc/authorization-response.js";
import type { CodeCredential, IdTokenCredential } from "./credential.js";

/** What a source works with. */
export interface SourceContext {
  readonly config: ResolvedConfig;
  readonly clock: Clock;
}

/** A login that has begun: a transport carries the request, `finish` reads what comes back. */
export interface Authorization {
  readonly request: AuthorizationRequest;
  finish(
    response: RawAuthorizationResponse,
    signal: AbortSignal,
  ): Promise<CodeCredential | IdTokenCredential>;
}

/**
 * A source that sends the consumer to the identity provider.
 *
 * @param codeChallenge - the window's, checked
 * @param signal - aborts what is requested on the way
 */
export type AuthorizationSource = (
  codeChallenge: string | undefined,
  signal: AbortSignal,
) => Promise<Authorization>;
