import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { BrowserContext } from "puppeteer-core";

import type { Setup } from "../../demo/scenarios.js";
import { traverse } from "./support/peek.js";
import { lacks } from "../support/engines.js";
import {
  assertNoToken,
  createMovableClock,
  newcomer,
  openTab,
  readStorage,
  signInAtProvider,
  signInByPopup,
  tabPage,
  type Tab,
  type TabOptions,
} from "./support/tabs.js";
import { claimsOf } from "./support/tokens.js";
import { until } from "./support/until.js";
import { useDemo } from "./support/use-demo.js";

const pages = {
  "/implicit": tabPage("implicit"),
  "/widget": tabPage("widget"),
  "/refresh": tabPage("refresh"),
  "/code": tabPage("code"),
  "/elsewhere": () => "<!doctype html><title>Elsewhere</title>",
};

type Path = keyof typeof pages;

/** The default, in milliseconds. */
const ANSWER_TIMEOUT = 20_000;

const PROMPT_SHOWN =
  "document.querySelector('consumer-auth')?.shadowRoot?.querySelector('[role=dialog]')";

/** The browser has it, and lets nobody use it. */
const forbid = (name: string): string =>
  `Object.defineProperty(window, "${name}", { get() { throw new DOMException("refused", "SecurityError"); } })`;

