import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";

import type { BrowserContext, Page } from "puppeteer-core";

import { clickAway, holdRequests, popupOf, visit } from "./support/browser.js";
import {
  onlyAnswer,
  openDemo,
  outcome,
  press,
  problem,
  promptButtons,
  signIn,
} from "./support/demo-page.js";
import { addressOf } from "./support/peek.js";
import { useDemo } from "./support/use-demo.js";

describe("every trouble ends in a defined answer", () => {
  let context: BrowserContext;
  let page: Page;

  const stage = useDemo({ slowMs: 700 });

  beforeEach(async () => {
    ({ context, page } = await visit(stage.browser));
  });

  afterEach(async () => {
    await context.close();
  });

  const reason = async (): Promise<string> => {
    const seen = await outcome(page);
    assert.equal(seen.state, "failed");
    return String(onlyAnswer(seen)[1]);
  };

  it("popup blocked: the prompt says so, and Cancel answers with a reason", async () => {
    await openDemo(page, stage.demo.siteUrl, {
      setup: "code",
      engagement: "authenticated",
      trouble: "popup-blocked",
    });
    await page.click("#start");
    // What comes late after a click is no proof of a blocker.
    assert.deepEqual(await promptButtons(page), ["Sign in", "Cancel"]);
    await press(page, "Sign in");
    await problem(page, /blocked the sign-in window/);
    assert.deepEqual(await promptButtons(page), ["Try again", "Cancel"]);
    await press(page, "Cancel");
    assert.match(await reason(), /^cancelled: /);
  });

  it("popup blocked: a guest can go on all the same", async () => {
    await openDemo(page, stage.demo.siteUrl, { setup: "code", trouble: "popup-blocked" });
    await page.click("#start");
    await press(page, "Continue as guest");
    const seen = await outcome(page);
    assert.equal(seen.state, "connected");
    assert.equal(seen.agent?.authenticated, false);
  });

  it("closed by the consumer: the prompt offers another try, which works", async () => {
    await openDemo(page, stage.demo.siteUrl, { setup: "implicit", engagement: "authenticated" });
    const popup = await popupOf(page, () => page.click("#start"));
    await popup.waitForSelector("[data-consumer]");
    await popup.close();
    await problem(page, /seems to be closed/);
    await signIn(page, () => press(page, "Try again"));
    assert.equal((await outcome(page)).state, "connected");
  });

  it("declined at the provider: the prompt says so, and Cancel answers", async () => {
    await openDemo(page, stage.demo.siteUrl, { setup: "code", engagement: "authenticated" });
    const popup = await popupOf(page, () => page.click("#start"));
    await clickAway(popup, "#deny");
    await problem(page, /declined/);
    await press(page, "Cancel");
    assert.match(await reason(), /^cancelled: /);
  });

  it("cancelled in the prompt: the window at the provider closes, and Cancel answers", async () => {
    await openDemo(page, stage.demo.siteUrl, { setup: "code", engagement: "authenticated" });
    const popup = await popupOf(page, () => page.click("#start"));
    await popup.waitForSelector("[data-consumer]");
    const closed = new Promise((resolve) => popup.once("close", resolve));
    await press(page, "Cancel");
    assert.match(await reason(), /^cancelled: /);
    await closed;
  });

  it("cancelled while a part of the script still loads: the popup closes at once", async () => {
    await openDemo(page, stage.demo.siteUrl, { setup: "implicit", engagement: "authenticated" });
    const letGo = await holdRequests(page, /\/chunks\//);
    const popup = await popupOf(page, () =>
      page.evaluate(
        "ConsumerAuth.ready.then((auth) => (window.outcome = auth.signIn().catch((error) => error.code), 0))",
      ),
    );
    assert.equal(await addressOf(popup), "about:blank");
    const closed = new Promise((resolve) => popup.once("close", resolve));
    await page.evaluate("void ConsumerAuth.ready.then((auth) => auth.signOut())");
    await closed;
    assert.equal(await page.evaluate("window.outcome"), "aborted");
    letGo();
  });

  it("slow provider: the sign-in is waited for", async () => {
    await openDemo(page, stage.demo.siteUrl, {
      setup: "code",
      engagement: "authenticated",
      trouble: "slow-idp",
    });
    await signIn(page, () => page.click("#start"));
    assert.equal((await outcome(page)).state, "connected");
  });

  it("provider with COOP: the sign-in works although the popup reads as closed", async () => {
    await openDemo(page, stage.demo.siteUrl, {
      setup: "code-pkce",
      engagement: "authenticated",
      trouble: "coop-idp",
    });
    const popup = await popupOf(page, () => page.click("#start"));
    await popup.waitForSelector("[data-consumer]");
    await problem(page, /If it is still open, finish there/);
    await clickAway(popup, '[data-consumer="ada"]');
    const seen = await outcome(page);
    assert.equal(seen.state, "connected");
    assert.equal(seen.agent?.name, "Ada Lovelace");
  });

  for (const trouble of ["never", "idp-down"] as const) {
    it(`${trouble}: Cancel works at any time`, async () => {
      await openDemo(page, stage.demo.siteUrl, {
        setup: "code",
        engagement: "authenticated",
        trouble,
      });
      await page.click("#start");
      await press(page, "Cancel");
      assert.match(await reason(), /^cancelled: /);
    });
  }

  it("wrong key in the page: the token is refused, and the window never gets it", async () => {
    for (const setup of ["implicit", "widget"] as const) {
      await openDemo(page, stage.demo.siteUrl, {
        setup,
        engagement: "authenticated",
        trouble: "wrong-key-page",
      });
      const popup = await popupOf(page, () => page.click("#start"));
      // The second time the provider knows who it is.
      if (setup === "implicit") await clickAway(popup, '[data-consumer="ada"]');
      assert.match(await reason(), /^id_token_invalid: .*signature/);
    }
  });

  it("wrong key in the cloud: the token is handed over, and the cloud says 9007", async () => {
    await openDemo(page, stage.demo.siteUrl, {
      setup: "implicit",
      engagement: "authenticated",
      trouble: "wrong-key",
    });
    await signIn(page, () => page.click("#start"));
    const seen = await outcome(page);
    assert.equal(seen.state, "refused");
    assert.deepEqual(seen.authenticate?.body, { internalErrorCode: "9007" });
  });

  it("cloud down, lookup down, feature off: a guest gets a reason that tells them apart", async () => {
    for (const [trouble, code] of [
      ["cloud-down", "anonymous_unavailable"],
      ["lookup-down", "anonymous_unavailable"],
      ["anonymous-off", "anonymous_disabled"],
    ] as const) {
      await openDemo(page, stage.demo.siteUrl, { setup: "anonymous", trouble });
      await page.click("#start");
      assert.match(await reason(), new RegExp(`^${code}: `));
    }
  });

  it("script can't load its parts: the window gets a reason", async () => {
    await page.setRequestInterception(true);
    page.on("request", (request) => {
      void (request.url().includes("/chunks/") ? request.abort() : request.continue());
    });
    await page.goto(`${stage.demo.siteUrl}/?setup=code&engagement=authenticated`);
    await page.click("#start");
    assert.match(await reason(), /^load_failed: /);
  });

  it("a hundred calls in a second are answered once each", async () => {
    await openDemo(page, stage.demo.siteUrl, { setup: "implicit", engagement: "authenticated" });
    // What the driver evaluates counts as the consumer's gesture.
    await signIn(page, () =>
      page.evaluate(`
        window.answers = Array.from({ length: 100 }, () => 0);
        window.answers.forEach((_, call) => window.lpGetAuthenticationToken((token) => {
          window.answers[call] += token ? 1 : 1000;
        }));
      `),
    );
    await page.waitForFunction("window.answers.every((count) => count === 1)");
  });
});
