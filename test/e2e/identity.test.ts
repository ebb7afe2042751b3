import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";

import type { BrowserContext, Page } from "puppeteer-core";

import type { Setup, VendorTag } from "../../demo/scenarios.js";
import { visit } from "./support/browser.js";
import { openDemo, outcome, readWindow, signIn } from "./support/demo-page.js";
import {
  countFrom,
  demoPageWith,
  identityTold,
  signInAtProvider,
  stateIs,
} from "./support/journey.js";
import { addressOf, peekUntil } from "./support/peek.js";
import { useDemo } from "./support/use-demo.js";

const ADA = "7c0b1f52-9d7e-4f3a-8a41-5b8de0c97e16";
const code = { setup: "code", engagement: "authenticated" } as const;

const pages = {
  "/path": demoPageWith(code, { identity: "lpTag.visitor" }),
  "/sections": demoPageWith({ setup: "implicit" }, { sections: "loans savings" }),
  "/quiet": demoPageWith({ setup: "implicit" }, { "new-page": "false" }),
};

describe("the identity function", () => {
  let context: BrowserContext;
  let page: Page;

  const stage = useDemo({ thirdPartyCookies: "allowed", pages });

  beforeEach(async () => {
    ({ context, page } = await visit(stage.browser));
  });

  afterEach(async () => {
    await context.close();
    stage.demo.idp.endSessions();
  });

  const ada = () => ({ iss: stage.demo.idpUrl, acr: "loa1", sub: ADA });
  const open = (setup: Setup, vendorTag: VendorTag): Promise<void> =>
    openDemo(page, stage.demo.siteUrl, { setup, engagement: "authenticated", vendorTag });
  const lastPoll = async () => (await readWindow(page)).identities.at(-1);
  const polled = (condition: string): Promise<void> =>
    peekUntil(page, `demoWindow.identities.some((poll) => ${condition})`);

  for (const vendorTag of ["after", "before", "replaced"] as const) {
    it(`says nobody, then the very person of the token, then nobody: the vendor's tag: ${vendorTag}`, async () => {
      await open("implicit", vendorTag);
      const { identity, identityRefused } = await identityTold(page);
      assert.equal(identity, null);
      assert.equal(identityRefused, null);

      await signIn(page, () => page.click("#start"));
      const seen = await outcome(page);
      assert.equal(seen.agent?.customerInfo["customerId"], ADA);
      await polled(`poll.event === "newPage" && poll.answers[0]?.identity?.sub === "${ADA}"`);
      assert.deepEqual((await readWindow(page)).identity, ada());
      assert.equal((await readWindow(page)).identityRefused, null);
      // One function, not one for each tag that came.
      assert.equal((await lastPoll())?.answers.length, 1);

      await page.click("#sign-out");
      await peekUntil(page, "demoWindow.identities.at(-1).answers[0]?.identity === null");
      assert.equal((await lastPoll())?.event, "newPage");
      assert.equal((await readWindow(page)).identity, null);
    });
  }

  it("answers on a fresh page by a silent sign-in, which is tried once", async () => {
    await signInAtProvider(page, stage.demo);
    const count = countFrom(stage.demo);
    await open("implicit-jwks", "before");
    await identityTold(page);
    await page.click("#navigate");
    await polled("poll.page?.url.includes('view=loans')");
    assert.deepEqual((await readWindow(page)).identity, ada());
    assert.deepEqual((await readWindow(page)).calls, []);
    assert.equal(count("silent"), 1);
    assert.equal(await page.$("consumer-auth"), null);
  });

  it("hybrid: knows the person while the code goes to the window", async () => {
    await open("hybrid", "after");
    await signIn(page, () => page.click("#start"));
    const seen = await outcome(page);
    assert.equal(seen.authenticate?.status, 200);
    assert.deepEqual(
      seen.calls[0]?.answers[0]?.args.map(({ kind }) => kind),
      ["object"],
    );
    await polled(`poll.answers[0]?.identity?.sub === "${ADA}"`);
    assert.deepEqual((await readWindow(page)).identity, ada());
    assert.equal((await readWindow(page)).identityRefused, null);
  });

  it("is left out where the page can't know: with a code and nothing else", async () => {
    await openDemo(page, stage.demo.siteUrl, code);
    await signIn(page, () => page.click("#start"));
    await outcome(page);
    assert.ok((await readWindow(page)).identities.every(({ answers }) => answers.length === 0));
  });

  for (const [what, visitor] of [
    ["an object", (iss: string) => `{ iss: "${iss}", sub: "${ADA}", name: "not passed on" }`],
    ["a function", (iss: string) => `() => ({ iss: "${iss}", sub: "${ADA}" })`],
    ["a promise", (iss: string) => `async () => ({ iss: "${iss}", sub: "${ADA}" })`],
  ] as const) {
    it(`takes ${what} at a path of the page, whoever is signed in there`, async () => {
      await page.evaluateOnNewDocument(`document.addEventListener("readystatechange", () => {
        (window.lpTag ??= {}).visitor = ${visitor(stage.demo.idpUrl)};
      }, { once: true })`);
      await page.goto(`${stage.demo.siteUrl}/path`);
      await polled(`poll.answers[0]?.identity?.sub === "${ADA}"`);
      assert.deepEqual((await readWindow(page)).identity, ada());
      await signIn(page, () => page.click("#start"));
      assert.equal((await outcome(page)).identityRefused, null);
    });
  }

  for (const broken of ["() => { throw new Error('broken'); }", "{ iss: 1 }", "'ada'", "null"]) {
    it(`says nobody where the page says ${broken}`, async () => {
      await page.evaluateOnNewDocument(`document.addEventListener("readystatechange", () => {
        (window.lpTag ??= {}).visitor = ${broken};
      }, { once: true })`);
      await page.goto(`${stage.demo.siteUrl}/path`);
      const { identity, identityRefused } = await identityTold(page);
      assert.equal(identity, null);
      assert.equal(identityRefused, null);
    });
  }

  for (const identity of ["who", "() => who", "async () => who"]) {
    it(`takes ${identity} of a script that makes its own client`, async () => {
      await page.goto(`${stage.demo.siteUrl}/?setup=anonymous&vendorTag=before`);
      const answers = await page.evaluate(`ConsumerAuth.load().then(({ createConsumerAuth }) => {
        const who = { iss: "${stage.demo.idpUrl}", sub: "${ADA}" };
        createConsumerAuth({
          engagement: "authenticated",
          jsMethodName: "another",
          clientId: "messaging-code",
          authorizationEndpoint: "${stage.demo.idpUrl}/auth",
          redirectUri: "/callback.html",
          identity: ${identity},
        }).expose();
        return new Promise((resolve) => {
          const look = () => lpTag.identities.length > 0
            ? Promise.all(lpTag.identities.map((ask) => new Promise(ask))).then(resolve)
            : setTimeout(look, 20);
          look();
        });
      })`);
      assert.deepEqual(answers, [ada()]);
    });
  }

  it("is asked again with the page's sections", async () => {
    await page.goto(`${stage.demo.siteUrl}/sections`);
    await signIn(page, () => page.click("#start"));
    await outcome(page);
    await polled(`poll.answers[0]?.identity?.sub === "${ADA}"`);
    const poll = await lastPoll();
    assert.deepEqual(poll?.page, { url: await addressOf(page), section: ["loans", "savings"] });
  });

  it("is asked again when an application changes its address, and only then", async () => {
    await page.goto(`${stage.demo.siteUrl}/?setup=implicit`);
    await identityTold(page);
    const { newPage } = stage.demo.counters.cloud;
    await page.click("#navigate");
    await polled("poll.page?.url.endsWith('view=loans')");
    await page.evaluate("history.replaceState({ same: true }, '')");
    await page.evaluate("history.back()");
    await peekUntil(page, "!location.search.includes('view')");
    await peekUntil(page, "!demoWindow.identities.at(-1).page?.url.includes('view')");
    assert.equal(stage.demo.counters.cloud.newPage, newPage + 2);
  });

  it("is asked again in the views of the demo's single-page application, and fits the token", async () => {
    await page.goto(`${stage.demo.siteUrl}/app`);
    await identityTold(page);
    await page.click('a[href="/app/help"]');
    await polled("poll.page?.url.endsWith('/app/help')");
    await signIn(page, () => page.click("#start"));
    await outcome(page);
    await polled(`poll.answers[0]?.identity?.sub === "${ADA}"`);
    assert.equal((await readWindow(page)).identityRefused, null);
  });

  it("is not announced where the page says so, and answers all the same", async () => {
    await page.goto(`${stage.demo.siteUrl}/quiet`);
    await stateIs(page, "anonymous");
    const { newPage } = stage.demo.counters.cloud;
    await signIn(page, () => page.click("#start"));
    await outcome(page);
    await page.click("#navigate");
    await page.click("#sign-out");
    await stateIs(page, "anonymous");
    assert.equal(stage.demo.counters.cloud.newPage, newPage);
    assert.ok((await readWindow(page)).identities.every(({ event }) => event === "load"));
    assert.deepEqual(
      await page.evaluate(
        "Promise.all(lpTag.identities.map((ask) => new Promise((resolve) => ask(resolve))))",
      ),
      [null],
    );
  });
});
