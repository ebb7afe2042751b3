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
