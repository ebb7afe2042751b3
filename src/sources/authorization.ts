import type { Clock } from "../base/clock.js";
import { loaded } from "../base/loaded.js";
import { own } from "../base/own.js";
import type { RequestOptions, ResolvedConfig } from "../config/options.js";
import {
  createAuthorizationRequest,
  type AuthorizationParameters,
  type AuthorizationRequest,
} from "../oidc/authorization-request.js";
import {
  readAuthorizationResponse,
  type AuthorizationResult,
  type RawAuthorizationResponse,
} from "../oidc/authorization-response.js";
import type { ProofOfPossession } from "../oidc/dpop.js";
import type { NeededEndpoint, Provider } from "../oidc/provider-metadata.js";
import { findProvider } from "../oidc/provider.js";
import type { CodeCredential, IdTokenCredential } from "./credential.js";

/** What a source works with. */
export interface SourceContext {
  readonly config: ResolvedConfig;
  readonly clock: Clock;
  /** Is given a refresh token, if there is one, together with the claims of who has signed in. */
  readonly keepRefreshToken?: (
    refreshToken: string | undefined,
    credential: IdTokenCredential,
  ) => Promise<void>;
}

/** What is asked of the identity provider. */
export interface Ask {
  /** The window's challenge, checked. */
  readonly codeChallenge?: string | undefined;
  /** What this call wants besides what the configuration says. */
  readonly options?: RequestOptions | undefined;
}

/** A login that has begun. It can be kept as JSON. */
export interface PendingAuthorization extends AuthorizationRequest {
  /** The window's, to which a code is bound. */
  readonly codeChallenge?: string | undefined;
  /** Ours, where we exchange the code. */
  readonly codeVerifier?: string | undefined;
  readonly acrValues?: string | undefined;
  readonly maxAge?: number | undefined;
}

/** A source that sends the consumer to the identity provider: a transport does so. */
export interface AuthorizationSource {
  /** @throws ConsumerAuthError where there is nothing to send the consumer to */
  begin(ask: Ask, signal: AbortSignal): Promise<PendingAuthorization>;
  /** @throws ConsumerAuthError where the response is refused, or what it leads to fails */
  finish(
    pending: PendingAuthorization,
    response: RawAuthorizationResponse,
    signal: AbortSignal,
  ): Promise<CodeCredential | IdTokenCredential>;
}

/** A response that was checked, and what belongs to it. */
export interface CheckedResponse {
  readonly context: SourceContext;
  readonly provider: Provider;
  readonly pending: PendingAuthorization;
  /** Not verified yet. */
  readonly result: AuthorizationResult;
  readonly signal: AbortSignal;
}

/** A pair of our own, as RFC 7636 has it. */
export interface ProofKey {
  readonly codeVerifier: string;
  readonly codeChallenge: string;
  /** Binds the tokens to a key (RFC 9449). */
  readonly proof?: ProofOfPossession | undefined;
  /** What the request says of it. */
  readonly parameters?: Pick<AuthorizationParameters, "dpop_jkt"> | undefined;
}

/** What the flows have not in common. */
export interface FlowParts {
  readonly responseType: AuthorizationParameters["response_type"];
  /** The endpoints that the flow can't do without. */
  readonly needs: readonly NeededEndpoint[];
  /** Makes a credential of a response. */
  readonly finish: (response: CheckedResponse) => Promise<CodeCredential | IdTokenCredential>;
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
  return {
    async begin({ codeChallenge, options }, signal) {
      const provider = await findProvider(config, needs, signal);
      const proofKey = await createProofKey?.();
      const asked = own({ ...config, ...options });
      let request = createAuthorizationRequest(
        `${provider.authorizationEndpoint}`,
        {
          response_type: responseType,
          client_id: config.clientId,
          redirect_uri: config.redirectUri,
          scope: config.scope,
          ...proofKey?.parameters,
        },
        proofKey?.codeChallenge ?? codeChallenge,
        asked,
      );
      if (provider.pushedAuthorizationRequestEndpoint) {
        const { push } = await loaded(import("../oidc/pushed-request.js"));
        request = await push(request, config, provider, signal, proofKey?.proof);
      }
      const { acrValues, maxAge } = asked;
      return { ...request, codeChallenge, codeVerifier: proofKey?.codeVerifier, acrValues, maxAge };
    },
    async finish(pending, response, signal) {
      const provider = await findProvider(config, needs, signal);
      return finish({
        context,
        provider,
        pending,
        signal,
        result: readAuthorizationResponse(response, {
          ...provider,
          state: pending.state,
          responseType,
        }),
      });
    },
  };
}
