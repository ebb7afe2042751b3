import { toConsumerAuthError } from "../base/errors.js";
import { exposePageMethod, readError, type PageMethodOptions } from "./page-method.js";

/**
 * {@link exposePageMethod} for pages that have the error class at hand.
 *
 * @throws ConsumerAuthError `page_method_conflict`
 */
export function exposeOrThrow(options: PageMethodOptions): () => void {
  try {
    return exposePageMethod(options);
  } catch (error) {
    throw toConsumerAuthError(error, "page_method_conflict", readError(error).message);
  }
}
