import type { ConsumerAuthError } from "../base/errors.js";
import { createIndexedDbStore } from "../store/indexed-db.js";
import { createAnonymousSource, type AnonymousSource } from "./anonymous.js";
import type { SourceContext } from "./authorization.js";

/**
 * The anonymous source of a browser: the person is kept in IndexedDB.
 *
 * @param report - is told when there is no storage
 */
export const createKeptPerson = (
  context: SourceContext,
  report: (error: ConsumerAuthError) => void,
): AnonymousSource => createAnonymousSource(context, createIndexedDbStore(report));
