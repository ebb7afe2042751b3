export { ConsumerAuthError, type ErrorCode } from "./base/errors.js";
export {
  runWindowReturn,
  type WindowReturnOptions,
  type WindowReturnOutcome,
} from "./engagement/separate-window/run-window-return.js";
export {
  readWindowRequest,
  type RefusedWindowRequest,
  type WindowError,
  type WindowRequest,
  type WindowRequestOptions,
  type WindowReturnAddress,
} from "./engagement/separate-window/window-request.js";
export {
  toWindowResponse,
  type WindowAnswer,
} from "./engagement/separate-window/window-response.js";
