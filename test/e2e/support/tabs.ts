import assert from "node:assert/strict";

import type { Browser, BrowserContext, Page } from "puppeteer-core";

import { CLIENTS, RETURN_PAGE } from "../../../demo/idp/clients.js";
import type { Setup } from "../../../demo/scenarios.js";
import type { Demo } from "../../../demo/servers.js";
import { optionsFor, type Places } from "../../../demo/site/tag.js";
import { clickAway, openWindow, PATIENCE, popupOf } from "./browser.js";
import { peek } from "./peek.js";

/** A page with the script tag and nothing else. */
export const tabPage =
  (setup: Setup, more: Readonly<Record<string, string>> = {}) =>
  (places: Places): string => {
    const engagement = "authenticated";
    const scenario = { setup, engagement, trouble: "none", vendorTag: "after" } as const;
    const options = { ...optionsFor(scenario, places), ...more };
    const attributes = Object.entries(options).map(([name, value]) => ` data-${name}="${value}"`);
    return `<!doctype html><title>Tab</title><script src="/dist/consumer-auth.js"${attributes.join("")}></script>`;
  };

/** What a call of the window is answered with. */
export interface Answer {
  readonly value: unknown;
  readonly reason: string | null;
  /** Milliseconds after the call. */
  readonly after: number;
}

/** A change of a session, and when it was seen, in milliseconds since 1970. */
export interface Change {
  readonly state: string;
  readonly at: number;
}

/** One tab of a browser. Nothing that is done here counts as the consumer's click. */
export interface Tab {
  readonly page: Page;
  /** Evaluates an expression; waits for it where it is a promise. */
  run(expression: string): Promise<unknown>;
  /** Begins so many calls of the window, and waits for none. */
  call(times?: number): Promise<void>;
  /** The answers of all calls so far, once all are answered. */
  answers(): Promise<readonly Answer[]>;
  /** A token without any person, straight from the client; the error's code where there is none. */
  token(): Promise<string>;
  /** The refresh tokens that its requests were answered with so far. */
  refreshTokens(): Promise<readonly string[]>;
  /** The session's changes so far. */
  changes(): Promise<readonly Change[]>;
  /** Waits until the session is in a state, and gives the change to it. */
  reach(state: string): Promise<Change>;
  /** Waits for an expression to be true, by the clock: a tab in the background draws no frames. */
  when(expression: string): Promise<void>;
}

// The page method is there as soon as the script tag was read; so are the calls.
const PRELUDE = `{
  window.answers = [];
  window.changes = [];
  window.refreshTokens = [];
  const { fetch } = window;
  window.fetch = async (...request) => {
    const response = await fetch(...request);
    const keep = ({ refresh_token: token }) => token && window.refreshTokens.push(token);
    response.clone().json().then(keep).catch(() => undefined);
    return response;
  };
  window.call = (times) => {
    for (let count = 0; count < times; count += 1) {
      const place = window.answers.push(null) - 1;
      const began = performance.now();
      const method = window.bank?.messaging?.getCredential ?? window.lpMethods?.lpGetAuthenticationToken ?? window.lpGetAuthenticationToken;
      method((value, reason = null) => {
        if (window.answers[place]) throw new Error("answered twice");
        window.answers[place] = { value, reason, after: performance.now() - began };
      });
    }
  };
  document.addEventListener("DOMContentLoaded", () => {
    if (typeof ConsumerAuth === "undefined") return;
    window.call(window.callAtOnce ?? 0);
    window.watching = ConsumerAuth.ready.then((auth) => {
      window.auth = auth;
      auth.addEventListener("sessionchange", ({ detail }) => {
        window.changes.push({ state: detail.state, at: performance.timeOrigin + performance.now() });
      });
    });
  });
}`;

export interface TabOptions {
  /** Where its page is. */
  readonly url: string;
  /** How many calls of the window come as soon as the script tag was read. */
  readonly callAtOnce?: number;
  /** What runs before everything else. */
  readonly before?: string;
  /** In a window of its own: it is seen, whatever else is in front. */
  readonly inWindow?: boolean;
}

