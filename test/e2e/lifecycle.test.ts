import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { BrowserContext, Page } from "puppeteer-core";

import { lacks } from "../support/engines.js";
import { clickAway, popupOf } from "./support/browser.js";
import { newcomer, openTab, tabPage, type Tab } from "./support/tabs.js";
import { claimsOf } from "./support/tokens.js";
import { until } from "./support/until.js";
import { useDemo } from "./support/use-demo.js";

/** A person's time on a page that gives them little, in milliseconds. */
const HASTY = 3000;

const pages = {
  "/widget": tabPage("widget"),
  "/hasty": tabPage("widget", { "interaction-timeout": `${HASTY}` }),
};

const ASKS = "document.querySelector('consumer-auth')?.view";

describe("a page that the browser stops", () => {
  const stage = useDemo({ pages });

  const open = (context: BrowserContext, path: keyof typeof pages): Promise<Tab> =>
    openTab(context, {
      url: `${stage.demo.siteUrl}${path}`,
      before: "document.addEventListener('freeze', () => (window.wasFrozen = true))",
    });

  /** A call of the window waits, and the consumer is at the provider. */
  async function beginSignIn(tab: Tab): Promise<Page> {
    await tab.call();
    await tab.when(ASKS);
    const popup = await popupOf(tab.page, () =>
      tab.page.evaluate("void auth.signIn().catch(() => undefined)"),
    );
    await popup.waitForSelector('[data-consumer="ada"]');
    return popup;
  }

  /** As a phone does with what is in the background: nothing runs any more, no timer and no message. */
  async function freeze(page: Page): Promise<() => Promise<void>> {
    const session = await page.createCDPSession();
    await session.send("Page.setWebLifecycleState", { state: "frozen" });
    return async () => {
      await session.send("Page.setWebLifecycleState", { state: "active" });
    };
  }

  const frozen = { skip: lacks("freezing of a page") };

  it("freezes while the consumer signs in: answers once it goes on, and once only", frozen, () =>
    newcomer(stage.browser, async (context) => {
      const tab = await open(context, "/widget");
      const popup = await beginSignIn(tab);
      const { counters } = stage.demo;
      const before = counters.idp.token;
      const goOn = await freeze(tab.page);
      const returned = popup.waitForNavigation({ waitUntil: "load" });
      await clickAway(popup, '[data-consumer="ada"]');
      await returned.catch(() => undefined);
      assert.equal(counters.idp.token, before);
      await goOn();
      const [answer] = await tab.answers();
      assert.equal(claimsOf(answer?.value)["preferred_username"], "ada.lovelace");
      assert.equal(counters.idp.token, before + 1);
      assert.equal(await tab.run("window.wasFrozen"), true);
    }),
  );

  it(
    "freezes for longer than a person may take: gives its reason as soon as it goes on",
    frozen,
    () =>
      newcomer(stage.browser, async (context) => {
        const tab = await open(context, "/hasty");
        await beginSignIn(tab);
        const goOn = await freeze(tab.page);
        const frozenAt = performance.now();
        await until(() => performance.now() > frozenAt + HASTY);
        const wentOnAt = performance.now();
        await goOn();
        const [answer] = await tab.answers();
        assert.ok(answer);
        assert.equal(answer.value, "");
        assert.match(String(answer.reason), /^interaction_timeout: /);
        assert.ok(performance.now() - wentOnAt < HASTY);
      }),
  );

  it(
    "is discarded while the consumer signs in: loaded again it answers the window's next call",
    { skip: lacks("crash of a tab") },
    () =>
      newcomer(stage.browser, async (context) => {
        const tab = await open(context, "/widget");
        const popup = await beginSignIn(tab);
        const crashed = new Promise((resolve) => tab.page.once("error", resolve));
        const session = await tab.page.createCDPSession();
        session.send("Page.crash").catch(() => undefined);
        await crashed;
        await clickAway(popup, '[data-consumer="ada"]');
        // Nobody is there to hear of it.
        await until(() => popup.isClosed() || popup.url().includes("callback"));

        await tab.page.reload();
        await tab.when("window.auth");
        assert.deepEqual(await tab.changes(), []);
        await tab.call();
        await tab.when(ASKS);
        await tab.page.evaluate("void auth.signIn().catch(() => undefined)");
        const [answer] = await tab.answers();
        assert.equal(claimsOf(answer?.value)["preferred_username"], "ada.lovelace");
      }),
  );
});
