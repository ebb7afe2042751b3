const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;
const dangerous = new Set(["__proto__", "constructor", "prototype"]);

/**
 * Takes a dotted path from the global scope apart, as the connector's "JS context" and "JS method
 * name" write it; a leading `window` or `globalThis` is the global scope itself.
 *
 * @param path - such as `window`, `lpMethods` or `brand.chat.methods`
 * @returns the names to walk, none for the global scope; `undefined` where the path is not a dotted
 * path of identifiers, or would reach a prototype
 */
export function parsePath(path: string): readonly string[] | undefined {
  const names = path.split(".");
  if (names.some((name) => !identifier.test(name) || dangerous.has(name))) return undefined;
  return names[0] === "window" || names[0] === "globalThis" ? names.slice(1) : names;
}
