import { checkInteger } from "./checks.js";

/**
 * Where codes wait for their one use. What it gets tells nothing without the code: `key` is a hash of
 * it, and `value` is encrypted with a key that is made of it.
 */
export interface CodeStore {
  /**
   * Keeps a value.
   *
   * @param key - 43 characters of base64url
   * @param value - base64url, 32 KB at most
   * @param lifetime - seconds, after which the value must not be given any more
   */
  put(key: string, value: string, lifetime: number): Promise<void>;
  /**
   * Gives a value and deletes it, as one step: of two that ask at the same time, on whatever machine,
   * one gets nothing.
   *
   * @returns `undefined` or `null` where nothing is kept under the key, or not any more
   */
  take(key: string): Promise<string | null | undefined>;
}

/** What {@link createMemoryCodeStore} may be told. */
export interface MemoryCodeStoreOptions {
  /** How many codes it keeps at most. The oldest go first. 10 000 unless given. */
  readonly capacity?: number | undefined;
}

interface Entry {
  readonly value: string;
  /** On the clock of `Date.now()`. */
  readonly until: number;
}

/**
 * Keeps codes in the memory of this process: for one process, and for tests. It needs no timer: what
 * is too old goes when something new comes.
 *
 * Where it is full the oldest goes, which was about to expire: somebody who has thousands of codes made
 * does not keep the others from getting theirs.
 *
 * @throws IssuerError `invalid_config`
 */
export function createMemoryCodeStore(options: MemoryCodeStoreOptions = {}): CodeStore {
  const { capacity = 10_000 } = options;
  checkInteger("capacity", capacity, [1, 1_000_000], "codes");
  // In the order in which they came, which is about the one in which they expire.
  const entries = new Map<string, Entry>();

  const makeRoom = (now: number): void => {
    for (const [key, { until }] of entries) {
      if (until > now && entries.size < capacity) return;
      entries.delete(key);
    }
  };

  return {
    put(key, value, lifetime) {
      const now = Date.now();
      makeRoom(now);
      entries.set(key, { value, until: now + lifetime * 1000 });
      return Promise.resolve();
    },
    take(key) {
      const entry = entries.get(key);
      entries.delete(key);
      return Promise.resolve(entry && entry.until > Date.now() ? entry.value : undefined);
    },
  };
}
