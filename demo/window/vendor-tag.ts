/** The vendor's global, where it comes to the page before everything else. */

const calls: unknown[][] = [];

// The stub keeps what it is told for the tag that comes later.
Reflect.set(window, "lpTag", {
  identities: [],
  newPage: (...args: unknown[]) => {
    calls.push(args);
  },
  calls,
});
export {};
