import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { newcomer, openTab, signInByPopup, tabPage } from "./support/tabs.js";
import { claimsOf } from "./support/tokens.js";
import { useDemo } from "./support/use-demo.js";

const pages = {
  "/guests": tabPage("anonymous", { engagement: "unauthenticated" }),
  "/encrypted": tabPage("refresh", { "refresh-token-storage": "encrypted" }),
};

/** Chromium's and WebKit's windows are private in all these tests; Firefox's here. */
describe("a private window", () => {
  const stage = useDemo({
    pages,
    extraPrefsFirefox: { "browser.privatebrowsing.autostart": true },
  });

  it("keeps a guest from page to page, and forgets them with its last page", async () => {
    const subjects: unknown[] = [];
    for (const pagesOfOne of [2, 1]) {
      await newcomer(stage.browser, async (context) => {
        for (let page = 0; page < pagesOfOne; page += 1) {
          const tab = await openTab(context, { url: `${stage.demo.siteUrl}/guests` });
          await tab.call();
          const [answer] = await tab.answers();
          subjects.push(claimsOf(answer?.value)["sub"]);
        }
      });
    }
    const [first, second, other] = subjects;
    assert.equal(first, second);
    assert.notEqual(first, other);
  });

  it("keeps a sign-in from page to page, encrypted", () =>
    newcomer(stage.browser, async (context) => {
      const first = await openTab(context, { url: `${stage.demo.siteUrl}/encrypted` });
      await signInByPopup(first);
      await first.page.goto(`${stage.demo.siteUrl}/encrypted`);
      await first.when("window.auth");
      assert.equal(claimsOf(await first.token())["preferred_username"], "ada.lovelace");
    }));
});
