import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { Page } from "puppeteer-core";

import { startDemo, type Demo } from "../../demo/servers.js";
import { lacks } from "../support/engines.js";
import { PATIENCE, visit } from "./support/browser.js";
import { openDemo, outcome, press, signIn } from "./support/demo-page.js";
import { watchDialogs, type FedcmDialogs } from "./support/fedcm-browser.js";
import {
  answered,
  demoPageWith,
  lastAttempts,
  listen,
  signInAtProvider,
  stateIs,
} from "./support/journey.js";
import { claimsOf } from "./support/tokens.js";
import { useDemo } from "./support/use-demo.js";

const ADA = "7c0b1f52-9d7e-4f3a-8a41-5b8de0c97e16";
const switches = { setup: "fedcm", engagement: "authenticated" } as const;

/** A busy machine's browser may need longer than a consumer would like. */
const patient = demoPageWith(switches, { "silent-timeout": "15000" });

const skip = lacks("fedcm");

describe("a page whose provider has FedCM", () => {
  const stage = useDemo();

  /** Somebody with a session at the provider, on the brand's page. */
  async function arrive(page: Page, demo: Demo): Promise<FedcmDialogs> {
    await listen(page);
    const browser = await watchDialogs(page);
    await signInAtProvider(page, demo);
    await openDemo(page, demo.siteUrl, switches);
    return browser;
  }

  /**
   * In the browser's own profile, for incognito ones sign in nobody silently, and at a demo of its own:
   * what the browser remembers of FedCM it remembers by origins.
   */
  async function asReturning(
    act: (page: Page, demo: Demo, dialogs: FedcmDialogs) => Promise<void>,
  ) {
    const pages = { "/patient": patient };
    const demo = await startDemo({ sitePort: 0, idpPort: 0, cloudPort: 0, quiet: true, pages });
    const page = await stage.browser.newPage();
    page.setDefaultTimeout(PATIENCE);
    try {
      const dialogs = await arrive(page, demo);
      await page.click("#start");
      await dialogs.select(await dialogs.dialog("AccountChooser"));
      assert.equal((await outcome(page)).state, "connected");
      await act(page, demo, dialogs);
    } finally {
      await page.close();
      await demo.stop();
    }
  }

  it(
    "answers the window with the verified token of the account that is chosen",
    { skip },
    async () => {
      const { context, page } = await visit(stage.browser);
      const browser = await arrive(page, stage.demo);
      const before = stage.demo.counters.idp.assertion;
      await page.click("#start");
      const dialog = await browser.dialog("AccountChooser");
      assert.deepEqual(
        dialog.accounts.map(({ email }) => email),
        ["ada@example.com"],
      );
      await browser.select(dialog);
      const { agent, calls, violations } = await outcome(page);
      assert.deepEqual([agent?.name, violations], ["Ada Lovelace", 0]);
      const claims = claimsOf(calls[0]?.answers[0]?.args[0]?.value);
      assert.deepEqual([claims["sub"], claims["iss"]], [ADA, stage.demo.idpUrl]);
      assert.equal((await lastAttempts(page)).at(-1), "fedcm answered");
      assert.equal(stage.demo.counters.idp.assertion, before + 1);
      assert.equal((await context.pages()).length, 1);
      await context.close();
    },
  );

  it("goes on to the popup where the dialog is closed", { skip }, async () => {
    const { context, page } = await visit(stage.browser);
    const browser = await arrive(page, stage.demo);
    await page.click("#start-without-gesture");
    await browser.dismiss(await browser.dialog("AccountChooser"));
    // The provider knows the consumer: its popup closes by itself.
    await press(page, "Sign in");
    assert.equal((await outcome(page)).agent?.name, "Ada Lovelace");
    assert.deepEqual((await lastAttempts(page)).slice(-2), ["fedcm empty", "interactive answered"]);
    await context.close();
  });

  it("opens the popup in a browser that can't", async () => {
    const { context, page } = await visit(stage.browser);
    await page.evaluateOnNewDocument("delete globalThis.IdentityCredential");
    await listen(page);
    await openDemo(page, stage.demo.siteUrl, switches);
    await signIn(page, () => page.click("#start"));
    assert.equal((await outcome(page)).agent?.name, "Ada Lovelace");
    const attempts = await lastAttempts(page);
    assert.equal(attempts.at(-1), "interactive answered");
    assert.ok(attempts.every((attempt) => !attempt.startsWith("fedcm")));
    await context.close();
  });

  it("signs in without a word who comes back", { skip }, async () => {
    await asReturning(async (page, demo, { dialogs }) => {
      await page.goto(`${demo.siteUrl}/patient`);
      await stateIs(page, "authenticated");
      assert.deepEqual(dialogs, ["AccountChooser", "AutoReauthn"]);
      assert.equal(demo.counters.idp.assertion, 2);
      assert.equal((await outcome(page)).agent?.name, "Ada Lovelace");
    });
  });

  it("asks again whoever has signed out", { skip }, async () => {
    await asReturning(async (page, demo, browser) => {
      await page.evaluate(`{
        const { credentials } = navigator;
        const prevent = credentials.preventSilentAccess.bind(credentials);
        credentials.preventSilentAccess = () => prevent().then(() => (window.prevented = true));
      }`);
      await page.click("#sign-out");
      await page.waitForFunction("window.prevented", { polling: 50 });
      // The window has looked who is there, and the page with it.
      await stateIs(page, "anonymous");
      await openDemo(page, demo.siteUrl, switches);
      await page.click("#start");
      const dialog = await browser.dialog("AccountChooser");
      assert.deepEqual(browser.dialogs, ["AccountChooser", "AccountChooser"]);
      await browser.select(dialog);
      await answered(page, 0);
      assert.equal((await outcome(page)).agent?.name, "Ada Lovelace");
    });
  });
});
