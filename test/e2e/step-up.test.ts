import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";

import type { BrowserContext, Page } from "puppeteer-core";

import { clickAway, popupOf, visit } from "./support/browser.js";
import {
  onlyAnswer,
  openDemo,
  outcome,
  press,
  readWindow,
  signIn,
  startWithoutGesture,
} from "./support/demo-page.js";
import { answered, listen, stateIs } from "./support/journey.js";
import { peek, peekUntil } from "./support/peek.js";
import { claimsOf } from "./support/tokens.js";
import { useDemo } from "./support/use-demo.js";

const STRONG = "urn:alder:2";
const switches = { setup: "implicit", engagement: "authenticated" } as const;

/** Signs in by the page's own client; what comes of it is the state, or the error's code. */
const signInWith = (call: object): string =>
  `void ConsumerAuth.ready.then((auth) => auth.signIn(${JSON.stringify(call)})).then(
    ({ state }) => (window.outcome = state), ({ code }) => (window.outcome = code))`;

/** Whether an anonymous person is kept in this browser. */
const GUEST_IS_KEPT = `(async () => {
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((resolve, reject) => {
      const opening = indexedDB.open(name);
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
    });
    for (const store of database.objectStoreNames) {
      const values = await new Promise((resolve) => {
        const asking = database.transaction(store).objectStore(store).getAll();
        asking.onsuccess = () => resolve(asking.result);
      });
      if (JSON.stringify(values).includes("eyJ")) return database.close(), true;
    }
    database.close();
  }
  return false;
})()`;

describe("stepping up", () => {
  let context: BrowserContext;
  let page: Page;

  const stage = useDemo();

  beforeEach(async () => {
    ({ context, page } = await visit(stage.browser));
    await listen(page);
  });

  afterEach(async () => {
    await context.close();
    stage.demo.idp.endSessions();
  });

  it("from guest to consumer: the conversation goes on, and the guest is kept until it was taken over", async () => {
    await openDemo(page, stage.demo.siteUrl, { setup: "step-up" });
    await startWithoutGesture(page);
    await press(page, "Continue as guest");
    const guest = await outcome(page);
    const guestSubject = claimsOf(onlyAnswer(guest)[0])["sub"];
    assert.equal(await peek(page, GUEST_IS_KEPT), true);

    await signIn(page, () => page.click("#sign-in"));
    await stateIs(page, "authenticated");
    assert.equal(await peek(page, GUEST_IS_KEPT), true);

    await page.click("#ask-again");
    await peekUntil(page, "demoWindow.agent?.authenticated === true");
    const seen = await readWindow(page);
    assert.equal(claimsOf(onlyAnswer(seen)[0])["given_name"], "Ada");
    assert.equal(seen.agent?.conversation.id, guest.agent?.conversation.id);
    assert.equal(seen.agent?.conversation.steppedUpFrom, guestSubject);
    assert.equal(seen.violations, 0);
    // The cloud needs a moment, in which it could ask for the guest again.
    assert.equal(await peek(page, GUEST_IS_KEPT), true);
    await peekUntil(page, `(${GUEST_IS_KEPT}).then((kept) => !kept)`);
  });

  it("from guest to consumer, by redirect: the conversation goes on as well", async () => {
    await openDemo(page, stage.demo.siteUrl, { setup: "redirect" });
    await startWithoutGesture(page);
    await press(page, "Continue as guest");
    const guest = await outcome(page);
    await page.click("#sign-in");
    await peekUntil(page, `location.pathname.startsWith("/interaction/")`);
    await clickAway(page, `[data-consumer="ada"]`);
    await peekUntil(page, "window.demoWindow?.agent?.authenticated === true");
    const seen = await readWindow(page);
    assert.equal(seen.calls[0]?.reason, "page-load");
    assert.equal(seen.agent?.conversation.id, guest.agent?.conversation.id);
  });

  it("to a second proof: the session is known, only the proof is asked for", async () => {
    await openDemo(page, stage.demo.siteUrl, switches);
    await signIn(page, () => page.click("#start"));
    const weak = claimsOf(onlyAnswer(await outcome(page))[0]);
    assert.equal(weak["acr"], "urn:alder:1");
    const popup = await popupOf(page, () => page.click("#step-up"));
    assert.equal(await popup.$("[data-consumer]"), null);
    await clickAway(popup, "#prove");
    await page.waitForFunction(
      `ConsumerAuth.ready.then((auth) => auth.session.claims?.acr === "${STRONG}")`,
    );
    await page.click("#ask-again");
    await answered(page, 1);
    const strong = claimsOf(onlyAnswer(await readWindow(page))[0]);
    assert.equal(strong["acr"], STRONG);
    assert.equal(strong["sub"], weak["sub"]);
  });

  it("refuses a token that proves less than was asked for, and keeps who was there", async () => {
    await openDemo(page, stage.demo.siteUrl, switches);
    await signIn(page, () => page.click("#start"));
    await outcome(page);
    // The provider is asked for another level than the page will see.
    await page.evaluate(`{
      const { open } = window;
      window.open = (...values) => {
        const popup = open.apply(window, values);
        return new Proxy(popup, {
          get(target, name) {
            if (name === "location") {
              return { replace: (url) => target.location.replace(url.replace("alder%3A2", "alder%3A1")) };
            }
            const value = target[name];
            return typeof value === "function" ? value.bind(target) : value;
          },
        });
      };
    }`);
    await page.evaluate(signInWith({ acrValues: STRONG }));
    await page.waitForFunction("window.outcome");
    assert.equal(await page.evaluate("window.outcome"), "insufficient_authentication");
    await stateIs(page, "authenticated");
    assert.equal(
      await page.evaluate("ConsumerAuth.ready.then((auth) => auth.session.claims.acr)"),
      "urn:alder:1",
    );
  });

  it("maxAge: whoever proved who they are long ago does so again", async () => {
    await openDemo(page, stage.demo.siteUrl, switches);
    await signIn(page, () => page.click("#start"));
    const before = Number(claimsOf(onlyAnswer(await outcome(page))[0])["auth_time"]);
    await peekUntil(page, `Date.now() / 1000 > ${before + 2}`);
    await signIn(page, () => page.evaluate(signInWith({ maxAge: 1 })));
    await page.waitForFunction("window.outcome === 'authenticated'");
    const after = await page.evaluate(
      "ConsumerAuth.ready.then((auth) => auth.session.claims.auth_time)",
    );
    assert.ok(Number(after) > before);
  });

  it("loginHint and uiLocales reach the provider's page", async () => {
    await openDemo(page, stage.demo.siteUrl, switches);
    const popup = await popupOf(page, () =>
      page.evaluate(
        signInWith({
          loginHint: "grace@example.com",
          uiLocales: "ar en",
          authorizationParameters: { campaign: "spring" },
        }),
      ),
    );
    await popup.waitForSelector("[data-consumer]");
    assert.equal(
      await popup.$eval("[data-suggested]", (button) => button.getAttribute("data-consumer")),
      "grace",
    );
    assert.equal(await popup.$eval("html", ({ lang, dir }) => `${lang} ${dir}`), "ar rtl");
    await clickAway(popup, "[data-suggested]");
    await page.waitForFunction("window.outcome === 'authenticated'");
    // What was said of the consumer is not kept.
    const stored = String(
      await peek(page, "JSON.stringify([{ ...localStorage }, { ...sessionStorage }])"),
    );
    assert.doesNotMatch(stored, /grace/);
  });
});
