export { PlatformError, type PlatformErrorCode } from "./platform/platform-error.js";
export { explainServiceCode } from "./platform/service-codes.js";
export type { RequestOptions } from "./platform/service-fetch.js";
