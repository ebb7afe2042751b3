export { createDomainApi, type DomainApi, type DomainApiOptions } from "./platform/domain-api.js";
export { PlatformError, type PlatformErrorCode } from "./platform/platform-error.js";
export { explainServiceCode } from "./platform/service-codes.js";
export type { RequestOptions } from "./platform/service-fetch.js";
