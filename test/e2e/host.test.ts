import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";

import type { BrowserContext, Page } from "puppeteer-core";

import type { Places } from "../../demo/site/tag.js";
import { visit } from "./support/browser.js";
import {
  openDemo,
  outcome,
  press,
  readWindow,
  signIn,
  type Switches,
} from "./support/demo-page.js";
import { answered, demoPageWith, lastAttempts, listen, stateIs } from "./support/journey.js";
import { claimsOf } from "./support/tokens.js";
import { useDemo } from "./support/use-demo.js";

const GRACE = "e2a9d3c4-31b8-4c66-b0f5-97f1a2d6c803";
const inApp = { setup: "host", engagement: "authenticated" } as const;
const inForeignApp = { ...inApp, trouble: "foreign-app" } as const;

const pages: Record<string, (places: Places) => string> = {
  "/in-foreign-app": demoPageWith(inForeignApp, { "request-timeout": "400" }),
};

/** What the page asked the app. */
interface Asked {
  readonly interactive: boolean;
  readonly renew: boolean;
}

describe("inside the brand's app", () => {
  const stage = useDemo({ pages });
  let context: BrowserContext;
  let page: Page;

  beforeEach(async () => {
    stage.demo.site.endSessions();
    ({ context, page } = await visit(stage.browser));
    await listen(page);
  });

  afterEach(async () => {
    await context.close();
  });

  const asked = (): Promise<readonly Asked[]> =>
    page.evaluate("demoApp.requests") as Promise<readonly Asked[]>;

  async function signInInApp(who: string): Promise<void> {
    await page.click(`#app-signed-out [data-app-consumer="${who}"]`);
    await page.waitForSelector("#app-hand-in", { visible: true });
  }

  /** Opens the page, which looks at once, without a word, who is signed in in the app. */
  async function open(switches: Switches): Promise<void> {
    await openDemo(page, stage.demo.siteUrl, switches);
    await page.waitForFunction("demoApp.requests.length === 1", { polling: 50 });
    assert.equal((await asked())[0]?.interactive, false);
  }

  const start = (): Promise<void> => page.click("#start");

  /** Clicks in the app's own sheet. */
  async function inSheet(selector: string): Promise<void> {
    await (await page.waitForSelector(`#app-login ${selector}`, { visible: true }))!.click();
  }

  it("asks who is signed in there, and the agent sees them", async () => {
    await open(inApp);
    await signInInApp("grace");
    await start();
    const { state, agent, violations } = await outcome(page);
    assert.deepEqual([state, agent?.name, violations], ["connected", "Grace Hopper", 0]);
    assert.equal((await lastAttempts(page)).at(-1), "host answered");
    assert.equal((await asked()).length, 2);
    const { authorization, silent } = stage.demo.counters.idp;
    assert.equal(authorization, silent);
  });

  it("knows without a question who was signed in in the app before the page came", async () => {
    await open(inApp);
    await signInInApp("grace");
    await open(inApp);
    await stateIs(page, "authenticated");
    await start();
    assert.equal((await outcome(page)).agent?.name, "Grace Hopper");
    assert.equal((await asked()).length, 1);
  });

  it("lets the app show its own sign-in, and no popup", async () => {
    await open(inApp);
    await start();
    await inSheet('[data-app-consumer="alan"]');
    assert.equal((await outcome(page)).agent?.name, "Alan Turing");
    assert.equal((await asked()).at(-1)?.interactive, true);
    assert.equal((await context.pages()).length, 1);
  });

  it("goes on to the provider where nobody wants to sign in in the app", async () => {
    await open(inApp);
    await start();
    await signIn(page, () => inSheet("#app-decline"));
    assert.equal((await outcome(page)).agent?.name, "Ada Lovelace");
    assert.ok((await lastAttempts(page)).includes("host empty"));
  });

  it("goes on as a guest where they don't want to there either", async () => {
    await open({ ...inApp, engagement: "either" });
    await start();
    await inSheet("#app-decline");
    await press(page, "Continue as guest");
    const { state, agent } = await outcome(page);
    assert.deepEqual([state, agent?.authenticated], ["connected", false]);
  });

  it("hands over what the app has handed in, without a question", async () => {
    await open(inApp);
    await signInInApp("grace");
    await page.click("#app-hand-in");
    await stateIs(page, "authenticated");
    await start();
    const { agent, calls } = await outcome(page);
    assert.equal(agent?.name, "Grace Hopper");
    assert.equal(claimsOf(calls[0]?.answers[0]?.args[0]?.value)["sub"], GRACE);
    assert.equal((await asked()).length, 1);
  });

  it("hands over nothing of whoever has signed out in the app", async () => {
    await open(inApp);
    await signInInApp("grace");
    await start();
    await outcome(page);
    await page.click("#app-sign-out");
    await stateIs(page, "anonymous");
    assert.deepEqual(stage.demo.site.signedIn(), []);
    await page.click("#ask-again");
    await inSheet('[data-app-consumer="ada"]');
    await answered(page, 1);
    assert.equal((await outcome(page)).agent?.name, "Ada Lovelace");
  });

  it("goes on in time where an app has the bridge, but never answers", async () => {
    await page.goto(`${stage.demo.siteUrl}/in-foreign-app`);
    await signIn(page, start);
    assert.equal((await outcome(page)).agent?.name, "Ada Lovelace");
    assert.ok((await lastAttempts(page)).includes("host request_timeout"));
    assert.equal((await readWindow(page)).violations, 0);
  });
});
