/**
 * Puts something else in the place of a property.
 *
 * @returns puts back what was there
 */
export const override = (object: object, name: string, value: unknown): (() => void) =>
  replace(object, name, { value, configurable: true, writable: true });

/** What a browser does where storage is switched off. */
export const denied = (): never => {
  throw new DOMException("Denied.", "SecurityError");
};

/**
 * Has whoever reads a property be denied it.
 *
 * @returns puts back what was there
 */
export const deny = (object: object, name: string): (() => void) =>
  replace(object, name, { get: denied, configurable: true });

function replace(object: object, name: string, property: PropertyDescriptor): () => void {
  const before = Object.getOwnPropertyDescriptor(object, name);
  // WebKit's compiled code goes on with a getter in whose place another was put directly.
  Reflect.deleteProperty(object, name);
  Object.defineProperty(object, name, property);
  return () => {
    Reflect.deleteProperty(object, name);
    if (before) Object.defineProperty(object, name, before);
  };
}