describe("tabs", () => {
  const stage = useDemo({ pages, thirdPartyCookies: "allowed" });
  const open = (context: BrowserContext, path: Path, options: Partial<TabOptions> = {}) =>
    openTab(context, { url: `${stage.demo.siteUrl}${path}`, ...options });

  const openMany = (
    context: BrowserContext,
    path: Path,
    count: number,
    options?: Partial<TabOptions>,
  ): Promise<Tab[]> =>
    Promise.all(Array.from({ length: count }, () => open(context, path, options)));

  /** What the provider is asked for while something is done. */
  async function requestsDuring(
    work: () => Promise<void>,
  ): Promise<{ authorization: number; token: number; refresh: number }> {
    const before = { ...stage.demo.counters.idp };
    await work();
    const { authorization, token, refresh } = stage.demo.counters.idp;
    return {
      authorization: authorization - before.authorization,
      token: token - before.token,
      refresh: refresh - before.refresh,
    };
  }

  for (const [setup, tokenRequests] of [
    ["widget", 1],
    ["refresh", 1],
    ["implicit", 0],
  ] as const satisfies readonly (readonly [Setup, number])[]) {
    it(`${setup}: five tabs with ten calls each ask the provider once for all, and keep no token`, (t) =>
      newcomer(stage.browser, async (context) => {
        await signInAtProvider(context, stage.demo);
        const tabs: Tab[] = [];
        const asked = await requestsDuring(async () => {
          tabs.push(...(await openMany(context, `/${setup}`, 5, { callAtOnce: 10 })));
          const answers = (await Promise.all(tabs.map((tab) => tab.answers()))).flat();
          assert.equal(answers.length, 50);
          for (const { value, reason } of answers) {
            assert.equal(reason, null);
            assert.equal(claimsOf(value)["preferred_username"], "ada.lovelace");
          }
          assert.equal(new Set(answers.map(({ value }) => value)).size, 1);
        });
        assert.deepEqual(asked, { authorization: 1, token: tokenRequests, refresh: 0 });
        for (const tab of tabs) assertNoToken(await readStorage(tab));
        t.diagnostic(
          `${setup}: 5 tabs × 10 calls: 1 authorization + ${tokenRequests} token request`,
        );
      }));
  }

  it("a tab that comes later has the token of another, also when the one that got it has gone", () =>
    newcomer(stage.browser, async (context) => {
      await signInAtProvider(context, stage.demo);
      const first = await open(context, "/refresh", { callAtOnce: 1 });
      const [got] = await first.answers();
      const others = await openMany(context, "/refresh", 2, { callAtOnce: 1 });
      const asked = await requestsDuring(async () => {
        for (const tab of [...others, await open(context, "/refresh", { callAtOnce: 3 })]) {
          for (const { value } of await tab.answers()) assert.equal(value, got?.value);
        }
        await first.page.close();
        const last = await open(context, "/refresh", { callAtOnce: 3 });
        for (const { value } of await last.answers()) assert.equal(value, got?.value);
        assert.equal((await last.reach("authenticated")).state, "authenticated");
      });
      assert.deepEqual(asked, { authorization: 0, token: 0, refresh: 0 });
    }));

  it("a sign-in in one tab answers the calls of all, and takes their prompts away; so does a sign-out", (t) =>
    newcomer(stage.browser, async (context) => {
      const tabs = await openMany(context, "/widget", 4);
      const [mine, ...others] = tabs as [Tab, ...Tab[]];
      for (const tab of others) {
        await tab.call(2);
        await tab.when(PROMPT_SHOWN);
      }
      await signInByPopup(mine);
      const { at } = await mine.reach("authenticated");
      const known = await Promise.all(others.map((tab) => tab.reach("authenticated")));
      const late = Math.max(...known.map((change) => change.at - at));
      t.diagnostic(`a sign-in is known in all tabs after ${Math.max(late, 0).toFixed(0)} ms`);
      assert.ok(late < 1000);
      const token = await mine.token();
      for (const tab of others) {
        await tab.when(`!(${PROMPT_SHOWN})`);
        const answers = await tab.answers();
        assert.deepEqual(
          answers.map(({ value }) => value),
          [token, token],
        );
      }

      await mine.run("auth.signOut()");
      const out = await mine.reach("anonymous");
      const left = await Promise.all(others.map((tab) => tab.reach("anonymous")));
      const after = Math.max(...left.map((change) => change.at - out.at));
      t.diagnostic(`a sign-out is known in all tabs after ${Math.max(after, 0).toFixed(0)} ms`);
      assert.ok(after < 1000);
      // The provider's session goes on, but whoever signed out here is not signed in without a word.
      const asked = await requestsDuring(async () => {
        for (const tab of tabs) assert.equal(await tab.token(), "interaction_required");
      });
      assert.deepEqual(asked, { authorization: 0, token: 0, refresh: 0 });
    }));

  it("code flow: all tabs know of a sign-in and a sign-out, and nobody gets another's code", (t) =>
    newcomer(stage.browser, async (context) => {
      const [mine, ...others] = (await openMany(context, "/code", 3)) as [Tab, ...Tab[]];
      await signInByPopup(mine);
      const { at } = await mine.reach("authenticated");
      const known = await Promise.all(others.map((tab) => tab.reach("authenticated")));
      const late = Math.max(...known.map((change) => change.at - at));
      t.diagnostic(
        `code flow: a sign-in is known in all tabs after ${Math.max(late, 0).toFixed(0)} ms`,
      );
      assert.ok(late < 1000);
      const codes = new Set<string>();
      for (const tab of [mine, ...others]) {
        await tab.call();
        const [answer] = await tab.answers();
        assert.equal(answer?.reason, null);
        codes.add(JSON.stringify(answer.value));
      }
      assert.equal(codes.size, 3);

      await mine.run("auth.signOut()");
      const out = await mine.reach("anonymous");
      for (const tab of others) assert.ok((await tab.reach("anonymous")).at - out.at < 1000);
    }));

  it("a page that was kept for the way back during a sign-out hands nothing over when it is shown again", (t) =>
    newcomer(stage.browser, async (context) => {
      await signInAtProvider(context, stage.demo);
      const watch = `addEventListener("pageshow", ({ persisted }) => {
        window.persisted = persisted;
        if (persisted) window.call(3);
      })`;
      const [left, other] = (await openMany(context, "/widget", 2, { before: watch })) as [
        Tab,
        Tab,
      ];
      const token = await left.token();
      assert.equal(claimsOf(token)["preferred_username"], "ada.lovelace");
      await left.page.goto(`${stage.demo.siteUrl}/elsewhere`);
      await other.run("auth.signOut()");
      await traverse(left.page, -1);
      assert.equal(await left.run("window.persisted"), true);
      const answers = await left.answers();
      assert.equal(answers.length, 3);
      for (const { value, reason } of answers) {
        assert.equal(value, "");
        assert.match(String(reason), /^(aborted|interaction_required): /);
      }
      assert.equal(await left.token(), "interaction_required");
      assert.equal(await left.run("auth.session.claims"), undefined);
      t.diagnostic("the page came out of the back/forward cache");
    }));

  const ways = {
    "is closed": (tab: Tab) => tab.page.close(),
    crashes: async (tab: Tab) => {
      const crashed = new Promise((resolve) => tab.page.once("error", resolve));
      const session = await tab.page.createCDPSession();
      session.send("Page.crash").catch(() => undefined);
      await crashed;
    },
    "is loaded again": async (tab: Tab) => {
      await tab.page.reload();
    },
  };

  for (const [way, end] of Object.entries(ways)) {
    const skip = way === "crashes" && lacks("crash of a tab");
    it(
      `a tab that ${way} while it signs in silently for all: the others are answered in time`,
      { skip },
      (t) =>
        newcomer(stage.browser, async (context) => {
          await signInAtProvider(context, stage.demo);
          const [doomed, ...others] = (await openMany(context, "/widget", 5)) as [Tab, ...Tab[]];
          const asked = await requestsDuring(async () => {
            const { counters, idp } = stage.demo;
            const before = counters.idp.authorization;
            const restore = idp.interrupt({ path: "authorization", hang: true });
            await doomed.call();
            await until(() => counters.idp.authorization === before + 1);
            for (const tab of others) await tab.call(2);
            await end(doomed);
            restore();
            const answers = (await Promise.all(others.map((tab) => tab.answers()))).flat();
            assert.equal(answers.length, 8);
            for (const { value } of answers) {
              assert.equal(claimsOf(value)["preferred_username"], "ada.lovelace");
            }
            const longest = Math.max(...answers.map(({ after }) => after));
            t.diagnostic(`answered after ${longest.toFixed(0)} ms at the most`);
            assert.ok(longest < ANSWER_TIMEOUT);
          });
          // The one that was lost, and one for all the others.
          assert.deepEqual(asked, { authorization: 2, token: 1, refresh: 0 });
        }),
    );
  }

  it("a provider that hangs for two tabs keeps nobody from an answer in time: what one gets, all get", (t) =>
    newcomer(stage.browser, async (context) => {
      await signInAtProvider(context, stage.demo);
      const tabs = await openMany(context, "/widget", 5);
      stage.demo.idp.interrupt({ path: "authorization", hang: true, times: 2 });
      const asked = await requestsDuring(async () => {
        await Promise.all(tabs.map((tab) => tab.call()));
        const answers = (await Promise.all(tabs.map((tab) => tab.answers()))).flat();
        for (const { value } of answers) {
          assert.equal(claimsOf(value)["preferred_username"], "ada.lovelace");
        }
        const longest = Math.max(...answers.map(({ after }) => after));
        t.diagnostic(`answered after ${longest.toFixed(0)} ms at the most`);
        assert.ok(longest < ANSWER_TIMEOUT);
      });
      // Who has waited for the others long enough goes on alone.
      assert.ok(asked.authorization <= 5);
    }));

  it("another consumer signs in in one tab: no tab hands over anything of the first one again", () =>
    newcomer(stage.browser, async (context) => {
      const tabs = await openMany(context, "/refresh", 3);
      const [mine, other] = tabs as [Tab, Tab];
      const heard = await open(context, "/elsewhere", {
        before: "window.auth = true; window.news = []",
      });
      const name = String(
        await mine.run(
          "[auth.config.accountId, auth.config.issuer, auth.config.clientId, auth.config.flow, auth.config.exchange].join()",
        ),
      );
      await heard.run(`void (window.channel = new BroadcastChannel(${JSON.stringify(`consumer-auth:${name}`)}),
        window.channel.onmessage = ({ data }) => window.news.push(data))`);
      await signInByPopup(mine, "ada");
      const adas = await other.token();
      assert.equal(claimsOf(adas)["preferred_username"], "ada.lovelace");
      await heard.when("window.news.length > 0");

      await signInByPopup(other, "grace", "{ prompt: 'login' }");
      await other.when("auth.session.claims.preferred_username === 'grace.hopper'");
      for (const tab of tabs) {
        assert.equal(claimsOf(await tab.token())["preferred_username"], "grace.hopper");
        assert.equal(await tab.run("auth.session.claims.preferred_username"), "grace.hopper");
      }
      // What a slow tab says of the first one comes too late.
      await heard.run(`void window.news
        .filter(({ value }) => value?.credential?.claims.preferred_username === "ada.lovelace")
        .forEach((late) => window.channel.postMessage(late))`);
      for (const tab of [...tabs, await open(context, "/refresh")]) {
        assert.equal(claimsOf(await tab.token())["preferred_username"], "grace.hopper");
        assert.equal(await tab.run("auth.session.claims.preferred_username"), "grace.hopper");
      }
    }));

  const missing = {
    "Web Locks": "delete Navigator.prototype.locks",
    BroadcastChannel: "delete window.BroadcastChannel",
    "Web Locks and BroadcastChannel":
      "delete Navigator.prototype.locks; delete window.BroadcastChannel",
    localStorage: forbid("localStorage"),
    sessionStorage: forbid("sessionStorage"),
    "any storage": `${forbid("localStorage")}; ${forbid("sessionStorage")}; ${forbid("indexedDB")}`,
  };

  for (const [what, before] of Object.entries(missing)) {
    it(`without ${what} every tab is answered, renewed and signed out`, (t) =>
      newcomer(stage.browser, async (context) => {
        const clock = createMovableClock();
        t.after(clock.restore);
        await signInAtProvider(context, stage.demo);
        const tabs = await openMany(context, "/refresh", 2, {
          before: `${before}; ${clock.script}`,
        });
        for (const tab of tabs) {
          await tab.call(2);
          const answers = await tab.answers();
          assert.equal(answers.length, 2);
          for (const { value, reason } of answers) {
            assert.equal(reason, null);
            assert.equal(claimsOf(value)["preferred_username"], "ada.lovelace");
          }
        }
        await clock.advance(tabs, 3_590_000);
        for (const tab of tabs) {
          const { preferred_username: who, exp } = claimsOf(await tab.token());
          assert.equal(who, "ada.lovelace");
          assert.ok(Number(exp) > Date.now() / 1000 + 3000);
        }
        for (const tab of tabs) {
          await tab.run("auth.signOut()");
          assert.equal(await tab.token(), "interaction_required");
        }
      }));
  }
});
