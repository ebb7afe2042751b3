export {
  createApplication,
  type Application,
  type ApplicationOptions,
} from "./platform/applications/application.js";
export type { ApplicationEndpoints } from "./platform/applications/endpoints.js";
export {
  createApplicationHandlers,
  type ApplicationHandlers,
  type Handler,
  type SessionHandler,
} from "./platform/applications/handlers/create-handlers.js";
export type { ApplicationHandlersOptions } from "./platform/applications/handlers/handler-options.js";
export type { UserClaims } from "./platform/applications/id-token.js";
export type { FreshOptions, FreshTokens } from "./platform/applications/keep-fresh.js";
export type { Login, LoginTransaction } from "./platform/applications/login.js";
export type { ApplicationTokens } from "./platform/applications/token-requests.js";
export {
  createClientCredentials,
  type ClientCredentials,
  type ClientCredentialsOptions,
  type ClientToken,
} from "./platform/client-credentials.js";
export { createDomainApi, type DomainApi, type DomainApiOptions } from "./platform/domain-api.js";
export {
  createLoginService,
  type ApplicationCredentials,
  type LoginService,
  type LoginServiceOptions,
  type UserCredentials,
} from "./platform/login-service.js";
export type { LoginSession } from "./platform/login-session.js";
export {
  createRequestSigner,
  type RequestSigner,
  type RequestSignerOptions,
} from "./platform/oauth1/request-signer.js";
export type { SignatureMethod } from "./platform/oauth1/signature.js";
export { PlatformError, type PlatformErrorCode } from "./platform/platform-error.js";
export { explainServiceCode } from "./platform/service-codes.js";
export type { RequestOptions, ServiceFetch } from "./platform/service-fetch.js";
