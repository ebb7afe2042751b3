import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";

import type { Browser, BrowserContext, Page } from "puppeteer-core";

import { startDemo, type Demo } from "../../demo/servers.js";
import { launch, visit } from "./support/chromium.js";
import { onlyAnswer, openDemo, outcome, press, signIn } from "./support/demo-page.js";

/** Seconds: with less than a minute left a token is due for renewal. */
const LIFETIME = 62;

const subjectOf = (answer: unknown): string => {
  const payload = Buffer.from(String(String(answer).split(".")[1]), "base64url").toString();
  return (JSON.parse(payload) as { sub: string }).sub;
};

describe("the anonymous consumer", () => {
  let demo: Demo;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  before(async () => {
    [demo, browser] = await Promise.all([
      startDemo({
        sitePort: 0,
        idpPort: 0,
        cloudPort: 0,
        anonymousTokenLifetime: LIFETIME,
        quiet: true,
      }),
      launch(),
    ]);
  });

  after(async () => {
    await browser.close();
    await demo.stop();
  });

  beforeEach(async () => {
    ({ context, page } = await visit(browser));
  });

  async function chat(tab: Page, setup: "anonymous" | "code" = "anonymous"): Promise<unknown> {
    await openDemo(tab, demo.siteUrl, { setup });
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
    await context.close();
  });

  it("is the same person when the token was renewed", async () => {
    const first = await chat(page);
    const { anonymousCreated, anonymousRenewed } = demo.counters.cloud;
    // The page's clock goes on until the token is due.
    await page.evaluateOnNewDocument(`{
      const { now } = Date;
      Date.now = () => now() + 10_000;
    }`);
    const renewed = await chat(page);
    assert.notEqual(renewed, first);
    assert.equal(subjectOf(renewed), subjectOf(first));
    assert.equal(demo.counters.cloud.anonymousCreated, anonymousCreated);
    assert.equal(demo.counters.cloud.anonymousRenewed, anonymousRenewed + 1);
    await context.close();
  });

  it("is one person where two tabs begin at once", async () => {
    const tab = await context.newPage();
    await Promise.all(
      [page, tab].map((one) => openDemo(one, demo.siteUrl, { setup: "anonymous" })),
    );
    const created = demo.counters.cloud.anonymousCreated;
    await Promise.all(
      [page, tab].map((one) => one.evaluate("document.querySelector('#start').click()")),
    );
    const answers = await Promise.all([page, tab].map((one) => outcome(one)));
    const [one, other] = answers.map((seen) => subjectOf(onlyAnswer(seen)[0]));
    assert.equal(other, one);
    assert.equal(demo.counters.cloud.anonymousCreated, created + 1);
    await context.close();
  });

  it("goes on as a guest instead of signing in, is not asked again, and may sign in later", async () => {
    await openDemo(page, demo.siteUrl, { setup: "implicit" });
    await page.click("#start-without-gesture");
    await press(page, "Continue as guest");
    const guest = await outcome(page);
    assert.equal(guest.state, "connected");
    assert.equal(guest.agent?.authenticated, false);

    await openDemo(page, demo.siteUrl, { setup: "implicit" });
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
    await context.close();
  });

  it("lasts as long as the page where there is no storage, and the page is told", async () => {
    await page.evaluateOnNewDocument("Reflect.deleteProperty(globalThis, 'indexedDB')");
    await page.evaluateOnNewDocument(
      "Object.defineProperty(globalThis, 'indexedDB', { value: undefined })",
    );
    await openDemo(page, demo.siteUrl, { setup: "anonymous" });
    await page.evaluate(`ConsumerAuth.ready.then((auth) => {
      auth.addEventListener("error", ({ detail }) => (window.told = detail.code));
    })`);
    await page.click("#start");
    const first = onlyAnswer(await outcome(page))[0];
    await page.click("#ask-again");
    await page.waitForFunction("window.demoWindow.calls[1]?.answers.length === 1");
    assert.equal(onlyAnswer(await outcome(page))[0], first);
    assert.equal(await page.evaluate("window.told"), "storage_unavailable");
    await context.close();
  });
});
