import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";

import type { BrowserContext, Page } from "puppeteer-core";

import type { Setup } from "../../demo/scenarios.js";
import { clickAway, hide, openWindow, popupOf, setOffline, visit } from "./support/browser.js";
import { openDemo, promptButtons, startWithoutGesture } from "./support/demo-page.js";
import { inClick } from "./support/peek.js";
import { until } from "./support/until.js";
import { useDemo } from "./support/use-demo.js";

const HOUR = 3_600_000;

type Answer = readonly [token: string, reason: string | null];

interface Change {
  readonly state: string;
  readonly exp?: number;
}

/** Opens the brand's page, and keeps every change of the session in `window.changes`. */
async function open(page: Page, siteUrl: string, setup: Setup): Promise<void> {
  await openDemo(page, siteUrl, { setup, engagement: "authenticated" });
  await page.evaluate(`ConsumerAuth.ready.then((auth) => {
    window.auth = auth;
    window.changes = [];
    window.attempts = [];
    auth.addEventListener("sessionchange", ({ detail: { state, claims } }) => {
      window.changes.push({ state, exp: claims?.exp });
    });
    auth.addEventListener("credential", ({ detail }) => window.attempts.push(detail.attempts));
  })`);
  // The vendor's tag asks who is there: what that starts is over by then.
  await holds(page, "demoWindow.identities.some(({ event }) => event === 'newPage')");
}

/** Somebody signs in in person. What the driver evaluates counts as their click. */
async function signIn(page: Page): Promise<void> {
  const popup = await popupOf(page, () =>
    page.evaluate("void window.auth.signIn().catch((error) => (window.failure = error.code))"),
  );
  await clickAway(popup, '[data-consumer="ada"]');
  await holds(page, "window.auth.session.state === 'authenticated'");
}

/** Waits by the clock: a tab in the background draws no frames. */
async function holds(page: Page, condition: string): Promise<void> {
  await page.waitForFunction(condition, { polling: 50 });
}

const changes = (page: Page): Promise<Change[]> =>
  page.evaluate("window.changes") as Promise<Change[]>;

/** Calls the page method as the window does, without waiting for the answer. */
const ask = (page: Page): Promise<unknown> =>
  page.evaluate(`{
    window.answer = undefined;
    lpGetAuthenticationToken((token, reason) => (window.answer = [token, reason ?? null]));
  }`);

async function answer(page: Page): Promise<Answer> {
  await holds(page, "window.answer");
  return page.evaluate("window.answer") as Promise<Answer>;
}

/** A clock of the page's that is wrong by so many milliseconds, and can be moved further. */
const setClock = (page: Page, ahead: number): Promise<unknown> =>
  page.evaluateOnNewDocument(`{
    const RealDate = Date;
    globalThis.ahead = ${ahead};
    globalThis.Date = class extends RealDate {
      constructor(...given) {
        super(...(given.length === 0 ? [RealDate.now() + globalThis.ahead] : given));
      }
      static now() {
        return RealDate.now() + globalThis.ahead;
      }
    };
  }`);

/** As after a sleep: no timer ran, and the browser tells of it in every way it has. */
const wake = (page: Page, after: number): Promise<unknown> =>
  page.evaluate(`{
    globalThis.ahead += ${after};
    for (let time = 0; time < 5; time += 1) {
      document.dispatchEvent(new Event("visibilitychange"));
      dispatchEvent(new PageTransitionEvent("pageshow", { persisted: false }));
      dispatchEvent(new Event("online"));
    }
    window.onWaking = window.changes.at(-1)?.state;
  }`);

