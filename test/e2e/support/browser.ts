import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import puppeteer, {
  type Browser,
  type BrowserContext,
  type LaunchOptions,
  type Page,
} from "puppeteer-core";

import { CHROMIUM_ARGS, FIREFOX_SETTINGS, programsOf } from "../../../scripts/browsers.mjs";
import { engine } from "../../support/engines.js";
import { setOffline as setOfflineInFirefox } from "./firefox.js";
import { launchWebKit } from "./webkit/launch.js";
import { minimize } from "./webkit/page.js";

/** How long anything may take in these tests, in milliseconds. */
export const PATIENCE = 20_000;

export interface BrowserOptions extends LaunchOptions {
  /**
   * As they come, Chromium lets no frame of another site see that site's cookies, and Firefox gives
   * it others for each site that it is embedded in.
   */
  readonly thirdPartyCookies?: "allowed" | "blocked";
}

/** A browser of this run's engine, which opens popups as a consumer's does. */
export async function launch(options: BrowserOptions = {}): Promise<Browser> {
  switch (engine) {
    case "chromium":
      return launchChromium(options);
    case "firefox":
      return launchFirefox(options);
    case "webkit":
      return launchWebKit(options);
  }
}

async function launchChromium({
  thirdPartyCookies = "blocked",
  ...options
}: BrowserOptions): Promise<Browser> {
  // Settings come from the profile alone.
  const profile = mkdtempSync(join(tmpdir(), "e2e-profile-"));
  const blocked = thirdPartyCookies === "blocked";
  const settings = {
    profile: { block_third_party_cookies: blocked, cookie_controls_mode: blocked ? 1 : 0 },
  };
  mkdirSync(join(profile, "Default"));
  writeFileSync(join(profile, "Default", "Preferences"), JSON.stringify(settings));
  const browser = await puppeteer.launch({
    executablePath: programsOf("chromium").chromium,
    headless: true,
    userDataDir: profile,
    args: [...CHROMIUM_ARGS],
    ignoreDefaultArgs: ["--disable-popup-blocking"],
    ...options,
  });
  browser.process()?.once("exit", () => {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  });
  return browser;
}

/** As in a consumer's Firefox; its driver has all sites in one process, and keeps no page for the way back. */
const AS_IT_COMES = {
  "fission.bfcacheInParent": true,
  "fission.webContentIsolationStrategy": 1,
  "dom.disable_open_during_load": true,
};

/** `network.cookie.cookieBehavior`: all are accepted, or each site's apart (Total Cookie Protection). */
const COOKIE_BEHAVIOR = { allowed: 0, blocked: 5 };

function launchFirefox({
  thirdPartyCookies = "blocked",
  extraPrefsFirefox,
  ...options
}: BrowserOptions): Promise<Browser> {
  return puppeteer.launch({
    browser: "firefox",
    executablePath: programsOf("firefox").firefox,
    headless: true,
    extraPrefsFirefox: {
      ...FIREFOX_SETTINGS,
      ...AS_IT_COMES,
      "network.cookie.cookieBehavior": COOKIE_BEHAVIOR[thirdPartyCookies],
      ...extraPrefsFirefox,
    },
    ...options,
  });
}

/** The page of somebody who was never here before. */
export async function visit(browser: Browser): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  return { context, page };
}

/** A page in a window of its own: it is seen, whatever else is in front. */
export async function openWindow(context: BrowserContext): Promise<Page> {
  const page = await context.newPage({ type: "window" });
  page.setDefaultTimeout(PATIENCE);
  if (engine === "chromium") {
    // Without a screen its windows hide each other.
    const session = await page.createCDPSession();
    await session.send("Emulation.setFocusEmulationEnabled", { enabled: true });
  }
  return page;
}

/** Has a page not be seen until it is brought to the front. */
export async function hide(page: Page): Promise<void> {
  if (engine === "webkit") await minimize(page);
  else await (await page.browserContext().newPage()).bringToFront();
}

/** Does something that opens a popup, and gives the popup. */
export async function popupOf(page: Page, act: () => Promise<unknown>): Promise<Page> {
  const opened = new Promise<Page>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error("No popup was opened."));
    }, PATIENCE);
    page.once("popup", (popup) => {
      clearTimeout(timer);
      if (popup) resolve(popup);
    });
  });
  await act();
  if (engine === "webkit") await clickAgain(page, opened);
  const popup = await opened;
  popup.setDefaultTimeout(PATIENCE);
  return popup;
}

/**
 * WebKit opens a popup in the click itself only. Where something else had to be tried first, it is too
 * late, and the prompt asks for another click.
 */
async function clickAgain(page: Page, opened: Promise<Page>): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  opened.finally(() => over.abort()).catch(() => undefined);
  const asked = page.waitForSelector(PRIMARY_BUTTON, { timeout: PATIENCE, signal });
  await Promise.race([opened, asked.then((button) => button?.click())]);
}

const PRIMARY_BUTTON = "consumer-auth >>> footer button.primary";

/** Clicks what makes its own page go away. */
export async function clickAway(page: Page, selector: string): Promise<void> {
  const button = await page.waitForSelector(selector);
  try {
    await button?.click();
  } catch (error) {
    if (!/closed|destroyed|detached|navigat/i.test(String(error))) throw error;
  }
}

/** Keeps back the requests that match, until the returned function lets them go. */
export async function holdRequests(page: Page, matches: RegExp): Promise<() => void> {
  const held: (() => void)[] = [];
  let holding = true;
  await page.setRequestInterception(true);
  page.on("request", (request) => {
    const go = (): void => void request.continue();
    if (holding && matches.test(request.url())) held.push(go);
    else go();
  });
  return () => {
    holding = false;
    for (const go of held.splice(0)) go();
  };
}

/** Takes the network from a page, or gives it back; the page is told. */
export const setOffline = (page: Page, offline: boolean): Promise<void> =>
  engine === "firefox" ? setOfflineInFirefox(page, offline) : page.setOfflineMode(offline);
