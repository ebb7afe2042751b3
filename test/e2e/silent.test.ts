import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";

import type { BrowserContext, Page } from "puppeteer-core";

import { visit } from "./support/browser.js";
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
import {
  answered,
  countFrom,
  demoPageWith,
  heard,
  identityTold,
  lastAttempts,
  listen,
  promptAsks,
  signInAtProvider,
  stateIs,
} from "./support/journey.js";
import { useDemo } from "./support/use-demo.js";

const code = { setup: "code", engagement: "authenticated" } as const;
const implicit = { setup: "implicit", engagement: "authenticated" } as const;

const pages = {
  "/no-frames": demoPageWith(
    code,
    { "silent-timeout": "15000" },
    `<meta http-equiv="content-security-policy" content="frame-src 'self'">`,
  ),
  "/impatient": demoPageWith(code, { "silent-timeout": "700" }),
  "/strong": demoPageWith(implicit, { "acr-values": "urn:alder:2" }),
  "/not-silent": demoPageWith(code, { silent: "false" }),
};

describe("a silent sign-in", () => {
  let context: BrowserContext;
  let page: Page;
  let frames: string[];

  const stage = useDemo({ thirdPartyCookies: "allowed", pages });

  beforeEach(async () => {
    ({ context, page } = await visit(stage.browser));
    frames = [];
    page.on("frameattached", () => frames.push("attached"));
    await listen(page);
  });

  afterEach(async () => {
    stage.demo.idp.restore();
    stage.demo.idp.setIdTokenLifetime(3600);
    await context.close();
    stage.demo.idp.endSessions();
  });

  /** Nobody was asked, and nothing is left of the frame. */
  async function nobodyNoticed(): Promise<void> {
    assert.equal(await page.$("consumer-auth"), null);
    assert.equal(await page.$("iframe"), null);
    assert.equal((await context.pages()).length, 1);
  }

  it("answers the window with a code, without a prompt and in one request, and leaves no frame", async () => {
    await signInAtProvider(page, stage.demo);
    const count = countFrom(stage.demo);
    await openDemo(page, stage.demo.siteUrl, code);
    await page.click("#start");
    const seen = await outcome(page);
    assert.equal(seen.state, "connected");
    assert.equal(seen.agent?.name, "Ada Lovelace");
    await nobodyNoticed();
    assert.equal(count("silent"), 1);
    assert.equal(count("authorization"), 1);
    assert.deepEqual(frames, ["attached"]);
    assert.deepEqual(await lastAttempts(page), [
      "stored empty",
      "returned empty",
      "silent answered",
    ]);
  });

  it("binds the code to the window's challenge: the cloud exchanges it", async () => {
    await signInAtProvider(page, stage.demo, "grace");
    const count = countFrom(stage.demo);
    const asked: (string | null)[] = [];
    page.on("request", (request) => {
      const { pathname, searchParams } = new URL(request.url());
      if (pathname === "/auth") asked.push(searchParams.get("code_challenge"));
    });
    await openDemo(page, stage.demo.siteUrl, { setup: "code-pkce", engagement: "authenticated" });
    await startWithoutGesture(page);
    const seen = await outcome(page);
    assert.equal(seen.authenticate?.status, 200);
    assert.equal(seen.agent?.name, "Grace Hopper");
    assert.deepEqual(asked, [seen.calls[0]?.challenge]);
    assert.equal(count("silent"), 1);
    await nobodyNoticed();

    // The next call has a challenge of its own, and gets a code of its own.
    await page.click("#ask-again");
    await answered(page, 1);
    await page.waitForFunction("window.demoWindow.state === 'connected'");
    const { calls, authenticate } = await readWindow(page);
    assert.equal(authenticate?.status, 200);
    assert.deepEqual(asked, [calls[0]?.challenge, calls[1]?.challenge]);
    assert.equal(count("silent"), 2);
  });

  for (const setup of ["implicit", "implicit-jwks", "widget"] as const) {
    it(`${setup}: answers the identity function of a fresh page, and the call with the same token`, async () => {
      await signInAtProvider(page, stage.demo);
      const count = countFrom(stage.demo);
      await openDemo(page, stage.demo.siteUrl, { setup, engagement: "authenticated" });
      await identityTold(page);
      assert.match(JSON.stringify((await readWindow(page)).identity), /7c0b1f52/);
      await page.click("#start");
      const seen = await outcome(page);
      assert.equal(seen.state, "connected");
      assert.equal(seen.agent?.name, "Ada Lovelace");
      assert.equal(seen.identityRefused, null);
      assert.deepEqual(await lastAttempts(page), ["stored answered"]);
      // What was pushed to the provider before, its counter of silent requests doesn't see.
      assert.equal(count("silent") + count("pushed"), 1);
      assert.equal(count("authorization"), 1);
      await nobodyNoticed();
    });
  }

  it("is one for two tabs that begin at once", async () => {
    await signInAtProvider(page, stage.demo);
    const count = countFrom(stage.demo);
    const tab = await context.newPage();
    await Promise.all([page, tab].map((one) => openDemo(one, stage.demo.siteUrl, implicit)));
    for (const one of [page, tab]) {
      await identityTold(one);
      assert.match(JSON.stringify((await readWindow(one)).identity), /7c0b1f52/);
    }
    assert.equal(count("silent"), 1);
  });

  it("that finds nobody is no failure: the consumer signs in, in the window's own click", async () => {
    const count = countFrom(stage.demo);
    await openDemo(page, stage.demo.siteUrl, code);
    await signIn(page, () => page.click("#start"));
    assert.equal((await outcome(page)).state, "connected");
    assert.deepEqual(await lastAttempts(page), [
      "stored empty",
      "returned empty",
      "silent login_required",
      "interactive answered",
    ]);
    assert.deepEqual((await heard(page)).error, []);
    assert.equal(count("silent"), 1);
    assert.equal(await page.$("iframe"), null);
  });

  it("in a browser that blocks its cookies is found to be in vain once in a visit", async () => {
    stage.demo.idp.setIdTokenLifetime(8);
    const count = countFrom(stage.demo);
    const switches = { ...implicit, trouble: "cookies-blocked" } as const;
    await openDemo(page, stage.demo.siteUrl, switches);
    // Nobody has been here: nobody is found, and that is no wonder.
    await identityTold(page);
    assert.equal(count("silent"), 1);
    await signIn(page, () => page.click("#start"));
    assert.equal((await outcome(page)).state, "connected");
    assert.equal(count("silent"), 1);

    // The token runs out: whoever has just signed in can't be found, so nobody will be.
    await promptAsks(page);
    assert.equal((await readWindow(page)).calls[1]?.reason, "expiry");
    assert.equal(count("silent"), 2);

    await page.reload();
    await promptAsks(page);
    assert.equal((await readWindow(page)).calls[0]?.reason, "page-load");
    // The provider knows them well: its popup closes by itself.
    await press(page, "Sign in");
    assert.equal((await outcome(page)).state, "connected");
    assert.ok(!(await lastAttempts(page)).some((one) => one.startsWith("silent login")));
    assert.equal(count("silent"), 2);
  });

  it("that the page's policy forbids is known at once, and the message says what is missing", async () => {
    const count = countFrom(stage.demo);
    await page.goto(`${stage.demo.siteUrl}/no-frames`);
    await startWithoutGesture(page);
    await signIn(page, () => press(page, "Sign in"));
    assert.equal((await outcome(page)).state, "connected");
    const { credential } = await heard(page);
    const [told] = credential;
    const place = told?.attempts.indexOf("silent silent_failed") ?? -1;
    assert.ok(place >= 0, String(told?.attempts));
    assert.ok((told?.elapsed[place] ?? Infinity) < 5000);
    assert.equal(count("silent"), 0);
    assert.deepEqual(
      (await heard(page)).error.map(({ what }) => what),
      ["silent_failed"],
    );
  });

  it("that gets no answer ends after silentTimeout, and is not tried again", async () => {
    await signInAtProvider(page, stage.demo);
    stage.demo.idp.interrupt({ path: "silent", hang: true, times: 9 });
    const count = countFrom(stage.demo);
    await page.goto(`${stage.demo.siteUrl}/impatient`);
    await startWithoutGesture(page);
    assert.deepEqual(await promptButtons(page), ["Sign in", "Cancel"]);
    assert.equal(await page.$("iframe"), null);
    assert.equal(count("silent"), 1);
    await press(page, "Cancel");
    assert.match(String(onlyAnswer(await outcome(page))[1]), /^cancelled: /);
    const [told] = (await heard(page)).error;
    assert.ok(told?.attempts.includes("silent silent_failed"), String(told?.attempts));

    await page.reload();
    await startWithoutGesture(page);
    await promptButtons(page);
    assert.equal(count("silent"), 1);
  });

  it("that is refused because more proof is wanted leads to the prompt", async () => {
    await signInAtProvider(page, stage.demo);
    const count = countFrom(stage.demo);
    await page.goto(`${stage.demo.siteUrl}/strong`);
    await identityTold(page);
    assert.equal((await readWindow(page)).identity, null);
    await startWithoutGesture(page);
    await press(page, "Sign in");
    await context.waitForTarget((target) => target.url().includes("/interaction/"));
    const popup = (await context.pages()).at(-1)!;
    await (await popup.waitForSelector("#prove"))!.click();
    const seen = await outcome(page);
    assert.equal(seen.state, "connected");
    assert.deepEqual((await heard(page)).error, []);
    assert.ok(count("silent") >= 1);
  });

  for (const error of ["consent_required", "account_selection_required"] as const) {
    it(`that ends in ${error} is a normal outcome`, async () => {
      await page.setRequestInterception(true);
      page.on("request", (request) => {
        const { pathname, searchParams } = new URL(request.url());
        if (pathname !== "/auth" || searchParams.get("prompt") !== "none") {
          void request.continue();
          return;
        }
        const answer = new URLSearchParams({ error, state: String(searchParams.get("state")) });
        void request.respond({
          status: 303,
          headers: { location: `${String(searchParams.get("redirect_uri"))}?${answer}` },
        });
      });
      await openDemo(page, stage.demo.siteUrl, code);
      await startWithoutGesture(page);
      assert.deepEqual(await promptButtons(page), ["Sign in", "Cancel"]);
      await signIn(page, () => press(page, "Sign in"));
      assert.equal((await outcome(page)).state, "connected");
      assert.ok((await lastAttempts(page)).includes("silent login_required"));
      assert.deepEqual((await heard(page)).error, []);
    });
  }

  it("is not tried where the page says so", async () => {
    await signInAtProvider(page, stage.demo);
    const count = countFrom(stage.demo);
    await page.goto(`${stage.demo.siteUrl}/not-silent`);
    await startWithoutGesture(page);
    await promptButtons(page);
    assert.equal(count("silent"), 0);
    assert.deepEqual(frames, []);
  });

  for (const switches of [code, implicit]) {
    it(`${switches.setup}: does not undo a sign-out, here or on the next page`, async () => {
      await signInAtProvider(page, stage.demo);
      await openDemo(page, stage.demo.siteUrl, switches);
      await page.click("#start");
      assert.equal((await outcome(page)).state, "connected");
      const count = countFrom(stage.demo);
      await page.click("#sign-out");
      await stateIs(page, "anonymous");
      assert.deepEqual(stage.demo.idp.signedIn(), ["ada"]);
      await page.click("#ask-again");
      assert.deepEqual(await promptButtons(page), ["Sign in", "Cancel"]);

      await page.reload();
      await promptAsks(page);
      const { calls, identity } = await readWindow(page);
      assert.equal(calls[0]?.reason, "page-load");
      assert.equal(identity, null);
      assert.equal(count("silent"), 0);
    });
  }
});
