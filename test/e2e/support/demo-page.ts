import type { Page } from "puppeteer-core";

import type { Engagement, Setup, Trouble, VendorTag } from "../../../demo/scenarios.js";
import type { DemoWindow } from "../../../demo/window/record.js";
import { clickAway, PATIENCE, popupOf } from "./browser.js";
import { peek, peekUntil } from "./peek.js";

export interface Switches {
  readonly setup: Setup;
  readonly engagement?: Engagement;
  readonly trouble?: Trouble;
  readonly vendorTag?: VendorTag;
}

/** Opens the brand's page with these switches set, once the library is there. */
export async function openDemo(page: Page, siteUrl: string, switches: Switches): Promise<void> {
  await page.goto(`${siteUrl}/?${new URLSearchParams({ ...switches })}`);
  await peek(page, "ConsumerAuth.ready.then(() => undefined)");
}

/** Has the window call without a click. The button waits as well until the last click has worn off: seconds. */
export async function startWithoutGesture(page: Page): Promise<void> {
  const before = Number(await peek(page, "window.demoWindow.calls.length"));
  await peek(page, "document.querySelector('#start-without-gesture').click()");
  // What the driver evaluates next may count as a gesture: the call must have come to its end by then, or to a person.
  await peekUntil(
    page,
    `window.demoWindow.calls.length > ${before} &&
      (document.querySelector("consumer-auth")?.view || window.demoWindow.calls.at(-1).answers.length > 0)`,
  );
}

/** What the window has seen so far. */
export const readWindow = (page: Page): Promise<DemoWindow> =>
  page.evaluate("window.demoWindow") as Promise<DemoWindow>;

/** What the window has seen once it knows where it stands. */
export async function outcome(page: Page): Promise<DemoWindow> {
  // By the clock: a tab in the background draws no frames.
  await page.waitForFunction("!['idle', 'waiting'].includes(window.demoWindow.state)", {
    polling: 50,
  });
  return readWindow(page);
}

/** The arguments of the window's only answer to its latest call. */
export function onlyAnswer({ calls }: DemoWindow): readonly unknown[] {
  const answers = calls.at(-1)?.answers ?? [];
  if (answers.length !== 1) throw new Error(`The call was answered ${answers.length} times.`);
  return answers[0]?.args.map(({ value }) => value) ?? [];
}

const PROMPT = "consumer-auth >>> [role=dialog]";

/** Waits for the prompt, and gives the texts of its buttons. */
export async function promptButtons(page: Page): Promise<string[]> {
  await page.waitForSelector(PROMPT);
  return page.$$eval("consumer-auth >>> footer button", (buttons) =>
    buttons.map((button) => button.textContent.trim()),
  );
}

/** Presses a button of the prompt by its text. */
export async function press(page: Page, text: string): Promise<void> {
  const button = await page.waitForSelector(`consumer-auth >>> ::-p-aria([name="${text}"])`, {
    timeout: PATIENCE,
  });
  await button?.click();
}

/** Waits until the prompt tells of a problem in words that match. */
export async function problem(page: Page, words: RegExp): Promise<void> {
  await page.waitForFunction(
    (source: string) => {
      const element = document.querySelector("consumer-auth");
      const alert = element?.shadowRoot?.querySelector("[role=alert]");
      return new RegExp(source).test(alert?.textContent ?? "");
    },
    { timeout: PATIENCE },
    words.source,
  );
}

/** Signs in at the provider's page in the popup that the act opens. */
export async function signIn(page: Page, act: () => Promise<unknown>, who = "ada"): Promise<void> {
  const popup = await popupOf(page, act);
  await clickAway(popup, `[data-consumer="${who}"]`);
}
