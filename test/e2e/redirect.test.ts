import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";

import type { BrowserContext, Page } from "puppeteer-core";

import type { Setup } from "../../demo/scenarios.js";
import { clickAway, visit } from "./support/browser.js";
import {
  onlyAnswer,
  openDemo,
  outcome,
  press,
  problem,
  readWindow,
  startWithoutGesture,
} from "./support/demo-page.js";
import {
  countFrom,
  demoPageWith,
  heard,
  lastAttempts,
  listen,
  pendingRequests,
  promptAsks,
} from "./support/journey.js";
import { addressOf, peek, peekUntil, reload, traverse } from "./support/peek.js";
import { useDemo } from "./support/use-demo.js";

const SETUPS = ["implicit", "widget", "code", "code-pkce"] as const;

/** Every set-up with redirects in place of popups, at an address of its own. */
const pages = {
  ...Object.fromEntries(
    SETUPS.map((setup) => [
      `/${setup}`,
      demoPageWith({ setup, engagement: "authenticated" }, { transport: "redirect" }),
    ]),
  ),
  "/guest": demoPageWith({ setup: "implicit" }, { transport: "redirect" }),
};

const INSTAGRAM =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/22A3354 Instagram 350.0.0.0";

/** The click that called may have been enough; else the prompt's button is. */
async function goOn(tab: Page): Promise<void> {
  await peekUntil(
    tab,
    `location.pathname.startsWith("/interaction/") ||
      document.querySelector("consumer-auth")?.shadowRoot?.querySelector("footer button.primary")`,
  );
  if (!(await addressOf(tab)).includes("/interaction/")) {
    await press(tab, "Sign in").catch(() => undefined);
  }
  await peekUntil(tab, `location.pathname.startsWith("/interaction/")`);
}

