import { EventEmitter, on } from "node:events";

import type { Page } from "puppeteer-core";

import { findElement, pressAt, theElement, typeKeys, type Element, type Place } from "./element.js";
import { evaluateOn, scriptOf, type Script } from "./evaluate.js";
import type { Navigated } from "./inspected.js";
import { watchRequests } from "./requests.js";
import { allOf, firstOf } from "./selectors.js";
import { DEFAULT_TIMEOUT, lookUntil } from "./waiting.js";

interface Patience {
  readonly timeout?: number;
}

interface Looking extends Patience {
  readonly visible?: boolean;
  readonly signal?: AbortSignal;
}

/** What a page is to its browser. */
export interface PageHome extends Place {
  readonly context: unknown;
  readonly url: string;
  close(): Promise<void>;
}

/** WebDriver's names of keys. */
const KEYS: Readonly<Record<string, string>> = {
  Escape: "\uE00C",
  Enter: "\uE007",
  Tab: "\uE004",
};

/** A tab or a popup, with what the tests use of puppeteer's `Page`. */
export function createPage(home: PageHome) {
  const { inspected, withWindow } = home;
  const events = new EventEmitter();
  const requests = watchRequests(inspected, events);
  const scripts: string[] = [];
  const frames = new Set<string>();
  const state = { timeout: DEFAULT_TIMEOUT, commits: 0, url: home.url, closed: false, main: "" };
  let prepared: Promise<unknown> = Promise.resolve();

  events.on("newListener", (name) => {
    if (name === "request" || name === "response") {
      prepared = Promise.all([prepared, requests.watch().catch(() => undefined)]);
    }
  });
  inspected.on("Page.frameNavigated", ({ frame: { id, parentId, url } }: Navigated) => {
    if (parentId) return;
    state.main = id;
    state.url = url;
    state.commits += 1;
    frames.clear();
  });
  inspected.on("Page.frameStartedLoading", ({ frameId }: { frameId: string }) => {
    if (state.main === "" || frameId === state.main || frames.has(frameId)) return;
    frames.add(frameId);
    events.emit("frameattached", {});
  });

  /** Where the page is now: it may have changed its address by itself. */
  const readAddress = async (): Promise<void> => {
    state.url = (await evaluateOn(inspected, "location.href", false)) as string;
  };
  const run = async (script: string, gesture: boolean): Promise<unknown> => {
    const result = evaluateOn(inspected, script, gesture);
    await Promise.all([result, readAddress().catch(() => undefined)]);
    return result;
  };
  const until = <Found>(look: () => Promise<Found>, what: string, timeout = state.timeout) =>
    lookUntil(
      async () => {
        if (state.closed) throw new Error("Target closed");
        return look();
      },
      timeout,
      what,
    );

  /** Until the next document is there with all that belongs to it. */
  async function arrival(
    act: () => Promise<unknown>,
    timeout?: number,
    within = false,
  ): Promise<null> {
    await prepared;
    const { commits } = state;
    const before = within ? await run("location.href", false) : "";
    await act();
    const arrived = async (): Promise<boolean> =>
      state.commits > commits || (within && (await run("location.href", false)) !== before);
    await until(arrived, "navigation", timeout);
    await until(() => run("document.readyState === 'complete'", false), "load", timeout);
    return null;
  }

  const post =
    (path: string, body: unknown = {}) =>
    () =>
      withWindow((command) => command("POST", path, body));

  const waitForEvent = async <Event>(
    name: string,
    matches: (event: Event) => boolean | Promise<boolean>,
    { timeout = state.timeout }: Patience = {},
  ): Promise<Event> => {
    const signal = AbortSignal.timeout(timeout);
    for await (const [event] of on(events, name, { signal })) {
      if (await matches(event as Event)) return event as Event;
    }
    throw new Error(`Waiting failed: ${name}`);
  };

  const page = {
    on(name: string, hear: (event: unknown) => void) {
      events.on(name, hear);
      return page;
    },
    once(name: string, hear: (event: unknown) => void) {
      events.once(name, hear);
      return page;
    },
    off(name: string, hear: (event: unknown) => void) {
      events.off(name, hear);
      return page;
    },
    emit: (name: string, event?: unknown) => events.emit(name, event),
    listenerCount: (name: string) => events.listenerCount(name),

    url: () => state.url,
    title: () => run("document.title", false),
    content: () => run("document.documentElement.outerHTML", false),
    isClosed: () => state.closed,
    browserContext: () => home.context,
    setDefaultTimeout(timeout: number) {
      state.timeout = timeout;
    },
    goto: (url: string, { timeout }: Patience = {}) =>
      arrival(post("/url", { url }), timeout, url.includes("#")),
    reload: ({ timeout }: Patience = {}) => arrival(post("/refresh"), timeout),
    goBack: ({ timeout }: Patience = {}) => arrival(post("/back"), timeout, true),
    goForward: ({ timeout }: Patience = {}) => arrival(post("/forward"), timeout, true),
    waitForNavigation: ({ timeout }: Patience = {}) => arrival(() => Promise.resolve(), timeout),
    /** The window is given its size, even the same, where it is minimized. */
    bringToFront: () =>
      withWindow(async (command) =>
        command("POST", "/window/rect", await command("GET", "/window/rect")),
      ),
    close: () => home.close(),

    evaluate: (script: Script, ...args: unknown[]) => run(scriptOf(script, args), true),
    /** Without the consumer's gesture. */
    peek: (script: string) => run(script, false),
    async evaluateOnNewDocument(script: Script, ...args: unknown[]) {
      scripts.push(scriptOf(script, args));
      const source = scripts.join(";\n");
      await inspected.prepare("Page.setBootstrapScript", { source });
    },
    waitForFunction: (script: Script, { timeout }: Patience = {}, ...args: unknown[]) =>
      until(() => run(scriptOf(script, args), false), scriptOf(script, args), timeout),
    waitForSelector: (
      selector: string,
      { timeout, visible = false, signal }: Looking = {},
    ): Promise<Element> =>
      until(
        async () => {
          signal?.throwIfAborted();
          const shown = `(${firstOf(selector)})?.getClientRects().length > 0`;
          return visible && !(await run(shown, false)) ? null : findElement(home, selector);
        },
        selector,
        timeout,
      ),
    $: (selector: string) => findElement(home, selector),
    $eval: async (selector: string, script: Script, ...args: unknown[]) =>
      (await theElement(home, selector)).evaluate(script, ...args),
    $$eval: (selector: string, script: Script, ...args: unknown[]) => {
      const more = args.map((arg) => `, ${JSON.stringify(arg)}`).join("");
      return run(`(${String(script)})(${allOf(selector)}${more})`, true);
    },
    async click(selector: string) {
      await prepared;
      await (await theElement(home, selector)).click();
    },
    tap: async (selector: string) => (await theElement(home, selector)).tap(),
    type: async (selector: string, text: string) => (await theElement(home, selector)).type(text),
    mouse: { click: (x: number, y: number) => pressAt(withWindow, x, y) },
    keyboard: {
      press: (key: string) => typeKeys(withWindow, [KEYS[key] ?? key]),
      type: (text: string) => typeKeys(withWindow, Array.from(text)),
    },

    waitForRequest: (matches: (request: unknown) => boolean, patience?: Patience) =>
      waitForEvent("request", matches, patience),
    waitForResponse: (matches: (response: unknown) => boolean, patience?: Patience) =>
      waitForEvent("response", matches, patience),
    setRequestInterception: (enabled: boolean) => requests.intercept(enabled),
    /** Without it no page is kept for the way back, either. */
    async setCacheEnabled(enabled: boolean) {
      await requests.watch();
      await inspected.prepare("Network.setResourceCachingDisabled", { disabled: !enabled });
    },
    async setOfflineMode(offline: boolean) {
      await requests.cut(offline);
      const type = offline ? "offline" : "online";
      const told = `Object.defineProperty(navigator, "onLine", { configurable: true, value: ${!offline} });
        void dispatchEvent(new Event("${type}"))`;
      await run(told, false);
    },
    setUserAgent: (agent: string | { userAgent: string }) =>
      inspected.prepare("Page.overrideUserAgent", {
        value: typeof agent === "string" ? agent : agent.userAgent,
      }),
    minimize: post("/window/minimize"),
    async setViewport({ width, height }: { width: number; height: number }) {
      // The window has its borders and bars.
      const [innerWidth, innerHeight] = (await run("[innerWidth, innerHeight]", false)) as [
        number,
        number,
      ];
      await withWindow(async (command) => {
        const rect = (await command("GET", "/window/rect")) as { width: number; height: number };
        await command("POST", "/window/rect", {
          width: rect.width + width - innerWidth,
          height: rect.height + height - innerHeight,
        });
      });
    },
    /** The browser says where it is. */
    moved(url: string) {
      state.url = url;
    },
    /** It is gone. */
    ended() {
      if (state.closed) return;
      state.closed = true;
      inspected.end();
      events.emit("close");
    },
  };
  return page;
}

export type WebKitPage = ReturnType<typeof createPage>;

/** Puts the page's window away, until the page is brought to the front. */
export const minimize = (page: Page): Promise<unknown> =>
  (page as unknown as WebKitPage).minimize();

/** Evaluates without the consumer's gesture. */
export const evaluateOverInspector = (
  page: Page,
  expression: string,
): Promise<string | undefined> =>
  (page as unknown as WebKitPage).peek(expression) as Promise<string | undefined>;
