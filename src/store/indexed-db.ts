import { createStore, del, get, set } from "idb-keyval";

import { withDeadline } from "../base/deadline.js";
import { ConsumerAuthError } from "../base/errors.js";
import { createMemoryStore } from "./memory.js";
import type { Store } from "./store.js";

/** A database that neither answers nor fails is taken for broken after this many milliseconds. */
const patience = 3000;

/**
 * A store in IndexedDB. Where the browser has none, refuses it (private mode, blocked site data) or
 * doesn't answer, it goes on in memory and says so.
 *
 * @param onUnavailable - is told once, with `storage_unavailable`
 */
export function createIndexedDbStore(onUnavailable: (error: ConsumerAuthError) => void): Store {
  const memory = createMemoryStore();
  let broken = false;
  // Of several accesses that fail together the first one tells.
  let report: typeof onUnavailable | undefined = onUnavailable;
  let database: ReturnType<typeof createStore> | undefined;

  const unavailable = (cause?: unknown): ConsumerAuthError =>
    new ConsumerAuthError(
      "storage_unavailable",
      "IndexedDB is not available here, so the anonymous person lasts as long as this page.",
      { cause },
    );

  async function attempt<T>(
    inDatabase: (database: ReturnType<typeof createStore>) => Promise<T>,
    inMemory: () => Promise<T>,
  ): Promise<T> {
    if (!broken) {
      try {
        return await withDeadline(patience, unavailable, async () => {
          database ??= createStore("consumer-auth", "values");
          return inDatabase(database);
        });
      } catch (error) {
        broken = true;
        report?.(error instanceof ConsumerAuthError ? error : unavailable(error));
        report = undefined;
      }
    }
    return inMemory();
  }

  return {
    get: (key) =>
      attempt(
        (values) => get<unknown>(key, values),
        () => memory.get(key),
      ),
    async set(key, value) {
      // Memory too, so that nothing is lost when the database breaks later.
      await memory.set(key, value);
      await attempt(
        (values) => set(key, value, values),
        () => Promise.resolve(),
      );
    },
    async delete(key) {
      await memory.delete(key);
      await attempt(
        (values) => del(key, values),
        () => Promise.resolve(),
      );
    },
  };
}
