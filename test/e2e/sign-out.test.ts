import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";

import type { BrowserContext, Page } from "puppeteer-core";

import { visit } from "./support/browser.js";
import {
  onlyAnswer,
  openDemo,
  outcome,
  press,
  readWindow,
  signIn,
  startWithoutGesture,
  type Switches,
} from "./support/demo-page.js";
import {
  answered,
  countFrom,
  demoPageWith,
  listen,
  pendingRequests,
  promptAsks,
  stateIs,
} from "./support/journey.js";
import { addressOf, peek, peekUntil, traverse } from "./support/peek.js";
import { claimsOf } from "./support/tokens.js";
import { until } from "./support/until.js";
import { useDemo } from "./support/use-demo.js";

const ADA = /7c0b1f52|Lovelace|ada@example/;

/** All that a page of this origin can find in this browser. */
const STORED = `(async () => {
  const found = { local: { ...localStorage }, session: { ...sessionStorage }, cookies: document.cookie };
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((resolve, reject) => {
      const opening = indexedDB.open(name);
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
    });
    for (const store of database.objectStoreNames) {
      const all = (what) => new Promise((resolve) => {
        const asking = database.transaction(store).objectStore(store)[what]();
        asking.onsuccess = () => resolve(asking.result);
      });
      found[name + "/" + store] = [await all("getAllKeys"), await all("getAll")];
    }
    database.close();
  }
  return JSON.stringify(found);
})()`;

