import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { Dialect } from "../../demo/scenarios.js";
import { clickAway, visit } from "./support/browser.js";
import { addressOf } from "./support/peek.js";
import { useDemo } from "./support/use-demo.js";

const BOTH: readonly Dialect[] = ["rfc", "openid"];

describe("the demo's browser window of its own", () => {
  const stage = useDemo();

  for (const dialect of BOTH) {
    it(`${dialect}: is reached by way of the brand's login page, by nobody else, and once`, async () => {
      const { context, page } = await visit(stage.browser);
      await page.goto(stage.demo.siteUrl);
      const [target] = await Promise.all([
        stage.browser.waitForTarget(
          (one) => one.browserContext() === context && one.url().includes("/login?"),
        ),
        page.click(`#separate-${dialect}`),
      ]);
      const login = (await target.page())!;
      assert.equal(new URL(await addressOf(login)).origin, stage.demo.siteUrl);
      await login.waitForSelector('[data-consumer="grace"]', { visible: true });

      const arrived = new Promise<string | undefined>((resolve) => {
        login.on("request", (request) => {
          if (request.url().endsWith("/window/finish")) resolve(request.fetchPostData());
        });
      });
      await clickAway(login, '[data-consumer="grace"]');
      await login.waitForSelector("body[data-state]");
      const seen = await login.$eval("main", ({ innerText }) => innerText);
      assert.match(seen, /Connected, signed in[^]*Grace Hopper/);
      assert.equal(new URL(await addressOf(login)).origin, stage.demo.cloudUrl);
      assert.equal(new URL(await addressOf(login)).hash, "");

      const again = await fetch(`${stage.demo.cloudUrl}/window/finish`, {
        method: "POST",
        body: (await arrived)!,
      });
      assert.equal(again.status, 400);
      await context.close();
    });
  }

  it("tells the window that the consumer declined", async () => {
    const { context, page } = await visit(stage.browser);
    await page.goto(stage.demo.siteUrl);
    const address = await page.$eval("#separate-rfc", (link) => (link as HTMLAnchorElement).href);
    await page.goto(address);
    await page.waitForSelector("#decline", { visible: true });
    await clickAway(page, "#decline");
    await page.waitForSelector("body[data-state=refused]");
    assert.match(await page.$eval("main", ({ innerText }) => innerText), /access_denied/);
    await context.close();
  });
});
