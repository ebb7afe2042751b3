import type { ChildProcess } from "node:child_process";
import type { Browser } from "puppeteer-core";

import { endTogether, startDisplay } from "../../../../scripts/webkit-driver.mjs";
import type { BrowserOptions } from "../browser.js";
import { createContext, waitForTarget, type PageTarget, type WebKitContext } from "./context.js";
import { startSession, type Driver } from "./driver.js";
import type { WebKitPage } from "./page.js";
import { startBrowser, type BrowserProcess } from "./process.js";
import { DEFAULT_TIMEOUT } from "./waiting.js";

type Started = Promise<{ process: BrowserProcess; driver: Driver }>;

/**
 * WebKitGTK's MiniBrowser, with what the tests use of puppeteer's `Browser`. Each browser context is a
 * browser of its own; the next one is started ahead.
 */
export async function launchWebKit({
  thirdPartyCookies = "blocked",
  acceptInsecureCerts = false,
}: BrowserOptions = {}): Promise<Browser> {
  const displays: ChildProcess[] = [];
  const endDisplay = endTogether(displays);
  const environment = await startDisplay(displays);
  const args = [
    // The policy alone is about what is set, not what is sent.
    "--cookies-policy=always",
    ...(thirdPartyCookies === "allowed" ? [] : ["--enable-itp"]),
    ...(acceptInsecureCerts ? ["--ignore-tls-errors"] : []),
  ];
  const processes: BrowserProcess[] = [];
  const start = async (): Started => {
    const process = await startBrowser(environment, args);
    processes.push(process);
    return { process, driver: await startSession(process.driverPort) };
  };
  const startAhead = (): Started => {
    const started = start();
    started.catch(() => undefined);
    return started;
  };
  let next = startAhead();
  const contexts = new Set<WebKitContext>();
  const targets = (): PageTarget[] => [...contexts].flatMap((context) => context.targets());
  const createBrowserContext = async (): Promise<WebKitContext> => {
    const started = next;
    next = startAhead();
    const { process, driver } = await started;
    const context = createContext(process, driver, browser);
    contexts.add(context);
    return context;
  };
  let own: Promise<WebKitContext> | undefined;
  const browser = {
    createBrowserContext,
    newPage: async (): Promise<WebKitPage> => (await (own ??= createBrowserContext())).newPage(),
    pages: async (): Promise<WebKitPage[]> =>
      (await Promise.all([...contexts].map((context) => context.pages()))).flat(),
    targets,
    waitForTarget: (
      matches: (target: PageTarget) => boolean | Promise<boolean>,
      { timeout = DEFAULT_TIMEOUT }: { timeout?: number } = {},
    ) => waitForTarget(targets, matches, timeout),
    async close(): Promise<void> {
      await next.catch(() => undefined);
      for (const context of contexts) await context.close();
      for (const process of processes) process.stop();
      endDisplay();
    },
  };
  return browser as unknown as Browser;
}