describe("a sign-out", () => {
  let context: BrowserContext;
  let page: Page;

  const stage = useDemo({
    pages: { "/kept": demoPageWith({ setup: "implicit", engagement: "authenticated" }, {}) },
  });

  beforeEach(async () => {
    ({ context, page } = await visit(stage.browser));
    await listen(page);
  });

  afterEach(async () => {
    stage.demo.idp.restore();
    await context.close();
    stage.demo.idp.endSessions();
  });

  async function talk(tab: Page, switches: Switches): Promise<void> {
    await openDemo(tab, stage.demo.siteUrl, switches);
    await signIn(tab, () => tab.click("#start"));
    assert.equal((await outcome(tab)).state, "connected");
  }

  const nothingLeft = async (token: unknown): Promise<void> => {
    const stored = String(await peek(page, STORED));
    assert.doesNotMatch(stored, ADA);
    assert.doesNotMatch(stored, /eyJ/);
    assert.ok(!stored.includes(String(token).slice(-40)));
    const page_ = String(await peek(page, "document.querySelector('consumer-auth')?.outerHTML"));
    assert.doesNotMatch(page_, ADA);
  };

  it("reaches every tab, and the vendor's tag of every tab", async () => {
    const switches = { setup: "implicit", engagement: "authenticated" } as const;
    await talk(page, switches);
    const token = onlyAnswer(await readWindow(page))[0];
    const tab = await context.newPage();
    await openDemo(tab, stage.demo.siteUrl, switches);
    await stateIs(tab, "authenticated");
    const before = await Promise.all(
      [page, tab].map(async (one) => (await readWindow(one)).identities.length),
    );

    await page.bringToFront();
    await page.click("#sign-out");
    for (const [index, one] of [page, tab].entries()) {
      await stateIs(one, "anonymous");
      await peekUntil(one, `demoWindow.identities.length > ${before[index]}`);
      const { identities, identity } = await readWindow(one);
      assert.equal(identities.at(-1)?.event, "newPage");
      assert.equal(identity, null);
    }
    await nothingLeft(token);

    // Whoever asks next is asked, in either tab.
    await tab.bringToFront();
    await startWithoutGesture(tab);
    await promptAsks(tab);
  });

  it("is heard by a page that the browser kept meanwhile for the way back", async () => {
    const switches = { setup: "implicit", engagement: "authenticated" } as const;
    await page.goto(`${stage.demo.siteUrl}/kept`);
    await signIn(page, () => page.click("#start"));
    assert.equal((await outcome(page)).state, "connected");
    await page.evaluate("window.isKept = true");
    await page.goto(`${stage.demo.siteUrl}/app/help`);
    const tab = await context.newPage();
    await openDemo(tab, stage.demo.siteUrl, switches);
    await tab.click("#sign-out");
    await stateIs(tab, "anonymous");
    await page.bringToFront();
    await traverse(page, -1);
    await peekUntil(page, "window.isKept");
    await stateIs(page, "anonymous");
  });

  it("lets the next anonymous person be another one", async () => {
    const switches = { setup: "step-up" } as const;
    await openDemo(page, stage.demo.siteUrl, switches);
    await startWithoutGesture(page);
    await press(page, "Continue as guest");
    const guest = claimsOf(onlyAnswer(await outcome(page))[0])["sub"];
    await signIn(page, () => page.click("#sign-in"));
    await stateIs(page, "authenticated");
    await page.click("#ask-again");
    await page.waitForFunction("window.demoWindow.agent?.authenticated === true");

    await page.click("#sign-out");
    await stateIs(page, "anonymous");
    await page.click("#ask-again");
    await press(page, "Continue as guest");
    await page.waitForFunction("window.demoWindow.agent?.authenticated === false");
    const next = claimsOf(onlyAnswer(await readWindow(page))[0])["sub"];
    assert.notEqual(next, guest);
    assert.doesNotMatch(String(next), ADA);
    assert.doesNotMatch(String(await peek(page, STORED)), ADA);
  });

  it("revokes the refresh token, and says so where that fails", async () => {
    await talk(page, { setup: "refresh", engagement: "authenticated" });
    const count = countFrom(stage.demo);
    await page.click("#sign-out");
    await until(() => count("revocation") === 1);
    await nothingLeft(onlyAnswer(await readWindow(page))[0]);

    await page.click("#ask-again");
    await press(page, "Sign in");
    await answered(page, 1);
    stage.demo.idp.interrupt({ path: "revocation", status: 400 });
    await page.click("#sign-out");
    await page.waitForFunction(
      "window.told.error.some(({ what }) => what === 'token_request_failed')",
    );
    await stateIs(page, "anonymous");
  });

  for (const setup of ["implicit", "widget", "hybrid", "code"] as const) {
    it(`everywhere, ${setup}: ends the provider's session and comes back to where it was`, async () => {
      await talk(page, { setup, engagement: "authenticated" });
      await page.evaluate("history.replaceState(null, '', location.search + '&more=1#log-title')");
      const address = await addressOf(page);
      const count = countFrom(stage.demo);
      const sent: URLSearchParams[] = [];
      page.on("request", (request) => {
        const { pathname, searchParams } = new URL(request.url());
        if (pathname === "/session/end") sent.push(searchParams);
      });
      assert.deepEqual(stage.demo.idp.signedIn(), ["ada"]);
      await page.click("#sign-out-everywhere");
      if (setup === "code") {
        // Without an ID token the provider asks whether it is really wanted.
        await page.waitForSelector("#sign-out[name=logout]");
        await page.click("#sign-out[name=logout]");
      }
      await until(() => stage.demo.idp.signedIn().length === 0);
      await peekUntil(page, `location.href === "${address}" && !!window.demoWindow`);
      assert.ok(count("endSession") >= 1);
      const [first = new URLSearchParams()] = sent;
      assert.equal(first.get("post_logout_redirect_uri"), `${stage.demo.siteUrl}/callback.html`);
      const hint = first.get("id_token_hint");
      if (setup === "code") assert.equal(hint, null);
      else assert.match(String(claimsOf(hint)["sub"]), ADA);
      await nothingLeft(hint);

      // The window calls again, and the next sign-in asks who it is.
      await promptAsks(page);
      await signIn(page, () => press(page, "Sign in"), "grace");
      await page.waitForFunction("window.demoWindow.agent?.name === 'Grace Hopper'");
      assert.equal(await pendingRequests(page), 0);
    });
  }

  it("everywhere, where the provider has no end_session_endpoint: says so, and signs out here", async () => {
    stage.demo.idp.interrupt({
      path: "discovery",
      status: 200,
      times: 9,
      body: JSON.stringify({
        issuer: stage.demo.idpUrl,
        authorization_endpoint: `${stage.demo.idpUrl}/auth`,
      }),
    });
    await talk(page, { setup: "implicit", engagement: "authenticated" });
    const address = await addressOf(page);
    const told = await page.evaluate(`ConsumerAuth.ready
      .then((auth) => auth.signOut({ everywhere: true }))
      .catch(({ code, message }) => [code, message])`);
    const [code, message] = told as [string, string];
    assert.equal(code, "discovery_failed");
    assert.match(message, /no end_session_endpoint .* give endSessionEndpoint/);
    await stateIs(page, "anonymous");
    assert.equal(await addressOf(page), address);
    assert.equal(await pendingRequests(page), 0);
  });
});
