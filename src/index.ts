export { createConsumerAuth } from "./ui/create-consumer-auth.js";
export { loadConnector } from "./client/with-connector.js";
export type { ConnectorCall } from "./client/connector.js";
export type { ConsumerAuth, SignOutOptions } from "./client/consumer-auth.js";
export type { ConsumerAuthEventMap, HandOver } from "./client/events.js";
export type { Session, SessionState } from "./client/session.js";
export { ConsumerAuthError, type Attempt, type ErrorCode } from "./base/errors.js";
export { ConfigError } from "./config/config-error.js";
export type {
  ConsumerAuthConfig,
  CredentialProvider,
  Engagement,
  Exchange,
  Flow,
  Identity,
  IdentityProvider,
  ProviderAnswer,
  ProviderRequest,
  RequestOptions,
  ResolvedConfig,
  Transport,
} from "./config/options.js";
export type { CallOptions } from "./ladder/flights.js";
export type { ConsumerProblem, Prompt, PromptView } from "./ladder/prompt.js";
export type { IdTokenClaims } from "./oidc/id-token.js";
export type {
  AnonymousCredential,
  CodeCredential,
  Credential,
  IdTokenCredential,
} from "./sources/credential.js";
