import {
  allowInsecureRequests,
  ClientSecretPost,
  clockTolerance as tolerance,
  customFetch,
  genericTokenEndpointRequest,
  processAuthorizationCodeResponse,
  processRefreshTokenResponse,
  processRevocationResponse,
  refreshTokenGrantRequest,
  revocationRequest,
  validateAuthResponse,
  type AuthorizationServer,
  type Client,
  type TokenEndpointResponse,
} from "oauth4webapi";
import { PlatformError } from "../platform-error.js";
import type { ServiceFetch } from "../service-fetch.js";
import type { UserClaims, VerifyIdToken } from "./id-token.js";
import type { LoginTransaction } from "./login.js";
import { toPlatformError } from "./oauth-errors.js";

/** What a user's session at the cloud consists of. Plain data: it may be stored as JSON, where nobody else reads it. */
export interface ApplicationTokens {
  /** For the cloud's services, as `Authorization: Bearer …`. */
  readonly accessToken: string;
  /** Milliseconds since 1970 at which the access token ends, where the service said so. */
  readonly expiresAt?: number;
  /** Milliseconds since 1970 at which these tokens came. */
  readonly receivedAt: number;
  /** Renews the session; where the service gave none, it can't be renewed. */
  readonly refreshToken?: string;
  /** Who the user is, from the verified ID token. */
  readonly claims: UserClaims;
}

/** What the requests need. */
export interface TokenRequestContext {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Seconds. */
  readonly clockTolerance: number;
  readonly redirectUri: string | undefined;
  readonly findServer: (signal: AbortSignal | undefined) => Promise<AuthorizationServer>;
  readonly request: ServiceFetch;
  readonly verify: VerifyIdToken;
}

export interface TokenRequests {
  finishLogin(
    callback: string | URL | URLSearchParams,
    transaction: LoginTransaction,
    signal: AbortSignal | undefined,
  ): Promise<ApplicationTokens>;
  refresh(tokens: ApplicationTokens): Promise<ApplicationTokens>;
  revoke(tokens: ApplicationTokens, signal: AbortSignal | undefined): Promise<void>;
}

/** The requests of an application to its authorization server (RFC 6749 sections 4.1.3 and 6, RFC 7009). */
export function createTokenRequests(context: TokenRequestContext): TokenRequests {
  const { clientId, clientSecret, clockTolerance, redirectUri, request, verify } = context;
  const client: Client = {
    client_id: clientId,
    id_token_signed_response_alg: "RS256",
    [tolerance]: clockTolerance,
  };
  const authentication = ClientSecretPost(clientSecret);
  const options = (signal?: AbortSignal) => ({
    [customFetch]: request,
    // The endpoints have been checked: http is for loopback addresses only.
    [allowInsecureRequests]: true,
    ...(signal && { signal }),
  });

  const read = async (
    server: AuthorizationServer,
    response: TokenEndpointResponse,
    before?: ApplicationTokens,
  ): Promise<ApplicationTokens> => {
    const { access_token: accessToken, token_type, expires_in, id_token } = response;
    if (token_type !== "bearer") throw unusable("token_type is not Bearer");
    const refreshToken = response.refresh_token ?? before?.refreshToken;
    const claims =
      id_token === undefined ? before?.claims : await verify(id_token, server.jwks_uri ?? "");
    if (!claims) throw unusable("id_token is missing");
    if (before && before.claims.sub !== claims.sub) {
      throw new PlatformError(
        "id_token_invalid",
        "The ID token is refused: after the refresh it names another user.",
      );
    }
    const receivedAt = Date.now();
    return {
      accessToken,
      receivedAt,
      claims,
      ...(refreshToken !== undefined && { refreshToken }),
      ...(expires_in !== undefined && { expiresAt: receivedAt + expires_in * 1000 }),
    };
  };

  return {
    async finishLogin(callback, transaction, signal) {
      const server = await context.findServer(signal);
      const answer = readAnswer(server, client, callback, transaction.state);
      const { codeVerifier, nonce } = transaction;
      try {
        const response = await genericTokenEndpointRequest(
          server,
          client,
          authentication,
          "authorization_code",
          {
            code: answer,
            ...(redirectUri !== undefined && { redirect_uri: redirectUri }),
            ...(codeVerifier !== undefined && { code_verifier: codeVerifier }),
          },
          options(signal),
        );
        const tokens = await processAuthorizationCodeResponse(server, client, response, {
          requireIdToken: true,
          ...(nonce !== undefined && { expectedNonce: nonce }),
        });
        return await read(server, tokens);
      } catch (error) {
        throw toPlatformError(error, "The token request");
      }
    },
    async refresh(tokens) {
      const { refreshToken } = tokens;
      if (refreshToken === undefined) {
        throw new PlatformError(
          "access_denied",
          "There is no refresh token: install the application with the grant type refresh_token. The user has to sign in again.",
        );
      }
      try {
        const server = await context.findServer(undefined);
        const response = await refreshTokenGrantRequest(
          server,
          client,
          authentication,
          refreshToken,
          options(),
        );
        return await read(
          server,
          await processRefreshTokenResponse(server, client, response),
          tokens,
        );
      } catch (error) {
        throw toPlatformError(error, "The refresh");
      }
    },
    async revoke({ refreshToken, accessToken }, signal) {
      try {
        const server = await context.findServer(signal);
        const token = refreshToken ?? accessToken;
        await processRevocationResponse(
          await revocationRequest(server, client, authentication, token, options(signal)),
        );
      } catch (error) {
        throw toPlatformError(error, "The revocation");
      }
    },
  };
}

/** The code of an authorization response (RFC 6749 section 4.1.2, RFC 9207). */
function readAnswer(
  server: AuthorizationServer,
  client: Client,
  callback: string | URL | URLSearchParams,
  state: string,
): string {
  const query = callback instanceof URLSearchParams ? callback : queryOf(callback);
  if (query.getAll("state").length !== 1 || query.get("state") !== state) {
    throw new PlatformError(
      "login_unknown",
      "The answer belongs to another login: its state is not the one that was sent. Start the login again.",
    );
  }
  try {
    const [code = "", ...more] = validateAuthResponse(server, client, query, state).getAll("code");
    if (code !== "" && more.length === 0) return code;
  } catch (error) {
    throw toPlatformError(error, "The login");
  }
  throw unusable("there must be one code");
}

function queryOf(url: string | URL): URLSearchParams {
  return new URL(url, "https://callback.invalid").searchParams;
}

const unusable = (what: string): PlatformError =>
  new PlatformError("response_invalid", `The service's answer can't be used: ${what}.`);
