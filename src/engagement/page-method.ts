import type { ErrorCode } from "../base/errors.js";
import { parsePath } from "../config/path.js";
import type { Credential } from "../sources/credential.js";

/** Where the page method is put, and who answers its calls. */
export interface PageMethodOptions {
  /** The connector's JS context: a dotted path from the global scope. */
  readonly jsContext: string;
  /** The connector's JS method name. */
  readonly jsMethodName: string;
  /** Answers one call; must settle. */
  readonly answer: (codeChallenge: unknown) => Promise<Credential>;
  /** What stands in for a credential when there is none: `{}` in the code flow, else `""`. */
  readonly nothing: () => "" | Record<string, never>;
}

/**
 * What an error says. The loader does without the error class, to be small: its errors are told by
 * their `code`, like all others.
 */
export function readError(error: unknown): { readonly code: string; readonly message: string } {
  const { code, message = "" } = (error ?? {}) as { code?: unknown; message?: string };
  // A DOMException has a number there.
  return { code: typeof code === "string" ? code : "unexpected", message };
}

const warn = (message: string): void => {
  console.warn(`consumer-auth: ${message}`);
};

/** A credential as the window's callback takes it. */
const toAnswer = (credential: Credential): unknown =>
  credential.kind === "code"
    ? { ssoKey: credential.code, redirect_uri: credential.redirectUri }
    : credential.token;

function createPageMethod({ answer, nothing, jsMethodName }: PageMethodOptions) {
  return (callback: unknown, codeChallenge?: unknown): void => {
    if (typeof callback !== "function") {
      warn(`${jsMethodName} was called without a callback: nobody can be answered.`);
      return;
    }
    const reply = (...values: readonly unknown[]): void => {
      try {
        (callback as (...values: readonly unknown[]) => unknown)(...values);
      } catch (error) {
        // The caller's own mistake: shown as such, without a second answer.
        setTimeout(() => {
          throw error;
        });
      }
    };
    Promise.resolve()
      .then(() => answer(codeChallenge))
      .then(toAnswer)
      .then(
        (value) => {
          reply(value);
        },
        (error: unknown) => {
          const { code, message } = readError(error);
          reply(nothing(), `${code}: ${message}`);
        },
      );
  };
}

type Scope = Record<string, unknown>;

const isScope = (value: unknown): value is Scope =>
  (typeof value === "object" && value !== null) || typeof value === "function";

/** Walks to the object that holds the method; what is missing on the way is made, nothing replaced. */
function findContext(names: readonly string[]): Scope {
  let scope = globalThis as unknown as Scope;
  for (const name of names) {
    // Own properties only: an element's id or an inherited name must not lead elsewhere.
    if (!Object.hasOwn(scope, name) || scope[name] === undefined || scope[name] === null) {
      scope[name] = {};
    }
    const next = scope[name];
    if (!isScope(next)) throw new TypeError(`${name} is a ${typeof next}`);
    scope = next;
  }
  return scope;
}

/**
 * Puts the page method where the connector says. A function that is there already is kept, to be
 * put back by the returned function.
 *
 * @returns undoes it, unless somebody else has replaced the method since
 * @throws Error with `code` `page_method_conflict` where the place can't be written to
 */
export function exposePageMethod(options: PageMethodOptions): () => void {
  const { jsContext, jsMethodName } = options;
  const place = `${jsContext}.${jsMethodName}`;
  const method = createPageMethod(options);
  const code: ErrorCode = "page_method_conflict";
  let context: Scope;
  let before: PropertyDescriptor | undefined;
  try {
    const names = parsePath(place);
    if (!names) throw new TypeError("it is no path");
    context = findContext(names.slice(0, -1));
    before = Object.getOwnPropertyDescriptor(context, jsMethodName);
    context[jsMethodName] = method;
    if (context[jsMethodName] !== method) throw new TypeError("it had no effect");
  } catch (cause) {
    const message = `${place} can't be set: it is no path, frozen, or a part of it is no object.`;
    throw Object.assign(new Error(message, { cause }), { code });
  }
  if (typeof before?.value === "function") {
    warn(`${place} existed already and is replaced: remove one of the two.`);
  }
  return () => {
    concealed.set(method, before);
    if (context[jsMethodName] !== method) return;
    // Of several, those that were taken away earlier don't come back.
    while (before && concealed.has(before.value as object)) {
      before = concealed.get(before.value as object);
    }
    if (before) Object.defineProperty(context, jsMethodName, before);
    else Reflect.deleteProperty(context, jsMethodName);
  };
}

/** Page methods that were taken away, with what was there before them. */
const concealed = new WeakMap<object, PropertyDescriptor | undefined>();
