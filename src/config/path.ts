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

/**
 * What a dotted path from the global scope leads to, by own properties only.
 *
 * @param path - such as `brand.getToken`
 * @returns `undefined` where it leads nowhere
 */
export function resolvePath(path: string): unknown {
  let scope: unknown;
  let found: unknown = globalThis;
  for (const name of parsePath(path) ?? [""]) {
    scope = found;
    found = Object.hasOwn(Object(scope) as object, name)
      ? (scope as Record<string, unknown>)[name]
      : undefined;
  }
  // A method keeps what it is a method of.
  return typeof found === "function" ? (found.bind(scope) as unknown) : found;
}
