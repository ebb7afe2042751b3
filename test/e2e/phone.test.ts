import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";

import type { BrowserContext, Page } from "puppeteer-core";

import { engine } from "../support/engines.js";
import { inAppBrowsers, ordinaryBrowsers } from "../support/user-agents.js";
import { clickAway, visit } from "./support/browser.js";
import {
  onlyAnswer,
  openDemo,
  outcome,
  press,
  problem,
  readWindow,
  signIn,
  startWithoutGesture,
} from "./support/demo-page.js";
import {
  answered,
  countFrom,
  demoPageWith,
  pendingRequests,
  promptAsks,
} from "./support/journey.js";
import { peek, peekUntil } from "./support/peek.js";
import { useDemo } from "./support/use-demo.js";

/** The apps of the day; the rest of the table is told apart in unit tests. */
const ALL_APPS = [
  "Instagram on iOS",
  "Instagram on Android",
  "Facebook on iOS",
  "Facebook on Android",
  "WeChat on iOS",
  "WeChat on Android",
  "LINE on iOS",
  "LINE on Android",
  "TikTok on iOS",
  "TikTok on Android",
  "the Google app on iOS",
  "a web view on Android",
  "a web view on an iPhone",
] as const satisfies readonly (keyof typeof inAppBrowsers)[];

const FEW = /^(Instagram on iOS|Facebook on Android|LINE on Android|WeChat on iOS)$/;

/** A name tells every engine the same: where it isn't Chromium, a few of them say enough. */
const APPS = engine === "chromium" ? ALL_APPS : ALL_APPS.filter((app) => FEW.test(app));

const CHROME = ordinaryBrowsers["Chrome on Android, and Custom Tabs as in Gmail"];

const authenticated = { setup: "implicit", engagement: "authenticated" } as const;
const refused = { "embedded-browsers": "refused" } as const;
const pages = {
  "/refused": demoPageWith(authenticated, refused),
  "/refused-code": demoPageWith(
    { setup: "code", engagement: "authenticated" },
    { ...refused, silent: "false" },
  ),
  "/refused-guest": demoPageWith({ setup: "implicit" }, refused),
  "/allowed": demoPageWith(authenticated, {}),
};

