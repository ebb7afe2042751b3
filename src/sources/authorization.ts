import type { Clock } from "../base/clock.js";
import type { ResolvedConfig } from "../config/options.js";
import {
  createAuthorizationRequest,
  type AuthorizationRequest,
} from "../oidc/authorization-request.js";
import {
  readAuthorizationResponse,
  type RawAuthorizationResponse,
} from "../oidc/authorization-response.js";
import type { NeededEndpoint, Provider } from "../oidc/provider-metadata.js";
import { findProvider } from "../oidc/provider.js";
import type { CodeCredential, IdTokenCredential } from "./credential.js";

/** What a source works with. */
export interface SourceContext {
  readonly config: ResolvedConfig;
  readonly clock: Clock;
}

/** A login that has begun: a transport carries the request, `finish` reads what comes back. */
export interface Authorization {
  readonly request: AuthorizationRequest;
  /** @throws ConsumerAuthError where the response is refused, or what it leads to fails */
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

/** A response that was checked, and what belongs to it. */
export interface CheckedResponse {
  readonly context: SourceContext;
  readonly provider: Provider;
  readonly request: AuthorizationRequest;
  /** The code, or the ID token, which is not verified yet. */
  readonly result: string;
  /** Ours, where we exchange the code. */
  readonly codeVerifier?: string | undefined;
  readonly signal: AbortSignal;
}

/** How a flow makes a credential of a response. */
export type Finish = (response: CheckedResponse) => Promise<CodeCredential | IdTokenCredential>;

/** A pair of our own, as RFC 7636 has it. */
export interface ProofKey {
  readonly codeVerifier: string;
  readonly codeChallenge: string;
}

/** What the flows have not in common. */
export interface FlowParts {
  readonly responseType: "code" | "id_token";
  /** The endpoints that the flow can't do without. */
  readonly needs: readonly NeededEndpoint[];
  readonly finish: Finish;
  /** Makes a pair of our own, where the window's challenge is not used. */
  readonly createProofKey?: () => Promise<ProofKey>;
}

type LoginConfig = ResolvedConfig & { readonly clientId: string; readonly redirectUri: string };

/** What the flows have in common. */
export function createAuthorizationSource(
  context: SourceContext,
  { responseType, needs, finish, createProofKey }: FlowParts,
): AuthorizationSource {
  // Checked: without these there is no login.
  const config = context.config as LoginConfig;
  return async (windowChallenge, signal) => {
    const provider = await findProvider(config, needs, signal);
    const own = await createProofKey?.();
    const request = createAuthorizationRequest(
      `${provider.authorizationEndpoint}`,
      {
        response_type: responseType,
        client_id: config.clientId,
        redirect_uri: config.redirectUri,
        scope: config.scope,
      },
      own?.codeChallenge ?? windowChallenge,
    );
    return {
      request,
      finish: async (response, signal) =>
        finish({
          context,
          provider,
          request,
          codeVerifier: own?.codeVerifier,
          signal,
          result: readAuthorizationResponse(response, {
            ...provider,
            state: request.state,
            result: responseType,
          }),
        }),
    };
  };
}
