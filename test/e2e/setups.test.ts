import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { Setup } from "../../demo/scenarios.js";
import { clickAway, popupOf, visit } from "./support/browser.js";
import {
  onlyAnswer,
  openDemo,
  outcome,
  press,
  promptButtons,
  readWindow,
  signIn,
  startWithoutGesture,
} from "./support/demo-page.js";
import { addressOf } from "./support/peek.js";
import { useDemo } from "./support/use-demo.js";

const SIGNED_IN: readonly Setup[] = [
  "implicit",
  "implicit-jwks",
  "code",
  "code-pkce",
  "hybrid",
  "widget",
  "refresh",
];

describe("every set-up, from the window's call to the agent's view", () => {
  const stage = useDemo();

  for (const setup of SIGNED_IN) {
    it(`${setup}: a click on the window opens the sign-in, and the agent sees who is there`, async () => {
      const { context, page } = await visit(stage.browser);
      await openDemo(page, stage.demo.siteUrl, { setup, engagement: "authenticated" });
      await signIn(page, () => page.click("#start"));
      const seen = await outcome(page);
      assert.equal(seen.state, "connected");
      assert.equal(seen.violations, 0);
      assert.equal(seen.authenticate?.status, 200);
      assert.equal(seen.agent?.authenticated, true);
      assert.equal(seen.agent.name, "Ada Lovelace");
      assert.equal(seen.agent.customerInfo["userName"], "ada.lovelace");
      assert.ok(seen.agent.engagementAttributes.length > 0);
      const [answer] = onlyAnswer(seen);
      if (setup.startsWith("code") || setup === "hybrid") {
        assert.deepEqual(Object.keys(answer as object).sort(), ["redirect_uri", "ssoKey"]);
        assert.equal(
          (answer as { redirect_uri: string }).redirect_uri,
          `${stage.demo.siteUrl}/callback.html`,
        );
      } else {
        assert.equal(String(answer).split(".").length, 3);
      }
      assert.equal((await addressOf(page)).includes("code="), false);
      await context.close();
    });

    it(`${setup}: without a click of the consumer the prompt asks for one`, async () => {
      const { context, page } = await visit(stage.browser);
      await openDemo(page, stage.demo.siteUrl, { setup });
      await startWithoutGesture(page);
      assert.deepEqual(await promptButtons(page), ["Sign in", "Continue as guest"]);
      await signIn(page, () => press(page, "Sign in"), "grace");
      const seen = await outcome(page);
      assert.equal(seen.state, "connected");
      assert.equal(seen.agent?.name, "Grace Hopper");
      await context.close();
    });
  }

  it("connector: the account's number is enough, and the agent sees whose it is", async () => {
    const { context, page } = await visit(stage.browser);
    const { connectors } = stage.demo.counters.cloud;
    await openDemo(page, stage.demo.siteUrl, { setup: "connector", engagement: "authenticated" });
    await signIn(page, () => page.click("#start"));
    const seen = await outcome(page);
    assert.equal(seen.state, "connected");
    assert.equal(seen.agent?.authenticated, true);
    // Nobody has asked for more than who it is.
    assert.match(String(seen.agent.customerInfo["customerId"]), /^7c0b1f52-/);
    assert.equal(stage.demo.counters.cloud.connectors, connectors + 1);
    await context.close();
  });

  it("passes the window's challenge on, and the cloud's verifier fits", async () => {
    const { context, page } = await visit(stage.browser);
    await openDemo(page, stage.demo.siteUrl, { setup: "code-pkce", engagement: "authenticated" });
    const popup = await popupOf(page, () => page.click("#start"));
    await popup.waitForSelector("[data-consumer]");
    await clickAway(popup, '[data-consumer="alan"]');
    const seen = await outcome(page);
    assert.match(String(seen.calls[0]?.challenge), /^[\w-]{43}$/);
    assert.equal(seen.authenticate?.status, 200);
    await context.close();
  });

  it("hands over the ID token it has at once, and a code never twice", async () => {
    const { context, page } = await visit(stage.browser);
    await openDemo(page, stage.demo.siteUrl, { setup: "implicit", engagement: "authenticated" });
    await signIn(page, () => page.click("#start"));
    const first = onlyAnswer(await outcome(page))[0];
    const before = stage.demo.counters.idp.authorization;
    await page.click("#ask-again");
    await page.waitForFunction("window.demoWindow.calls.length === 2");
    await page.waitForFunction("window.demoWindow.calls[1].answers.length === 1");
    const seen = await readWindow(page);
    assert.equal(onlyAnswer(seen)[0], first);
    assert.equal(stage.demo.counters.idp.authorization, before);

    await openDemo(page, stage.demo.siteUrl, { setup: "code", engagement: "authenticated" });
    // The provider knows them: nobody is asked.
    await page.click("#start");
    const one = onlyAnswer(await outcome(page))[0];
    await page.click("#ask-again");
    await page.waitForFunction("window.demoWindow.calls[1]?.answers.length === 1");
    const another = onlyAnswer(await readWindow(page))[0];
    assert.notEqual((another as { ssoKey: string }).ssoKey, (one as { ssoKey: string }).ssoKey);
    await context.close();
  });

  it("gives a page's own code the same client: session, sign-in, sign-out", async () => {
    const { context, page } = await visit(stage.browser);
    await page.goto(`${stage.demo.siteUrl}/app`);
    await page.waitForSelector("#app-sign-in");
    await signIn(page, () => page.click("#app-sign-in"), "alan");
    await page.waitForFunction(
      "document.querySelector('consumer-auth').session.state === 'authenticated'",
    );
    assert.match(
      String(
        await page.evaluate("document.querySelector('consumer-auth').session.claims.given_name"),
      ),
      /Alan/,
    );
    await page.click("#app-sign-out");
    await page.waitForFunction(
      "document.querySelector('consumer-auth').session.state === 'anonymous'",
    );
    await context.close();
  });
});
