import type { Page } from "puppeteer-core";

import type { Demo } from "../../../demo/servers.js";
import { readScenario } from "../../../demo/scenarios.js";
import { homePage } from "../../../demo/site/pages/home.js";
import type { Places } from "../../../demo/site/tag.js";
import { CLIENTS } from "../../../demo/idp/clients.js";
import type { IdpCounters } from "../../../demo/idp/counters.js";
import type { DemoWindow } from "../../../demo/window/record.js";
import { readWindow, type Switches } from "./demo-page.js";
import { clickAway, PATIENCE } from "./browser.js";
import { peekUntil } from "./peek.js";

/**
 * The demo's page with further options in its script tag, which win over those of the set-up.
 *
 * @param options - attributes without `data-`
 * @param head - stands before all else
 */
export const demoPageWith =
  (switches: Switches, options: Readonly<Record<string, string>>, head = "") =>
  (places: Places): string => {
    const scenario = readScenario(new URLSearchParams({ ...switches }));
    const page = homePage({ scenario, autostart: false, signedIn: undefined, here: "/" }, places);
    const attributes = Object.entries(options).map(([name, value]) => ` data-${name}="${value}"`);
    // Of an attribute that comes twice the first one counts.
    return page.html
      .replace("<head>", `<head>${head}`)
      .replace('<script src="/dist/consumer-auth.js"', (tag) => `${tag}${attributes.join("")}`);
  };

/** What the library said of one call: what was handed over, or the error's code, and how it came to it. */
export interface Told {
  readonly what: string;
  /** `silent login_required` */
  readonly attempts: readonly string[];
  /** Milliseconds for each of them. */
  readonly elapsed: readonly number[];
}

/** Has every page of this tab keep what the library tells in its events. Call it before the page is opened. */
export async function listen(page: Page): Promise<void> {
  await page.evaluateOnNewDocument(`{
    window.told = { credential: [], error: [], states: [] };
    document.addEventListener("readystatechange", () => {
      window.ConsumerAuth?.ready.then((auth) => {
        for (const type of ["credential", "error"]) {
          auth.addEventListener(type, ({ detail: { kind, code, attempts } }) => {
            window.told[type].push({
              what: kind ?? code,
              attempts: attempts.map(({ rung, outcome }) => rung + " " + outcome),
              elapsed: attempts.map(({ elapsed }) => elapsed),
            });
          });
        }
        auth.addEventListener("sessionchange", ({ detail }) => {
          window.told.states.push(detail.state);
        });
      }, () => undefined);
    }, { once: true });
  }`);
}

/** What {@link listen} has heard on this page. */
export const heard = (page: Page): Promise<Record<"credential" | "error", readonly Told[]>> =>
  page.evaluate("window.told") as Promise<Record<"credential" | "error", readonly Told[]>>;

/** How the last credential came about. */
export async function lastAttempts(page: Page): Promise<readonly string[]> {
  return (await heard(page)).credential.at(-1)?.attempts ?? [];
}

/** Counts requests to the identity provider from now on. */
export function countFrom({ counters }: Demo): (kind: keyof IdpCounters) => number {
  const before = { ...counters.idp };
  return (kind) => counters.idp[kind] - before[kind];
}

/** Has somebody sign in at the identity provider without the library. */
export async function signInAtProvider(page: Page, demo: Demo, who = "ada"): Promise<void> {
  await page.goto(
    `${demo.idpUrl}/auth?${new URLSearchParams({
      client_id: CLIENTS.implicit,
      response_type: "id_token",
      redirect_uri: `${demo.siteUrl}/callback.html`,
      scope: "openid",
      nonce: "elsewhere",
    })}`,
  );
  await clickAway(page, `[data-consumer="${who}"]`);
  await page.waitForFunction("location.pathname === '/callback.html'");
}

/** Waits until an identity function of the page has told the window who is there, or that nobody is. */
export async function identityTold(page: Page): Promise<DemoWindow> {
  await page.waitForFunction(
    "window.demoWindow.identities.some(({ answers }) => answers.length > 0)",
    { polling: 50 },
  );
  return readWindow(page);
}

/** Waits until the window's call of this number, from 0, is answered. */
export async function answered(page: Page, call: number): Promise<void> {
  await page.waitForFunction(`window.demoWindow.calls[${call}]?.answers.length === 1`, {
    polling: 50,
    timeout: PATIENCE,
  });
}

/** What the library keeps of a sign-in under way. */
export const pendingRequests = (page: Page): Promise<number> =>
  page.evaluate(
    "Object.keys(sessionStorage).filter((key) => key.startsWith('consumer-auth:pending:')).length",
  ) as Promise<number>;

/** The session's state, as the page's own client has it. */
export const stateIs = (page: Page, state: string): Promise<void> =>
  peekUntil(page, `ConsumerAuth.ready.then((auth) => auth.session.state === "${state}")`);

/** Waits, without a gesture, until the prompt asks for a click. */
export const promptAsks = (page: Page): Promise<void> =>
  peekUntil(
    page,
    "!!document.querySelector('consumer-auth')?.shadowRoot?.querySelector('footer button.primary')",
  );