describe("on a phone", () => {
  let context: BrowserContext;
  let page: Page;

  const stage = useDemo({ pages });

  beforeEach(async () => {
    ({ context, page } = await visit(stage.browser));
    await page.setViewport({ width: 360, height: 740, isMobile: true, hasTouch: true });
    // A phone's pages know of touch; not every driver has a page believe so.
    await page.evaluateOnNewDocument(`window.ontouchend ??= null;
    Object.defineProperty(navigator, "clipboard", {
      value: { writeText: async (text) => { window.copied = text; } },
    })`);
  });

  afterEach(async () => {
    await context.close();
    stage.demo.idp.endSessions();
  });

  const browse = (userAgent: string): Promise<void> => page.setUserAgent({ userAgent });

  const open = async (address: string): Promise<void> => {
    await page.goto(`${stage.demo.siteUrl}${address}`);
    await peek(page, "ConsumerAuth.ready.then(() => undefined)");
  };

  const GUIDE =
    "document.querySelector('consumer-auth')?.shadowRoot?.querySelector('[part=guide]')";

  /** The guide's link, once it is shown. */
  async function guide(): Promise<string | null> {
    await peekUntil(page, `!!${GUIDE}`);
    return (await peek(page, `${GUIDE}.querySelector("a")?.getAttribute("href")`)) as string | null;
  }

  const buttons = async (): Promise<unknown> =>
    peek(
      page,
      `[...document.querySelector("consumer-auth").shadowRoot.querySelectorAll("footer button")]
        .map((button) => button.textContent.trim()).join()`,
    );

  const atProvider = (): Promise<void> =>
    peekUntil(page, `location.pathname.startsWith("/interaction/")`);

  async function signInThere(): Promise<void> {
    await atProvider();
    assert.equal((await context.pages()).length, 1);
    await clickAway(page, `[data-consumer="ada"]`);
    await peekUntil(page, "window.demoWindow?.state === 'connected'");
    const seen = await readWindow(page);
    assert.equal(seen.agent?.name, "Ada Lovelace");
    assert.equal(seen.violations, 0);
    assert.equal(onlyAnswer(seen).length, 1);
    assert.equal(await pendingRequests(page), 0);
  }

  for (const app of APPS) {
    it(`${app}: signs in by a redirect, and the window is answered`, async () => {
      await browse(inAppBrowsers[app]);
      await openDemo(page, stage.demo.siteUrl, { setup: "code", engagement: "authenticated" });
      await startWithoutGesture(page);
      await promptAsks(page);
      assert.equal(await peek(page, GUIDE), null);
      await press(page, "Sign in");
      await signInThere();
    });

    it(`${app}: says that the sign-in needs another browser where the brand says so`, async () => {
      await browse(inAppBrowsers[app]);
      await open("/refused");
      const count = countFrom(stage.demo);
      await page.tap("#start");
      const link = await guide();
      const hasWay = /Android|LINE/.test(app);
      assert.equal(Boolean(link), hasWay);
      if (hasWay)
        assert.match(String(link), /^(intent|http):\/\/(localhost|127\.0\.0\.1):\d+\/refused/);
      assert.equal(await buttons(), "Cancel");
      assert.equal((await readWindow(page)).state, "waiting");
      await press(page, "Cancel");
      await answered(page, 0);
      assert.match(String(onlyAnswer(await readWindow(page))[1]), /^cancelled: /);
      assert.equal(count("authorization") - count("silent"), 0);
      assert.equal(await pendingRequests(page), 0);
      assert.equal((await context.pages()).length, 1);
    });
  }

  it("says so too where a person is all that could answer", async () => {
    await browse(inAppBrowsers["Facebook on Android"]);
    await page.goto(`${stage.demo.siteUrl}/refused-code`);
    await startWithoutGesture(page);
    await guide();
    assert.equal((await context.pages()).length, 1);
  });

  it("a guest goes on in such an app", async () => {
    await browse(inAppBrowsers["Facebook on Android"]);
    await open("/refused-guest");
    await page.tap("#start");
    await guide();
    await press(page, "Continue as guest");
    const seen = await outcome(page);
    assert.equal(seen.state, "connected");
    assert.equal(seen.agent?.authenticated, false);
    assert.equal(onlyAnswer(seen).length, 1);
  });

  it("the link is copied as it is, without what an answer has left in the address", async () => {
    await browse(inAppBrowsers["WeChat on iOS"]);
    await open("/refused?view=loans&code=secret#secret");
    await page.tap("#start");
    await guide();
    await press(page, "Copy link");
    await peekUntil(page, `${GUIDE}.querySelector("[role=status]").textContent !== ""`);
    assert.equal(await peek(page, "window.copied"), `${stage.demo.siteUrl}/refused?view=loans`);
  });

  for (const kept of [true, false]) {
    it(`gone back from the provider's page, the page ${kept ? "kept" : "loaded anew"}: offers another browser, and another try`, async () => {
      if (!kept) await page.evaluateOnNewDocument("addEventListener('unload', () => undefined)");
      await browse(inAppBrowsers["Instagram on Android"]);
      await open("/allowed");
      await startWithoutGesture(page);
      await promptAsks(page);
      await press(page, "Sign in");
      await atProvider();
      // Without the gesture that the driver brings along.
      await peek(page, "history.back()").catch(() => undefined);
      await peekUntil(page, "location.pathname === '/allowed' && !!window.demoWindow");
      assert.match(String(await guide()), /^intent:/);
      assert.equal(await pendingRequests(page), 0);
      assert.match(String(await buttons()), /^(Sign in|Try again),Cancel$/);
      await page.evaluate(
        `document.querySelector("consumer-auth").shadowRoot.querySelector("footer button").click()`,
      );
      await signInThere();
    });
  }

  it("an ordinary browser signs in in a popup, whatever the provider thinks of apps", async () => {
    await browse(CHROME);
    await open("/refused");
    await signIn(page, () => page.tap("#start"));
    assert.equal((await outcome(page)).agent?.name, "Ada Lovelace");
    assert.equal(await peek(page, GUIDE), null);
  });

  it("an ordinary browser that blocks popups goes by a redirect, after a second tap", async () => {
    await browse(CHROME);
    await openDemo(page, stage.demo.siteUrl, {
      ...authenticated,
      trouble: "popup-blocked",
    });
    await page.tap("#start");
    await press(page, "Sign in");
    await problem(page, /blocked the sign-in window/);
    await press(page, "Try again");
    await signInThere();
  });
});
