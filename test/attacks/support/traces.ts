import { override } from "../../support/override.js";

/** What a page says and shows while it is under attack. */
export interface Traces {
  /** Errors that nobody caught. */
  readonly uncaught: readonly string[];
  /** Everything that was told: console, events, errors that nobody caught. */
  readonly told: readonly string[];
  /** @param detail - of an event of the client's */
  tell(detail: unknown): void;
  stop(): void;
}

/** Of whichever page. */
const isError = (value: unknown): value is Error =>
  Object.prototype.toString.call(value) === "[object Error]";

const toText = (value: unknown): string =>
  isError(value)
    ? [value.message, value.stack, toText(value.cause ?? "")].join(" ")
    : typeof value === "string"
      ? value
      : JSON.stringify([value]);

/** @param page - whose traces they are */
export function recordTraces(page: Window & typeof globalThis = window): Traces {
  const told: string[] = [];
  const uncaught: string[] = [];
  const tell = (detail: unknown): void => {
    told.push(toText(detail));
  };
  const undo = (["debug", "error", "info", "log", "trace", "warn"] as const).map((name) =>
    override(page.console, name, (...values: unknown[]) => {
      values.forEach(tell);
    }),
  );
  const listening = new AbortController();
  const fail = (event: ErrorEvent | PromiseRejectionEvent): void => {
    event.preventDefault();
    event.stopImmediatePropagation();
    const text = toText("reason" in event ? event.reason : (event.error ?? event.message));
    uncaught.push(text);
    told.push(text);
  };
  const options = { capture: true, signal: listening.signal };
  page.addEventListener("error", fail, options);
  page.addEventListener("unhandledrejection", fail, options);
  return {
    told,
    uncaught,
    tell,
    stop() {
      listening.abort();
      for (const restore of undo) restore();
    },
  };
}

const finished = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(request.error ?? new Error("It failed."));
    };
  });

async function readDatabase(name: string): Promise<string> {
  const database = await finished(indexedDB.open(name));
  try {
    const stores = [...database.objectStoreNames];
    const contents = stores.map((store) => {
      const objects = database.transaction(store).objectStore(store);
      return Promise.all([finished(objects.getAllKeys()), finished(objects.getAll())]);
    });
    return toText(await Promise.all(contents));
  } finally {
    database.close();
  }
}

const markupOf = (root: Document | ShadowRoot | Element): string =>
  [
    ...(root instanceof Document ? [root.documentElement.outerHTML] : []),
    ...(root instanceof ShadowRoot ? [root.innerHTML] : []),
    ...[...root.querySelectorAll("*")].map(({ shadowRoot }) =>
      shadowRoot ? markupOf(shadowRoot) : "",
    ),
  ].join("\n");

/** Where a page can leave something behind, and all that it has left there. */
export async function readPlaces(): Promise<Readonly<Record<string, string>>> {
  const databases = await indexedDB.databases();
  return {
    "the address": location.href,
    "the window's name": window.name,
    cookies: document.cookie,
    localStorage: toText(Object.entries(localStorage)),
    sessionStorage: toText(Object.entries(sessionStorage)),
    IndexedDB: (await Promise.all(databases.map(({ name }) => readDatabase(String(name))))).join(),
    "the document": markupOf(document),
    globals: Object.values(Object.getOwnPropertyDescriptors(window))
      .map(({ value }: PropertyDescriptor) => (typeof value === "string" ? value : ""))
      .join(" "),
  };
}
