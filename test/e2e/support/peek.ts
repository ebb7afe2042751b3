import { setTimeout as pause } from "node:timers/promises";

import type { CDPSession, Page } from "puppeteer-core";

import { engine } from "../../support/engines.js";
import { PATIENCE } from "./browser.js";
import { evaluateOverBidi } from "./firefox.js";
import { evaluateOverInspector } from "./webkit/page.js";

/**
 * Evaluates an expression, and waits for it where it is a promise, without the gesture that the driver's
 * `evaluate` brings along: with it the page may open popups.
 */
export async function peek(page: Page, expression: string): Promise<unknown> {
  const text = await evaluateQuietly(page, `(async () => JSON.stringify(await (${expression})))()`);
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
}

const evaluateQuietly = {
  chromium: evaluateOverCdp,
  firefox: evaluateOverBidi,
  webkit: evaluateOverInspector,
}[engine];

async function evaluateOverCdp(page: Page, expression: string): Promise<string | undefined> {
  const session = sessions.get(page) ?? (await page.createCDPSession());
  sessions.set(page, session);
  const { result, exceptionDetails } = await session.send("Runtime.evaluate", {
    expression,
    awaitPromise: true,
    returnByValue: true,
    userGesture: false,
  });
  if (exceptionDetails) {
    throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  }
  return result.value as string | undefined;
}

const sessions = new WeakMap<Page, CDPSession>();

/** Waits, without a gesture, until something holds on a page, which may be on its way to another one. */
export async function peekUntil(page: Page, expression: string): Promise<void> {
  const end = performance.now() + PATIENCE;
  for (;;) {
    if (await peek(page, expression).catch(() => false)) return;
    if (performance.now() > end) throw new Error(`It doesn't hold on ${page.url()}: ${expression}`);
    await pause(50);
  }
}

const PLACE = "[location.href, performance.timeOrigin]";

/** Does what leads to another page, or to the same one loaded anew, and waits until it is there. */
async function go(page: Page, how: string): Promise<void> {
  const place = JSON.stringify(await peek(page, PLACE));
  await peek(page, `void ${how}`).catch(() => undefined);
  await peekUntil(page, `JSON.stringify(${PLACE}) !== ${JSON.stringify(place)}`);
}

/** Goes back or forward to another page, which may have been kept for it: then nothing is loaded. */
export const traverse = (page: Page, delta: 1 | -1): Promise<void> =>
  go(page, `history.go(${delta})`);

/** Loads a page anew. The driver's own way waits in vain where the page had been kept for the way back. */
export const reload = (page: Page): Promise<void> => go(page, "location.reload()");

/** Where a page is. What the driver says of it comes late. */
export const addressOf = async (page: Page): Promise<string> =>
  String(await peek(page, "location.href"));

/** Evaluates an expression in a click of the consumer's, and gives its value. */
export async function inClick(page: Page, expression: string): Promise<unknown> {
  await peek(
    page,
    `void addEventListener("click", (event) => {
      event.stopImmediatePropagation();
      event.preventDefault();
      window.clicked = ${expression};
    }, { once: true, capture: true })`,
  );
  await page.mouse.click(1, 1);
  return peek(page, "window.clicked");
}
