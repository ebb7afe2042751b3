export { PlatformError, type PlatformErrorCode } from "./platform/platform-error.js";
