import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";

import type { BrowserContext, Page } from "puppeteer-core";

import type { DemoWindow, IdentityPoll } from "../../demo/window/record.js";
import { popupOf, clickAway, visit } from "./support/browser.js";
import {
  openDemo,
  outcome,
  press,
  problem,
  readWindow,
  signIn,
  startWithoutGesture,
} from "./support/demo-page.js";
import { addressOf } from "./support/peek.js";
import { claimsOf } from "./support/tokens.js";
import { until } from "./support/until.js";
import { useDemo } from "./support/use-demo.js";

const ADA = "7c0b1f52-9d7e-4f3a-8a41-5b8de0c97e16";

describe("the demo's window is as strict as the cloud", () => {
  let context: BrowserContext;
  let page: Page;

  const stage = useDemo({ thirdPartyCookies: "allowed" });

  beforeEach(async () => {
    ({ context, page } = await visit(stage.browser));
  });

  afterEach(async () => {
    stage.demo.idp.setIdTokenLifetime(3600);
    await context.close();
  });

  /** Has the page answer with an identity, and tells the window to look again. */
  async function tell(identity: string): Promise<IdentityPoll> {
    const { identities } = await readWindow(page);
    await page.evaluate(`{
      lpTag.identities.length = 0;
      lpTag.identities.push((callback) => callback(${identity}));
      lpTag.newPage(location.href, { section: ["loans"] });
    }`);
    await page.waitForFunction(`window.demoWindow.identities.length > ${identities.length}`);
    return (await readWindow(page)).identities.at(-1)!;
  }

  const told = async (): Promise<string> =>
    (await page.$eval("#conversation >>> .identity", ({ textContent }) => textContent)).trim();

  async function talk(setup: "implicit" | "implicit-jwks" = "implicit"): Promise<DemoWindow> {
    await openDemo(page, stage.demo.siteUrl, { setup, engagement: "authenticated" });
    await signIn(page, () => page.click("#start"));
    return outcome(page);
  }

  describe("with what the identity function says", () => {
    it("takes the three keys and null, and refuses everything else where it can be seen", async () => {
      // Where the page can't tell by itself, so that nobody else answers meanwhile.
      await openDemo(page, stage.demo.siteUrl, { setup: "code" });
      await page.waitForFunction("window.demoWindow.identities.length > 0");
      const before = stage.demo.counters.cloud.newPage;
      for (const good of [`{ iss: "https://a", acr: "loa1", sub: "b" }`, "null"]) {
        assert.ok((await tell(good)).answers.every(({ refused }) => refused === null));
        assert.equal(await told(), "");
      }
      for (const [bad, why] of [
        [`{ iss: "https://a", sub: "b" }`, /not acr, iss and sub/],
        [`{ iss: "https://a", acr: "loa1", sub: "b", name: "Ada" }`, /not acr, iss and sub/],
        [`{ iss: "https://a", acr: "loa2", sub: "b" }`, /loa1/],
        [`{ iss: "https://a", acr: "loa1", sub: "" }`, /sub/],
        [`{ iss: null, acr: "loa1", sub: "b" }`, /iss/],
        [`"ada"`, /neither an object nor null/],
        ["undefined", /neither an object nor null/],
      ] as const) {
        assert.ok((await tell(bad)).answers.some(({ refused }) => why.test(String(refused))));
        assert.match(await told(), why);
        assert.match(String((await readWindow(page)).identityRefused), why);
        assert.equal((await readWindow(page)).identity, null);
      }
      const poll = await tell("null");
      assert.deepEqual(poll.page, { url: await addressOf(page), section: ["loans"] });
      assert.equal((await readWindow(page)).identityRefused, null);
      // Told in passing: what comes after it doesn't wait for it.
      await until(() => stage.demo.counters.cloud.newPage >= before + 10);
    });

    it("refuses another person than the token's, whichever came first", async () => {
      await openDemo(page, stage.demo.siteUrl, { setup: "implicit", engagement: "authenticated" });
      const { idpUrl } = stage.demo;
      await tell(`{ iss: "${idpUrl}", acr: "loa1", sub: "somebody else" }`);
      assert.equal((await readWindow(page)).identityRefused, null);
      await signIn(page, () => page.click("#start"));
      assert.match(String((await outcome(page)).identityRefused), /sub is not that of the token/);

      await tell(`{ iss: "${idpUrl}", acr: "loa1", sub: "${ADA}" }`);
      assert.equal((await readWindow(page)).identityRefused, null);
      assert.match(JSON.stringify((await readWindow(page)).identity), new RegExp(ADA));

      await tell(`{ iss: "${idpUrl}/", acr: "loa1", sub: "${ADA}" }`);
      assert.match(String((await readWindow(page)).identityRefused), /iss is not that/);
    });

    it("asks functions that came before the tag, and forgets them where the tag is replaced", async () => {
      await page.evaluateOnNewDocument(`document.addEventListener("readystatechange", () => {
        window.lpTag?.identities.push((callback) =>
          callback({ iss: "https://a", acr: "loa1", sub: "early" }));
      }, { once: true })`);
      for (const [vendorTag, known] of [
        ["before", true],
        ["replaced", false],
        ["after", false],
      ] as const) {
        await page.goto(`${stage.demo.siteUrl}/?vendorTag=${vendorTag}`);
        await page.waitForFunction("window.demoWindow.identities.length > 0");
        const { identity } = await readWindow(page);
        assert.equal(identity !== null, known, vendorTag);
      }
    });
  });

  describe("calls again", () => {
    it("when the proof runs out", async () => {
      stage.demo.idp.setIdTokenLifetime(3);
      const { calls } = await talk();
      assert.equal(calls[0]?.reason, "start");
      await page.waitForFunction("window.demoWindow.calls.length > 1", { polling: 50 });
      assert.equal((await readWindow(page)).calls[1]?.reason, "expiry");
    });

    it("when the page is loaded during a conversation, and holds no token for it", async () => {
      await talk();
      const kept = await page.evaluate("JSON.stringify({ ...sessionStorage, ...localStorage })");
      assert.doesNotMatch(String(kept), /eyJ|Ada|7c0b1f52/);
      await page.reload();
      await page.waitForFunction("window.demoWindow.calls.length > 0", { polling: 50 });
      assert.equal((await readWindow(page)).calls[0]?.reason, "page-load");
    });

    it("no more, when the conversation ended", async () => {
      await openDemo(page, stage.demo.siteUrl, { setup: "implicit", engagement: "authenticated" });
      const popup = await popupOf(page, () => page.click("#start"));
      await clickAway(popup, "#deny");
      await problem(page, /declined/);
      await press(page, "Cancel");
      assert.equal((await outcome(page)).state, "failed");
      await page.reload();
      await page.waitForFunction("window.demoWindow.identities.length > 0");
      assert.deepEqual((await readWindow(page)).calls, []);
    });
  });

  for (const [trouble, goesOn] of [
    ["none", true],
    ["no-step-up", false],
  ] as const) {
    it(`step-up, trouble ${trouble}: the conversation ${goesOn ? "goes on" : "begins anew"} when the guest signs in`, async () => {
      await openDemo(page, stage.demo.siteUrl, { setup: "step-up", trouble });
      await startWithoutGesture(page);
      await press(page, "Continue as guest");
      const guest = await outcome(page);
      await signIn(page, () => page.click("#sign-in"));
      await page.waitForFunction(
        "ConsumerAuth.ready.then((auth) => auth.session.state === 'authenticated')",
      );
      await page.click("#ask-again");
      await page.waitForFunction("window.demoWindow.agent?.authenticated === true");
      const { agent } = await readWindow(page);
      const before = guest.agent?.conversation.id;
      assert.equal(agent?.conversation.id === before, goesOn);
      assert.equal(agent?.conversation.steppedUpFrom !== null, goesOn);
      const view = await page.$eval("#agent-view", ({ textContent }) => textContent);
      assert.equal(view.includes("Was the guest"), goesOn);
    });
  }

  it("is told by the log which rungs of the ladder were tried", async () => {
    await talk("implicit-jwks");
    await page.waitForSelector("#ladder [data-outcome=answered]");
    const sentences = await page.$$eval("#ladder ol li", (steps) =>
      steps.map(({ textContent }) => textContent),
    );
    assert.ok(sentences.length > 0);
    for (const sentence of sentences) assert.match(sentence, /^[\w-]+: [\w ]+ after \d+ ms$/);
  });

  it("lets the consumer sign in at the site, without its provider, and out again", async () => {
    await page.goto(`${stage.demo.siteUrl}/?setup=implicit&engagement=authenticated`);
    await Promise.all([page.waitForNavigation(), page.click("[data-site-consumer=grace]")]);
    assert.match(await addressOf(page), /\?setup=implicit&engagement=authenticated$/);
    assert.match(
      await page.$eval("#site-account", ({ textContent }) => textContent),
      /Grace Hopper is signed in/,
    );
    const token = await page.evaluate(`fetch("/api/messaging-credential", {
      method: "POST",
      credentials: "include",
      headers: { accept: "application/json" },
      body: new URLSearchParams(),
    }).then((response) => response.json()).then((answer) => answer.id_token)`);
    assert.equal(claimsOf(token)["given_name"], "Grace");
    await Promise.all([page.waitForNavigation(), page.click("#site-sign-out")]);
    assert.deepEqual(stage.demo.site.signedIn(), []);
  });

  it("lets a frame see the provider's session, but not where cookies are blocked", async () => {
    await talk();
    const silently = (trouble: string): Promise<unknown> =>
      page.evaluate(`new Promise((resolve) => {
        const frame = document.createElement("iframe");
        const state = crypto.randomUUID();
        addEventListener("message", ({ data }) => {
          if (data?.consumerAuth !== state) return;
          frame.remove();
          resolve(new URLSearchParams(data.parameters).get("error"));
        });
        frame.src = "${stage.demo.idpUrl}/auth?" + new URLSearchParams({
          client_id: "messaging-implicit",
          response_type: "id_token",
          redirect_uri: location.origin + "/callback.html",
          scope: "openid",
          nonce: "nonce",
          prompt: "none",
          state,
          ${trouble}
        });
        document.body.append(frame);
      })`);
    assert.equal(await silently(""), null);
    assert.equal(await silently(`demo_trouble: "no-cookies"`), "login_required");
    assert.equal(await silently(""), null);
    stage.demo.idp.endSessions();
    assert.equal(await silently(""), "login_required");
  });

  it("signs out everywhere with the page's ID token, and comes back by itself", async () => {
    await talk();
    const [token] = (await readWindow(page)).calls[0]!.answers[0]!.args.map(({ value }) => value);
    const address = new URLSearchParams({
      id_token_hint: String(token),
      post_logout_redirect_uri: `${stage.demo.siteUrl}/callback.html`,
      state: "bye",
    });
    await page.goto(`${stage.demo.idpUrl}/session/end?${address}`);
    await page.waitForFunction("location.pathname === '/callback.html'");
    assert.deepEqual(stage.demo.idp.signedIn(), []);
  });
});
