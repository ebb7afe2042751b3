import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";

import type { BrowserContext, Page } from "puppeteer-core";

import type { Setup, Trouble } from "../../demo/scenarios.js";
import { visit } from "./support/browser.js";
import {
  onlyAnswer,
  openDemo,
  outcome,
  readWindow,
  startWithoutGesture,
} from "./support/demo-page.js";
import {
  countFrom,
  demoPageWith,
  heard,
  lastAttempts,
  listen,
  promptAsks,
} from "./support/journey.js";
import { peekUntil } from "./support/peek.js";
import { claimsOf } from "./support/tokens.js";
import { useDemo } from "./support/use-demo.js";

const pages = {
  "/nobody-204": demoPageWith(
    { setup: "endpoint", engagement: "authenticated" },
    { "credential-endpoint": "/api/messaging-credential?nobody=204" },
  ),
  "/impatient": demoPageWith(
    { setup: "endpoint", engagement: "authenticated", trouble: "endpoint-slow" },
    { "request-timeout": "500", silent: "false" },
  ),
  "/no-function": demoPageWith(
    { setup: "provider", engagement: "authenticated" },
    { provider: "bankApp.renamed", silent: "false" },
  ),
};

describe("whoever is signed in at the site itself", () => {
  let context: BrowserContext;
  let page: Page;

  const stage = useDemo({ pages, slowMs: 1500 });

  beforeEach(async () => {
    ({ context, page } = await visit(stage.browser));
    await listen(page);
  });

  afterEach(async () => {
    stage.demo.site.restore();
    await context.close();
    stage.demo.site.endSessions();
  });

  async function signInAtSite(who: string, setup: Setup, trouble: Trouble = "none"): Promise<void> {
    await openDemo(page, stage.demo.siteUrl, { setup, engagement: "authenticated", trouble });
    await Promise.all([page.waitForNavigation(), page.click(`[data-site-consumer=${who}]`)]);
    await peekUntil(page, "ConsumerAuth.ready.then(() => true)");
  }

  for (const [setup, rung] of [
    ["endpoint", "endpoint"],
    ["provider", "provider"],
    ["endpoint-code", "endpoint"],
  ] as const) {
    it(`${setup}: is vouched for by the site, without the provider and without a prompt`, async () => {
      await signInAtSite("grace", setup);
      const count = countFrom(stage.demo);
      await page.click("#start");
      const seen = await outcome(page);
      assert.equal(seen.state, "connected");
      assert.equal(seen.agent?.name, "Grace Hopper");
      assert.equal(seen.agent.authenticated, true);
      assert.equal(seen.identityRefused, null);
      assert.equal(count("authorization"), 0);
      assert.equal(await page.$("consumer-auth"), null);
      assert.ok(
        (await heard(page)).credential.some(({ attempts }) =>
          attempts.includes(`${rung} answered`),
        ),
      );
      assert.deepEqual((await heard(page)).error, []);
      if (setup === "endpoint-code") {
        assert.match(String(seen.calls[0]?.challenge), /^[\w-]{43}$/);
        assert.equal(stage.demo.counters.site.token, 1);
      } else assert.equal(claimsOf(onlyAnswer(seen)[0])["given_name"], "Grace");
    });

    it(`${setup}: with nobody there the provider is next`, async () => {
      await openDemo(page, stage.demo.siteUrl, { setup, engagement: "authenticated" });
      await startWithoutGesture(page);
      await promptAsks(page);
      assert.equal((await readWindow(page)).calls[0]?.answers.length, 0);
    });
  }

  it("answers the identity function, too", async () => {
    await signInAtSite("alan", "endpoint");
    await peekUntil(page, "demoWindow.identity?.sub.startsWith('4f6d8e90')");
    assert.equal((await readWindow(page)).identityRefused, null);
  });

  it("204 says that nobody is there, as 401 does", async () => {
    await page.goto(`${stage.demo.siteUrl}/nobody-204`);
    await startWithoutGesture(page);
    await promptAsks(page);
    assert.deepEqual((await heard(page)).error, []);
  });

  for (const [trouble, code] of [
    ["endpoint-down", "provider_failed"],
    ["endpoint-html", "response_invalid"],
    ["offline", "request_failed"],
  ] as const) {
    it(`${trouble}: leads on to the sign-in, and the page is told ${code}`, async () => {
      await signInAtSite("ada", "endpoint", trouble);
      await startWithoutGesture(page);
      await promptAsks(page);
      await page.keyboard.press("Escape");
      const seen = await outcome(page);
      assert.match(String(onlyAnswer(seen)[1]), /^cancelled: /);
      const [told] = (await heard(page)).error.filter(({ what }) => what === "cancelled");
      assert.ok(told?.attempts.includes(`endpoint ${code}`), String(told?.attempts));
    });
  }

  it("slow: is waited for", async () => {
    await signInAtSite("ada", "endpoint", "endpoint-slow");
    await page.click("#start");
    const seen = await outcome(page);
    assert.equal(seen.state, "connected");
    assert.equal(seen.agent?.name, "Ada Lovelace");
    assert.equal(await page.$("consumer-auth"), null);
  });

  it("too slow: leads on to the sign-in after requestTimeout", async () => {
    await signInAtSite("ada", "endpoint");
    await page.goto(`${stage.demo.siteUrl}/impatient`);
    await startWithoutGesture(page);
    await promptAsks(page);
    await page.keyboard.press("Escape");
    await outcome(page);
    const told = (await heard(page)).error.at(-1);
    assert.ok(told?.attempts.includes("endpoint request_timeout"), String(told?.attempts));
  });

  it("a function that isn't there is named, and the sign-in is next", async () => {
    await page.goto(`${stage.demo.siteUrl}/no-function`);
    await startWithoutGesture(page);
    await promptAsks(page);
    await page.keyboard.press("Escape");
    await outcome(page);
    const told = (await heard(page)).error.at(-1);
    assert.ok(told?.attempts.includes("provider provider_failed"), String(told?.attempts));
  });

  it("signs out of the site: the next page knows nobody", async () => {
    await signInAtSite("grace", "endpoint");
    await page.click("#start");
    assert.equal((await outcome(page)).agent?.name, "Grace Hopper");
    await Promise.all([page.waitForNavigation(), page.click("#site-sign-out")]);
    await promptAsks(page);
    assert.deepEqual(await lastAttempts(page), []);
    assert.equal((await readWindow(page)).identity, null);
  });
});
