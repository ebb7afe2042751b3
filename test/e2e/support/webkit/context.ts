import type { Command, Driver } from "./driver.js";
import type { WithWindow } from "./element.js";
import { inspectPage } from "./inspected.js";
import { createPage, type WebKitPage } from "./page.js";
import type { BrowserProcess } from "./process.js";
import { DEFAULT_TIMEOUT, lookUntil } from "./waiting.js";
import type { Target } from "./wire.js";

/** A page as the browser has it: by the inspector's number, and by the driver's name. */
interface Tab {
  readonly target: Target;
  handle: string | undefined;
  page: WebKitPage | undefined;
}

/** What `waitForTarget` looks at. */
export interface PageTarget {
  url(): string;
  type(): "page";
  page(): Promise<WebKitPage>;
  browserContext(): unknown;
}

/** One browser with nobody's data, as puppeteer's `BrowserContext`. */
export function createContext(process: BrowserProcess, driver: Driver, browser: unknown) {
  const tabs = new Map<bigint, Tab>();
  let ended = false;
  /** Tabs that nobody asked for yet; opened by us, not by a page. */
  let opening = 0;
  const spare: Tab[] = [];

  const handleOf = (tab: Tab): Promise<string> =>
    lookUntil(
      async () => {
        if (!tab.handle) await driver.inTurn(async (command) => learnHandles(command));
        if (!tabs.has(tab.target.id)) throw new Error("Target closed");
        return tab.handle;
      },
      DEFAULT_TIMEOUT,
      "window",
    );
  /** The driver's windows that belong to no tab yet are those of the tabs without one, in their order. */
  async function learnHandles(command: (method: "GET", path: string) => Promise<unknown>) {
    const handles = (await command("GET", "/window/handles")) as string[];
    const known = new Set([...tabs.values()].map(({ handle }) => handle));
    const fresh = handles.filter((handle) => !known.has(handle));
    for (const tab of tabs.values()) tab.handle ??= fresh.shift();
  }

  const windowOf =
    (tab: Tab): WithWindow =>
    async (work) => {
      const handle = await handleOf(tab);
      return driver.inTurn(async (command) => {
        await command("POST", "/window", { handle });
        return work(command);
      });
    };

  function openPage(tab: Tab): WebKitPage {
    const inspected = inspectPage(process, tab.target);
    tab.page = createPage({
      context,
      inspected,
      withWindow: windowOf(tab),
      url: tab.target.url,
      close: () => close(tab),
    });
    return tab.page;
  }

  function popup(tab: Tab): void {
    handleOf(tab).catch(() => undefined);
    const page = openPage(tab);
    for (const { page: opener } of tabs.values()) {
      if (opener !== page && opener?.listenerCount("popup")) opener.emit("popup", page);
    }
  }

  /** A browser ends with its last window. */
  async function close(tab: Tab): Promise<void> {
    if (tabs.size === 1) spare.push(await newTab());
    await windowOf(tab)((command) => command("DELETE", "/window"));
    await lookUntil(() => Promise.resolve(!tabs.has(tab.target.id)), DEFAULT_TIMEOUT, "closing");
  }

  const awaited: ((tab: Tab) => void)[] = [];
  async function newTab(): Promise<Tab> {
    const appeared = new Promise<Tab>((resolve) => awaited.push(resolve));
    opening += 1;
    // A tab would stay in the background for ever: the driver can't bring it to the front.
    const open = (command: Command) => command("POST", "/window/new", { type: "window" });
    // The driver opens it from another one, and a popup may close meanwhile.
    const opened = [...tabs.values()].reduce<Promise<unknown>>(
      (attempt, from) => attempt.catch(() => windowOf(from)(open)),
      Promise.reject(new Error("Target closed")),
    );
    const { handle } = (await opened) as { handle: string };
    const tab = await appeared;
    tab.handle = handle;
    return tab;
  }

  process.watchTargets((targets) => {
    const pages = targets.filter(({ type }) => type === "WebPage");
    for (const target of pages) {
      const known = tabs.get(target.id);
      if (known) {
        known.page?.moved(target.url);
        continue;
      }
      const tab: Tab = { target, handle: undefined, page: undefined };
      const isFirst = tabs.size === 0;
      tabs.set(target.id, tab);
      if (isFirst) spare.push(tab);
      else if (opening > 0) {
        opening -= 1;
        awaited.shift()?.(tab);
      } else popup(tab);
    }
    const there = new Set(pages.map(({ id }) => id));
    for (const [id, { page }] of tabs) {
      if (there.has(id)) continue;
      tabs.delete(id);
      page?.ended();
    }
  });

  const pagesOf = (): WebKitPage[] => [...tabs.values()].flatMap(({ page }) => page ?? []);
  const targets = (): PageTarget[] =>
    pagesOf().map((page) => ({
      url: () => page.url(),
      type: () => "page",
      page: () => Promise.resolve(page),
      browserContext: () => context,
    }));
  const context = {
    browser: () => browser,
    newPage: async (): Promise<WebKitPage> => openPage(spare.shift() ?? (await newTab())),
    pages: () => Promise.resolve(pagesOf()),
    targets,
    waitForTarget: (
      matches: (target: PageTarget) => boolean | Promise<boolean>,
      { timeout = DEFAULT_TIMEOUT }: { timeout?: number } = {},
    ) => waitForTarget(targets, matches, timeout),
    close(): Promise<void> {
      if (!ended) {
        ended = true;
        process.stop();
        for (const page of pagesOf()) page.ended();
        tabs.clear();
      }
      return Promise.resolve();
    },
  };
  return context;
}

export type WebKitContext = ReturnType<typeof createContext>;

/** Looks until there is a target that matches. */
export const waitForTarget = (
  targets: () => readonly PageTarget[],
  matches: (target: PageTarget) => boolean | Promise<boolean>,
  timeout: number,
): Promise<PageTarget> =>
  lookUntil(
    async () => {
      for (const target of targets()) if (await matches(target)) return target;
      return undefined;
    },
    timeout,
    "target",
  );
