/** Makes something where it would be in a browser, as far as its surroundings tell. */
export function inBrowser<Made>(make: () => Made): Made {
  const { process } = globalThis;
  const surroundings = { process: undefined, document: {} };
  const define = (name: string, value: unknown): void => {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  };
  try {
    for (const [name, value] of Object.entries(surroundings)) define(name, value);
    return make();
  } finally {
    define("process", process);
    Reflect.deleteProperty(globalThis, "document");
  }
}
