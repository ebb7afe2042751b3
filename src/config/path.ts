/** A name that can stand in a path, and reaches no prototype. */
export const pathName =
  /^(?!(__proto__|constructor|prototype)$)[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/**
 * Takes a dotted path from the global scope apart, as the connector's "JS context" writes it.
 *
 * @param path - such as `window`, `lpMethods` or `brand.chat.methods`
 * @returns the names to walk; `undefined` where the path is not a dotted path of names, or would reach
 * a prototype
 */
export function parsePath(path: string): readonly string[] | undefined {
  const names = path.split(".");
  return names.every((name) => pathName.test(name)) ? names : undefined;
}