for (const thirdPartyCookies of ["allowed", "blocked"] as const) {
  describe(`a sign-in by redirect, third-party cookies ${thirdPartyCookies}`, () => {
    let context: BrowserContext;
    let page: Page;

    const stage = useDemo({ thirdPartyCookies, pages });
    const silentWorks = thirdPartyCookies === "allowed";

    beforeEach(async () => {
      ({ context, page } = await visit(stage.browser));
      await listen(page);
    });

    afterEach(async () => {
      await context.close();
      stage.demo.idp.endSessions();
    });

    /** Goes to the provider from the prompt of a page, as far as its sign-in page. */
    async function leave(tab: Page, address: string): Promise<void> {
      await tab.goto(`${stage.demo.siteUrl}${address}`);
      await tab.click("#start");
      await goOn(tab);
    }

    async function comeBack(tab: Page, who = "ada"): Promise<void> {
      await clickAway(tab, `[data-consumer="${who}"]`);
      await peekUntil(
        tab,
        "location.origin === '" + stage.demo.siteUrl + "' && !!window.demoWindow",
      );
    }

    const clean = async (): Promise<void> => {
      assert.equal(await pendingRequests(page), 0);
      const stored = String(await peek(page, "JSON.stringify({ ...sessionStorage })"));
      assert.doesNotMatch(stored, /eyJ|"code|code=/);
    };

    for (const setup of SETUPS satisfies readonly Setup[]) {
      it(`${setup}: comes back to the very place, and the window's next call is answered`, async () => {
        await page.setViewport({ width: 800, height: 500 });
        const address = `${stage.demo.siteUrl}/${setup}?from=letter&x=a%20b#agent-title`;
        await page.goto(address);
        await page.evaluate("scrollTo(0, 333)");
        const count = countFrom(stage.demo);
        await page.evaluate("document.querySelector('#start').click()");
        await goOn(page);
        await comeBack(page);
        assert.equal(await addressOf(page), address);
        await peekUntil(page, "Math.abs(scrollY - 333) < 2");

        // The window calls by itself: a conversation was about to begin.
        await peekUntil(page, "window.demoWindow.calls.length > 0");
        if (setup === "code-pkce" && !silentWorks) {
          // The code is bound to a challenge that the window has forgotten: the prompt asks, nothing loops.
          await promptAsks(page);
          assert.equal(await addressOf(page), address);
          assert.equal((await readWindow(page)).calls[0]?.answers.length, 0);
          assert.equal(await pendingRequests(page), 0);
          assert.equal(count("authorization") - count("silent"), 1);
          return;
        }
        const seen = await outcome(page);
        assert.equal(seen.state, "connected");
        assert.equal(seen.agent?.name, "Ada Lovelace");
        assert.equal(seen.violations, 0);
        assert.equal(onlyAnswer(seen).length, 1);
        assert.equal(await addressOf(page), address);
        assert.deepEqual((await heard(page)).error, []);
        await clean();
        // One visit in person; for another challenge a code of its own was got silently.
        const silentBefore = setup === "widget" ? count("pushed") - 1 : count("silent");
        assert.equal(count("authorization") - silentBefore, 1);
        const how = (await lastAttempts(page)).at(-1);
        assert.match(
          String(how),
          setup === "code-pkce" ? /^silent answered$/ : /^(returned|stored|tabs) answered$/,
        );
      });
    }

    it("leaves nothing that Back could run again", async () => {
      await leave(page, "/implicit?visit=1");
      await comeBack(page);
      await outcome(page);
      const count = countFrom(stage.demo);
      await page.click("#navigate");
      assert.match(await addressOf(page), /view=loans/);
      await traverse(page, -1);
      await peekUntil(page, "location.search === '?visit=1'");
      assert.equal((await readWindow(page)).state, "connected");
      assert.equal((await readWindow(page)).calls.length, 1);
      // Before it stands the provider's page, whose sign-in is over, or the page before that.
      await traverse(page, -1);
      assert.doesNotMatch(await addressOf(page), /code=|id_token=|state=/);
      await traverse(page, 1);
      assert.equal(await addressOf(page), `${stage.demo.siteUrl}/implicit?visit=1`);
      assert.equal(count("authorization"), 0);
      await reload(page);
      if (silentWorks) await peekUntil(page, "window.demoWindow?.state === 'connected'");
      else await promptAsks(page);
      assert.equal(await pendingRequests(page), 0);
    });

    it("declined at the provider: the prompt asks again, and another try works", async () => {
      await leave(page, "/implicit");
      await clickAway(page, "#deny");
      await peekUntil(
        page,
        "location.pathname === '/implicit' && window.demoWindow?.calls.length > 0",
      );
      await promptAsks(page);
      assert.equal(await pendingRequests(page), 0);
      await press(page, "Sign in");
      await peekUntil(page, `location.pathname.startsWith("/interaction/")`);
      await comeBack(page, "alan");
      assert.equal((await outcome(page)).agent?.name, "Alan Turing");
    });

    it("declined at the provider, with guests allowed: goes on as one where the consumer wants to", async () => {
      await page.goto(`${stage.demo.siteUrl}/guest`);
      await page.click("#start");
      await goOn(page);
      await clickAway(page, "#deny");
      await peekUntil(
        page,
        "location.pathname === '/guest' && window.demoWindow?.calls.length > 0",
      );
      await promptAsks(page);
      await press(page, "Continue as guest");
      const seen = await outcome(page);
      assert.equal(seen.agent?.authenticated, false);
    });

    it("reloaded in the middle, at the provider and after the return: signs in once", async () => {
      await leave(page, "/widget?visit=3");
      await page.reload();
      await comeBack(page);
      await peekUntil(page, "window.demoWindow.state === 'connected'");
      await page.reload();
      if (silentWorks) await peekUntil(page, "window.demoWindow?.state === 'connected'");
      else await promptAsks(page);
    });

    it("two tabs at once: each comes back to its own place, with its own consumer's conversation", async () => {
      const tab = await context.newPage();
      await listen(tab);
      await page.bringToFront();
      await leave(page, "/implicit?tab=1");
      await tab.bringToFront();
      await leave(tab, "/implicit?tab=2");
      await comeBack(tab);
      await page.bringToFront();
      await comeBack(page);
      for (const [one, query] of [
        [page, "?tab=1"],
        [tab, "?tab=2"],
      ] as const) {
        const seen = await outcome(one);
        assert.equal(seen.state, "connected");
        assert.equal(new URL(await addressOf(one)).search, query);
        assert.equal(await pendingRequests(one), 0);
      }
    });

    it("a return that nobody asked for goes nowhere, and changes nothing", async () => {
      await openDemo(page, stage.demo.siteUrl, { setup: "implicit", engagement: "authenticated" });
      const state = "s".repeat(43);
      await page.evaluate(`sessionStorage.setItem("consumer-auth:pending:${state}", JSON.stringify({
        request: { url: "https://evil.example/", state: "${state}" },
        purpose: "signIn", client: "", returnTo: "https://evil.example/", scroll: [0, 0], at: Date.now(),
      }))`);
      for (const value of [state, "unknown".padEnd(43, "x")]) {
        await page.goto("about:blank");
        await page.goto(`${stage.demo.siteUrl}/callback.html#id_token=e30.e30.e30&state=${value}`);
        await page.waitForFunction(
          `[...document.querySelectorAll("[data-outcome]")].some(({ hidden, dataset }) => !hidden && dataset.outcome === "unheard")`,
        );
        assert.equal(await addressOf(page), `${stage.demo.siteUrl}/callback.html`);
      }
      await openDemo(page, stage.demo.siteUrl, { setup: "implicit", engagement: "authenticated" });
      assert.notEqual(
        await page.evaluate("ConsumerAuth.ready.then((auth) => auth.session.state)"),
        "authenticated",
      );
    });

    it("a response that was changed on the way is refused, and the consumer can try again", async () => {
      await leave(page, "/implicit");
      await page.goto(`${stage.demo.siteUrl}/app/help`);
      const key = String(
        await page.evaluate(
          "Object.keys(sessionStorage).find((key) => key.startsWith('consumer-auth:pending:'))",
        ),
      );
      await page.goto(
        `${stage.demo.siteUrl}/callback.html#id_token=e30.e30.e30&state=${key.split(":").at(-1)}`,
      );
      await peekUntil(
        page,
        "location.pathname === '/implicit' && window.demoWindow?.calls.length > 0",
      );
      await promptAsks(page);
      assert.equal(await pendingRequests(page), 0);
    });

    it("a consumer who comes back after half an hour begins anew", async () => {
      await leave(page, "/implicit");
      await page.evaluateOnNewDocument(`if (location.pathname === "/callback.html") {
        const { now } = Date;
        Date.now = () => now() + 31 * 60_000;
      }`);
      await clickAway(page, `[data-consumer="ada"]`);
      await page.waitForFunction(
        `[...document.querySelectorAll("[data-outcome]")].some(({ hidden, dataset }) => !hidden && dataset.outcome === "unheard")`,
      );
      assert.equal(await addressOf(page), `${stage.demo.siteUrl}/callback.html`);
    });
  });
}

for (const kept of [true, false]) {
  describe(`gone back from the provider's page, the page ${kept ? "kept" : "loaded anew"}`, () => {
    const stage = useDemo({ pages });

    for (const setup of ["implicit", "code-pkce"] as const) {
      it(`${setup}: leaves no login half done, and the next sign-in works`, async () => {
        const { context, page } = await visit(stage.browser);
        if (!kept) {
          // A page that listens for its end isn't kept; WebKit keeps even that one, unless it keeps nothing.
          await page.evaluateOnNewDocument("addEventListener('unload', () => undefined)");
          await page.setCacheEnabled(false);
        }
        await page.goto(`${stage.demo.siteUrl}/${setup}?visit=2`);
        await peek(page, "(window.isKept = true)");
        // Firefox keeps no page that was still loading a moment before: first the prompt's code.
        await startWithoutGesture(page);
        await promptAsks(page);
        await goOn(page);
        await traverse(page, -1);
        await peekUntil(page, "location.search === '?visit=2' && !!window.demoWindow");
        assert.equal(await peek(page, "!!window.isKept"), kept);
        if (kept) {
          // The call of the very page was still waiting, and is answered now.
          await peekUntil(page, "window.demoWindow.state === 'failed'");
          assert.match(String(onlyAnswer(await readWindow(page))[1]), /^cancelled: /);
          assert.equal(await pendingRequests(page), 0);
          await page.click("#start");
        } else {
          await promptAsks(page);
        }
        await goOn(page);
        await clickAway(page, `[data-consumer="grace"]`);
        // With PKCE the code is bound to a challenge that the window has forgotten.
        if (setup === "code-pkce") await promptAsks(page);
        else {
          await peekUntil(page, "window.demoWindow?.state === 'connected'");
          assert.equal((await readWindow(page)).agent?.name, "Grace Hopper");
        }
        assert.equal((await readWindow(page)).violations, 0);
        assert.equal(await pendingRequests(page), 0);
        await context.close();
        stage.demo.idp.endSessions();
      });
    }
  });
}

describe("a redirect in place of a popup", () => {
  let context: BrowserContext;
  let page: Page;

  const stage = useDemo();

  beforeEach(async () => {
    ({ context, page } = await visit(stage.browser));
  });

  afterEach(async () => {
    await context.close();
    stage.demo.idp.endSessions();
  });

  async function signInThere(): Promise<void> {
    await peekUntil(page, `location.pathname.startsWith("/interaction/")`);
    assert.equal((await context.pages()).length, 1);
    await clickAway(page, `[data-consumer="ada"]`);
    await peekUntil(page, "window.demoWindow?.state === 'connected'");
    assert.equal((await readWindow(page)).agent?.name, "Ada Lovelace");
  }

  it("is taken when popups were blocked twice, and not before", async () => {
    await openDemo(page, stage.demo.siteUrl, {
      setup: "implicit",
      engagement: "authenticated",
      trouble: "popup-blocked",
    });
    const address = await addressOf(page);
    await page.click("#start");
    await press(page, "Sign in");
    await problem(page, /blocked the sign-in window/);
    assert.equal(await addressOf(page), address);
    await press(page, "Try again");
    await signInThere();
    assert.equal(await addressOf(page), address);
  });

  it("is taken at once in a browser inside an app", async () => {
    await page.setUserAgent({ userAgent: INSTAGRAM });
    await openDemo(page, stage.demo.siteUrl, { setup: "code", engagement: "authenticated" });
    await startWithoutGesture(page);
    await promptAsks(page);
    await press(page, "Sign in");
    await signInThere();
  });

  it("is taken by touch on a phone, and the prompt fits the screen", async () => {
    await page.setViewport({ width: 360, height: 740, isMobile: true, hasTouch: true });
    await page.setUserAgent({ userAgent: INSTAGRAM });
    await openDemo(page, stage.demo.siteUrl, { setup: "implicit", engagement: "authenticated" });
    await page.tap("#start-without-gesture");
    await promptAsks(page);
    const button = (await page.waitForSelector("consumer-auth >>> footer button.primary"))!;
    const box = (await button.boundingBox())!;
    assert.ok(box.x >= 0 && box.x + box.width <= 360 && box.y + box.height <= 740);
    assert.ok(box.height >= 44, `a finger needs 44 pixels, and has ${box.height}`);
    await button.tap();
    await signInThere();
  });
});
