/** Random numbers that come again with the same seed, so that a failure can be looked at. */
export interface Random {
  readonly seed: number;
  /** From 0 up to 1. */
  next(): number;
  pick<Item>(items: readonly Item[]): Item;
}

/** @param seed - that of a failure; else another one every time */
export function createRandom(seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0): Random {
  let state = seed;
  const random: Random = {
    seed,
    // Mulberry32.
    next() {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
    pick: (items) => items[Math.floor(random.next() * items.length)] as (typeof items)[number],
  };
  return random;
}