describe("as time goes by", () => {
  let context: BrowserContext;
  let page: Page;

  const stage = useDemo({ thirdPartyCookies: "allowed" });

  beforeEach(async () => {
    ({ context, page } = await visit(stage.browser));
  });

  afterEach(async () => {
    const { idp, cloud, site } = stage.demo;
    for (const server of [idp, cloud, site]) server.restore();
    idp.setIdTokenLifetime(3600);
    idp.endSessions();
    await context.close();
  });

  const arrive = async (setup: Setup, tab = page): Promise<void> => {
    await open(tab, stage.demo.siteUrl, setup);
    await signIn(tab);
  };

  describe("a token of a few seconds", () => {
    beforeEach(() => {
      stage.demo.idp.setIdTokenLifetime(8);
    });

    // By a refresh token: refresh.test.ts.
    it("is renewed before it runs out while the page is seen", async () => {
      await arrive("implicit-jwks");
      const before = stage.demo.counters.idp.silent;
      await holds(page, "window.changes.filter(({ exp }) => exp).length > 2");
      const seen = await changes(page);
      assert.deepEqual(
        seen.map(({ state }) => state).filter((state) => state === "expired"),
        [],
      );
      const ends = new Set(seen.flatMap(({ exp }) => exp ?? []));
      assert.ok(ends.size > 2, JSON.stringify(seen));
      assert.equal(stage.demo.counters.idp.silent, before + ends.size - 1);
    });

    it("is not renewed in a hidden tab, and once when that is seen again", async () => {
      await arrive("implicit-jwks");
      const { counters } = stage.demo;
      await hide(page);
      assert.equal(await page.evaluate("document.visibilityState"), "hidden");
      // Until here it was seen, and may have been renewed.
      const before = counters.idp.silent;
      await holds(page, "window.auth.session.state === 'expired'");
      assert.equal(counters.idp.silent, before);
      stage.demo.idp.setIdTokenLifetime(3600);
      await page.bringToFront();
      await holds(page, "window.auth.session.state === 'authenticated'");
      assert.equal(counters.idp.silent, before + 1);
    });

    it("is renewed by one of several tabs, and the others have it too", async () => {
      await arrive("implicit-jwks");
      // All of them are seen, as windows side by side.
      const tabs = [page, await openWindow(context), await openWindow(context)];
      for (const tab of tabs.slice(1)) {
        await open(tab, stage.demo.siteUrl, "implicit-jwks");
        await holds(tab, "window.auth.session.state === 'authenticated'");
      }
      for (const tab of tabs) {
        assert.equal(await tab.evaluate("document.visibilityState"), "visible");
      }
      const exp = (await page.evaluate("window.auth.session.claims.exp")) as number;
      const before = stage.demo.counters.idp.silent;
      stage.demo.idp.setIdTokenLifetime(3600);
      for (const tab of tabs) await holds(tab, `window.auth.session.claims.exp > ${exp}`);
      assert.equal(stage.demo.counters.idp.silent, before + 1);
    });
  });

  describe("a sleep of ten hours", () => {
    beforeEach(async () => {
      await setClock(page, 0);
    });

    it("shows the session as expired at once, and asks anew exactly once", async () => {
      await arrive("implicit-jwks");
      const before = stage.demo.counters.idp.silent;
      await wake(page, 10 * HOUR);
      assert.equal(await page.evaluate("window.onWaking"), "expired");
      await holds(page, "window.auth.session.state === 'authenticated'");
      await ask(page);
      assert.ok((await answer(page))[0]);
      assert.equal(stage.demo.counters.idp.silent, before + 1);
    });

    it("is told to whoever only looks", async () => {
      await arrive("implicit-jwks");
      const state = await page.evaluate(
        `globalThis.ahead += ${10 * HOUR}, window.auth.session.state`,
      );
      assert.equal(state, "expired");
    });

    it("asks the consumer where the session at the provider is over, and only when called", async () => {
      await arrive("implicit-jwks");
      stage.demo.idp.endSessions();
      const before = stage.demo.counters.idp.silent;
      await wake(page, 10 * HOUR);
      await until(() => stage.demo.counters.idp.silent > before);
      assert.equal(await page.$("consumer-auth >>> [role=dialog]"), null);
      await startWithoutGesture(page);
      assert.deepEqual(await promptButtons(page), ["Sign in", "Cancel"]);
      assert.equal(stage.demo.counters.idp.silent, before + 1);
    });
  });

  describe("a clock of the device that is wrong", () => {
    for (const wrong of [HOUR, -HOUR, HOUR - 30_000]) {
      for (const setup of ["implicit", "implicit-jwks", "widget"] as const) {
        it(`by ${wrong / 60_000} minutes, ${setup}: signs in once, and hands the token over`, async () => {
          await setClock(page, wrong);
          await arrive(setup);
          const before = { ...stage.demo.counters.idp };
          for (let time = 0; time < 3; time += 1) {
            await ask(page);
            assert.ok((await answer(page))[0]);
          }
          assert.equal(await page.evaluate("window.auth.session.state"), "authenticated");
          assert.deepEqual(stage.demo.counters.idp, before);
        });
      }

      it(`by ${wrong / 60_000} minutes: a guest's token is kept, from page to page`, async () => {
        await setClock(page, wrong);
        const tokens = new Set<string>();
        const before = stage.demo.counters.cloud.anonymousRenewed;
        for (const again of [false, true, true]) {
          if (!again) await openDemo(page, stage.demo.siteUrl, { setup: "anonymous" });
          else await page.reload();
          for (let time = 0; time < 2; time += 1) {
            await ask(page);
            tokens.add((await answer(page))[0]);
          }
        }
        assert.equal(tokens.size, 1);
        assert.equal(stage.demo.counters.cloud.anonymousRenewed, before);
      });
    }

    for (const wrong of [0, 2 * HOUR, -2 * HOUR]) {
      it(`by ${wrong / 60_000} minutes doesn't make a token good that has expired`, async () => {
        await setClock(page, wrong);
        await page.goto(`${stage.demo.siteUrl}/?setup=endpoint&engagement=authenticated`);
        await page.evaluate(`fetch("/account/sign-in", {
          method: "POST",
          body: new URLSearchParams({ consumer: "ada", name: "ada" }),
        }).then(() => undefined)`);
        assert.deepEqual(stage.demo.site.signedIn(), ["ada"]);
        stage.demo.idp.setIdTokenLifetime(-HOUR / 1000);
        const code = await page.evaluate(
          `ConsumerAuth.ready
            .then((auth) => auth.getCredential({ interactive: false }))
            .then(() => "answered", ({ attempts }) =>
              attempts.find(({ rung }) => rung === "endpoint").outcome)`,
        );
        assert.equal(code, "id_token_expired");
        stage.demo.site.endSessions();
      });
    }
  });

  describe("keys that the provider changes", () => {
    beforeEach(async () => {
      await setClock(page, 0);
    });

    it("are fetched again for the first token that is signed with a new one", async () => {
      await arrive("implicit-jwks");
      const { idp } = stage.demo.counters;
      const before = idp.keys;
      await stage.demo.idp.rotateKeys({ keepOld: false });
      await inClick(page, "window.auth.signIn()");
      assert.equal(idp.keys, before + 1);
      assert.equal(await page.evaluate("window.auth.session.state"), "authenticated");
    });

    it("are not fetched again for every token that can't be verified", async () => {
      await arrive("implicit-jwks");
      const { idp } = stage.demo.counters;
      const before = idp.keys;
      await stage.demo.idp.rotateKeys({ keepOld: false });
      await inClick(page, "window.auth.signIn()");
      assert.equal(idp.keys, before + 1);
      await stage.demo.idp.rotateKeys({ keepOld: false });
      for (let time = 0; time < 3; time += 1) {
        assert.equal(
          await inClick(page, "window.auth.signIn().catch(({ code }) => code)"),
          "id_token_invalid",
        );
      }
      assert.equal(idp.keys, before + 1);
    });

    it("are fetched while the consumer is still there", async () => {
      const { idp } = stage.demo.counters;
      const before = idp.keys;
      await open(page, stage.demo.siteUrl, "implicit-jwks");
      await popupOf(page, () => page.evaluate("void window.auth.signIn().catch(() => undefined)"));
      await until(() => idp.keys > before);
    });
  });

  describe("a server that is busy", () => {
    const busy = { status: 429, retryAfter: 1 };

    /** What a call without a person comes to. */
    const quietly = (): Promise<{ outcome: string; message?: string }> =>
      page.evaluate(`ConsumerAuth.ready
        .then((auth) => auth.getCredential({ interactive: false }))
        .then(
          ({ kind }) => ({ outcome: kind }),
          ({ code, message }) => ({ outcome: code, message }),
        )`) as ReturnType<typeof quietly>;

    for (const [path, setup] of [
      ["discovery", "widget"],
      ["keys", "implicit-jwks"],
    ] as const) {
      it(`with its ${path}, is asked again when it wants to be, and not before`, async () => {
        stage.demo.idp.interrupt({ path, ...busy });
        const before = stage.demo.counters.idp[path];
        const begun = performance.now();
        await arrive(setup);
        assert.ok(performance.now() - begun > 1000);
        assert.equal(stage.demo.counters.idp[path], before + 2);
      });
    }

    it("with its discovery for good, is the reason", async () => {
      stage.demo.idp.interrupt({ path: "discovery", status: 503, retryAfter: 60, times: 99 });
      await open(page, stage.demo.siteUrl, "widget");
      const { outcome, message } = await quietly();
      assert.equal(outcome, "discovery_failed");
      assert.match(String(message), /HTTP 503/);
    });

    it("with its keys for good, is the reason", async () => {
      stage.demo.idp.interrupt({ path: "keys", status: 503, retryAfter: 60, times: 99 });
      await open(page, stage.demo.siteUrl, "implicit-jwks");
      const popup = await popupOf(page, () => ask(page));
      await clickAway(popup, '[data-consumer="ada"]');
      const [token, reason] = await answer(page);
      assert.equal(token, "");
      assert.match(String(reason), /^keys_unavailable: /);
    });

    it("at the site's own endpoint is asked again, or is the reason", async () => {
      for (const [trouble, outcome] of [
        [busy, "id_token"],
        [{ status: 503, retryAfter: 60, times: 99 }, "provider_failed"],
      ] as const) {
        await page.goto(`${stage.demo.siteUrl}/callback.html`);
        await page.evaluate(`fetch("/account/sign-in", {
          method: "POST",
          body: new URLSearchParams({ consumer: "ada" }),
        }).then(() => undefined)`);
        stage.demo.site.interrupt({ path: "credential", ...trouble });
        await page.goto(`${stage.demo.siteUrl}/?setup=endpoint&engagement=authenticated`);
        const seen = await quietly();
        assert.equal(seen.outcome, outcome, seen.message);
      }
    });

    it("with guests is asked again, or is the reason", async () => {
      for (const [trouble, outcome] of [
        [busy, "anonymous"],
        [{ status: 503, retryAfter: 60, times: 99 }, "anonymous_unavailable"],
      ] as const) {
        const { context: other, page: guest } = await visit(stage.browser);
        stage.demo.cloud.interrupt({ path: "anonymous", ...trouble });
        await openDemo(guest, stage.demo.siteUrl, { setup: "anonymous" });
        await ask(guest);
        const [token, reason] = await answer(guest);
        if (outcome === "anonymous") assert.ok(token);
        else assert.ok(String(reason).startsWith(`${outcome}: `), String(reason));
        await other.close();
      }
    });
  });

  describe("without a network", () => {
    beforeEach(async () => {
      await setClock(page, 0);
    });

    afterEach(async () => {
      await setOffline(page, false);
    });

    const attempts = (): Promise<{ rung: string; outcome: string }[]> =>
      page.evaluate("window.attempts.at(-1)") as ReturnType<typeof attempts>;

    it("what is stored is handed over", async () => {
      await arrive("implicit-jwks");
      await setOffline(page, true);
      await ask(page);
      assert.ok((await answer(page))[0]);
      assert.deepEqual(
        (await attempts()).map(({ rung }) => rung),
        ["stored"],
      );
    });

    it("a call waits, and is answered when the network is back", async () => {
      await arrive("implicit-jwks");
      const before = stage.demo.counters.idp.silent;
      await setOffline(page, true);
      await page.evaluate(`globalThis.ahead += ${10 * HOUR}`);
      const probed = page.waitForRequest((request) => request.method() === "HEAD");
      await ask(page);
      await probed;
      assert.equal(await page.evaluate("window.answer"), undefined);
      assert.equal(stage.demo.counters.idp.silent, before);
      await setOffline(page, false);
      assert.ok((await answer(page))[0]);
      // The call may have joined a renewal that was waiting already.
      assert.ok(
        (await attempts()).some(({ rung, outcome }) => `${rung} ${outcome}` === "offline empty"),
      );
    });

    it("a call that waited in vain is answered, and says why", async () => {
      await open(page, stage.demo.siteUrl, "implicit-jwks");
      await page.evaluate(`ConsumerAuth.load().then(({ createConsumerAuth }) => {
        window.hasty = createConsumerAuth({ ...window.auth.config, answerTimeout: 1500 });
        return window.hasty.getCredential({ interactive: false }).catch(() => undefined);
      })`);
      await setOffline(page, true);
      const [code, message] = (await page.evaluate(
        "window.hasty.getCredential({ interactive: false }).catch(({ code, message }) => [code, message])",
      )) as string[];
      assert.equal(code, "answer_timeout");
      assert.match(String(message), /1500 ms/);
    });

    it("a browser that is wrong about it keeps nobody waiting", async () => {
      await page.evaluateOnNewDocument(
        "Object.defineProperty(Navigator.prototype, 'onLine', { get: () => false })",
      );
      await arrive("implicit-jwks");
      await page.evaluate(`globalThis.ahead += ${10 * HOUR}`);
      await ask(page);
      assert.ok((await answer(page))[0]);
    });
  });
});
