export {
  createAuthorizationCodes,
  type AuthorizationCodes,
  type AuthorizationCodesOptions,
  type CodeGrant,
} from "./issuer/authorization-codes.js";
export {
  createAuthorizationEndpoint,
  type AuthorizationEndpointOptions,
} from "./issuer/authorization-endpoint.js";
export type { ConsumerClaims } from "./issuer/claims.js";
export type { Client } from "./issuer/clients.js";
export {
  createMemoryCodeStore,
  type CodeStore,
  type MemoryCodeStoreOptions,
} from "./issuer/code-store.js";
export {
  createCredentialEndpoint,
  type CredentialEndpointOptions,
} from "./issuer/credential-endpoint.js";
export type {
  AttributeDate,
  CustomerInfoAttribute,
  EngagementAttribute,
  PersonalInfoAttribute,
} from "./issuer/engagement-attributes.js";
export type { FindConsumer } from "./issuer/find-consumer.js";
export type { Handler, HandlerOptions } from "./issuer/http.js";
export { IssuerError, type IssuerErrorCode } from "./issuer/issuer-error.js";
export { createJwksEndpoint, type JwksEndpointOptions } from "./issuer/jwks-endpoint.js";
export type { KeyMaterial, KeyPair } from "./issuer/key-material.js";
export type { KeyInput, PublicJwk } from "./issuer/keys.js";
export type { NestingOptions } from "./issuer/nesting.js";
export {
  createRedisCodeStore,
  type IoRedisClient,
  type NodeRedisClient,
  type RedisCodeStoreOptions,
} from "./issuer/redis-code-store.js";
export { createTokenEndpoint, type TokenEndpointOptions } from "./issuer/token-endpoint.js";
export {
  createTokenIssuer,
  type TokenIssuer,
  type TokenIssuerOptions,
  type TokenRequest,
} from "./issuer/token-issuer.js";
