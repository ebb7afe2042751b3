import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";

import type { BrowserContext, Page } from "puppeteer-core";

import { visit } from "./support/browser.js";
import {
  onlyAnswer,
  openDemo,
  outcome,
  press,
  signIn,
  startWithoutGesture,
} from "./support/demo-page.js";
import { claimsOf } from "./support/tokens.js";
import { useDemo } from "./support/use-demo.js";

/** Seconds: with less than a minute left a token is due for renewal. */
const LIFETIME = 66;

const subjectOf = (answer: unknown): unknown => claimsOf(answer)["sub"];

describe("the anonymous consumer", () => {
  let context: BrowserContext;
  let page: Page;

  const stage = useDemo({ anonymousTokenLifetime: LIFETIME });

  beforeEach(async () => {
    ({ context, page } = await visit(stage.browser));
  });

  afterEach(async () => {
    await context.close();
  });

  async function chat(tab: Page): Promise<unknown> {
    await openDemo(tab, stage.demo.siteUrl, { setup: "anonymous" });
    await tab.click("#start");
    const seen = await outcome(tab);
    assert.equal(seen.state, "connected");
    assert.equal(seen.agent?.authenticated, false);
    return onlyAnswer(seen)[0];
  }

  it("is the same person on the next page and in the next tab, and never asked to sign in", async () => {
    const first = await chat(page);
    const next = await chat(page);
    const tab = await context.newPage();
    const other = await chat(tab);
    assert.equal(subjectOf(next), subjectOf(first));
    assert.equal(subjectOf(other), subjectOf(first));
    assert.equal(await page.$("consumer-auth"), null);
  });

  it("is the same person when the token was renewed", async () => {
    const first = await chat(page);
    const { anonymousCreated, anonymousRenewed } = stage.demo.counters.cloud;
    // The page's clock goes on until the token is due.
    await page.evaluateOnNewDocument(`{
      const { now } = Date;
      Date.now = () => now() + 10_000;
    }`);
    const renewed = await chat(page);
    assert.notEqual(renewed, first);
    assert.equal(subjectOf(renewed), subjectOf(first));
    assert.equal(stage.demo.counters.cloud.anonymousCreated, anonymousCreated);
    assert.equal(stage.demo.counters.cloud.anonymousRenewed, anonymousRenewed + 1);
  });

  it("is one person where two tabs begin at once", async () => {
    const tab = await context.newPage();
    await Promise.all(
      [page, tab].map((one) => openDemo(one, stage.demo.siteUrl, { setup: "anonymous" })),
    );
    const created = stage.demo.counters.cloud.anonymousCreated;
    await Promise.all(
      [page, tab].map((one) => one.evaluate("document.querySelector('#start').click()")),
    );
    const answers = await Promise.all([page, tab].map((one) => outcome(one)));
    const [one, other] = answers.map((seen) => subjectOf(onlyAnswer(seen)[0]));
    assert.equal(other, one);
    assert.equal(stage.demo.counters.cloud.anonymousCreated, created + 1);
  });

  it("goes on as a guest instead of signing in, is not asked again, and may sign in later", async () => {
    await openDemo(page, stage.demo.siteUrl, { setup: "implicit" });
    await startWithoutGesture(page);
    await press(page, "Continue as guest");
    const guest = await outcome(page);
    assert.equal(guest.state, "connected");
    assert.equal(guest.agent?.authenticated, false);

    await openDemo(page, stage.demo.siteUrl, { setup: "implicit" });
    await page.click("#start");
    const again = await outcome(page);
    assert.equal(subjectOf(onlyAnswer(again)[0]), subjectOf(onlyAnswer(guest)[0]));

    // What the driver evaluates counts as the consumer's gesture.
    await signIn(page, () =>
      page.evaluate("void ConsumerAuth.ready.then((auth) => auth.signIn())"),
    );
    await page.waitForFunction(
      "ConsumerAuth.ready.then((auth) => auth.session.state === 'authenticated')",
    );
    await page.click("#ask-again");
    await page.waitForFunction("window.demoWindow.agent?.authenticated === true");
  });

  it("lasts as long as the page where there is no storage, and the page is told", async () => {
    await page.evaluateOnNewDocument("Reflect.deleteProperty(globalThis, 'indexedDB')");
    await page.evaluateOnNewDocument(
      "Object.defineProperty(globalThis, 'indexedDB', { value: undefined })",
    );
    await openDemo(page, stage.demo.siteUrl, { setup: "anonymous" });
    await page.evaluate(`ConsumerAuth.ready.then((auth) => {
      auth.addEventListener("error", ({ detail }) => (window.told = detail.code));
    })`);
    await page.click("#start");
    const first = onlyAnswer(await outcome(page))[0];
    await page.click("#ask-again");
    await page.waitForFunction("window.demoWindow.calls[1]?.answers.length === 1");
    assert.equal(onlyAnswer(await outcome(page))[0], first);
    assert.equal(await page.evaluate("window.told"), "storage_unavailable");
  });
});