export async function openTab(
  context: BrowserContext,
  { url, callAtOnce = 0, before = "", inWindow = false }: TabOptions,
): Promise<Tab> {
  const page = await (inWindow ? openWindow(context) : context.newPage());
  page.setDefaultTimeout(PATIENCE);
  await page.evaluateOnNewDocument(`window.callAtOnce = ${callAtOnce};\n${before};\n${PRELUDE}`);
  await page.goto(url);

  const run = (expression: string): Promise<unknown> => peek(page, expression);
  const when = async (expression: string): Promise<void> => {
    const holds = await run(`new Promise((resolve) => {
      const end = performance.now() + ${PATIENCE};
      const look = async () => {
        if (${expression}) resolve(true);
        else if (performance.now() > end) resolve(false);
        else setTimeout(look, 10);
      };
      look();
    })`);
    assert.ok(holds, `It doesn't hold: ${expression}`);
  };
  await when("window.auth");
  const tab: Tab = {
    page,
    run,
    when,
    async call(times = 1) {
      await run(`window.call(${times})`);
    },
    async answers() {
      await when("window.answers.every((answer) => answer)");
      return (await run("window.answers")) as readonly Answer[];
    },
    token: async () =>
      String(
        await run(
          "auth.getCredential({ interactive: false }).then(({ token }) => token, ({ code }) => code)",
        ),
      ),
    refreshTokens: async () => (await run("window.refreshTokens")) as readonly string[],
    changes: async () => (await run("window.changes")) as readonly Change[],
    async reach(state) {
      await when(`auth.session.state === ${JSON.stringify(state)}`);
      const change = (await tab.changes()).filter((one) => one.state === state).at(-1);
      assert.ok(change, `The session never became ${state}.`);
      return change;
    },
  };
  return tab;
}

/** A consumer signs in at the provider, by a visit of its own: nothing of it is kept by the brand's site. */
export async function signInAtProvider(
  context: BrowserContext,
  { idpUrl, siteUrl }: Demo,
  who = "ada",
): Promise<void> {
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const request = new URLSearchParams({
    client_id: CLIENTS.page,
    response_type: "code",
    scope: "openid",
    redirect_uri: `${siteUrl}${RETURN_PAGE}`,
    code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    code_challenge_method: "S256",
    state: "elsewhere",
    prompt: "login",
  });
  await page.goto(`${idpUrl}/auth?${request}`);
  await clickAway(page, `[data-consumer="${who}"]`);
  await page.waitForFunction("location.pathname === '/callback.html'", { polling: 50 });
  await page.close();
}

/** The consumer signs in in a tab, in a popup. */
export async function signInByPopup(tab: Tab, who = "ada", call = "{}"): Promise<void> {
  await tab.page.bringToFront();
  const popup = await popupOf(tab.page, () =>
    // What the driver evaluates counts as the consumer's click.
    tab.page.evaluate(`void auth.signIn(${call}).catch(() => undefined)`),
  );
  await clickAway(popup, `[data-consumer="${who}"]`);
  await tab.when("auth.session.state === 'authenticated'");
}

/** Somebody who was never here before. */
export async function newcomer<T>(
  browser: Browser,
  visit: (context: BrowserContext) => Promise<T>,
): Promise<T> {
  const context = await browser.createBrowserContext();
  try {
    return await visit(context);
  } finally {
    await context.close();
  }
}

/** All that the page's origin keeps, as text; keys as what can be done with them. */
export const readStorage = async (tab: Tab): Promise<string> =>
  String(
    await tab.run(`(async () => {
      const settled = (request) => new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      const shown = async (value) => {
        if (value instanceof CryptoKey) {
          const exported = await crypto.subtle.exportKey(value.type === "secret" ? "raw" : "pkcs8", value).then(() => true, () => false);
          return { type: value.type, extractable: value.extractable, exported };
        }
        if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return new TextDecoder("latin1").decode(value);
        if (typeof value !== "object" || value === null) return value;
        const entries = await Promise.all(Object.keys(value).map(async (key) => [key, await shown(value[key])]));
        return Object.fromEntries(entries);
      };
      const kept = { local: { ...localStorage }, session: { ...sessionStorage }, databases: {} };
      for (const { name } of await indexedDB.databases()) {
        const database = await settled(indexedDB.open(name));
        for (const store of database.objectStoreNames) {
          const values = database.transaction(store).objectStore(store);
          const [keys, all] = await Promise.all([settled(values.getAllKeys()), settled(values.getAll())]);
          for (const [place, key] of keys.entries()) kept.databases[name + "/" + store + "/" + key] = await shown(all[place]);
        }
        database.close();
      }
      return JSON.stringify(kept);
    })()`),
  );

/** Nothing that was kept looks like a token. */
export function assertNoToken(kept: string, known: readonly string[] = []): void {
  assert.doesNotMatch(kept, /eyJ[\w-]{8,}\.[\w-]{8,}/);
  for (const token of known) assert.equal(kept.includes(token), false, "A token is kept as text.");
}

/** The clocks of the servers and of all tabs that were opened with its script. */
export interface MovableClock {
  /** What a tab runs before everything else. */
  readonly script: string;
  advance(tabs: readonly Tab[], milliseconds: number): Promise<void>;
  readonly restore: () => void;
}

export function createMovableClock(): MovableClock {
  const { now } = Date;
  let ahead = 0;
  Date.now = () => now() + ahead;
  return {
    get script() {
      return `{ const { now } = Date; window.ahead = ${ahead}; Date.now = () => now() + window.ahead; }`;
    },
    async advance(tabs, milliseconds) {
      ahead += milliseconds;
      await Promise.all(tabs.map((tab) => tab.run(`(window.ahead = ${ahead})`)));
    },
    restore: () => {
      Date.now = now;
    },
  };
}
