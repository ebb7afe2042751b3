import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { BrowserContext } from "puppeteer-core";

import { CLIENTS } from "../../demo/idp/clients.js";
import type { Demo } from "../../demo/servers.js";
import { engine } from "../support/engines.js";
import {
  assertNoToken,
  createMovableClock,
  newcomer,
  openTab,
  readStorage,
  signInByPopup,
  tabPage,
  type MovableClock,
  type Tab,
} from "./support/tabs.js";
import { claimsOf } from "./support/tokens.js";
import { until } from "./support/until.js";
import { useDemo } from "./support/use-demo.js";

// No silent sign-in stands in for a refresh. WebKit lets a page's frames see the cookies of a site in whose
// popup the consumer has just clicked, whatever it blocks otherwise.
const silent = "false";
const pages = {
  "/refresh": tabPage("refresh", { silent }),
  "/dpop": tabPage("dpop", { silent }),
  "/encrypted": tabPage("refresh", { silent, "refresh-token-storage": "encrypted" }),
};

type Path = keyof typeof pages;

/** How often all tabs want a fresh token at once; Chromium has the least to do for it. */
const ROUNDS = engine === "chromium" ? 100 : 20;

/** Of an ID token, in seconds. */
const LIFE = 300;

/** After so many milliseconds it is too old to be handed over. */
const TOO_OLD = (LIFE - 10) * 1000;

const FREE_LOCKS = "await navigator.locks.query().then(({ held }) => held.length === 0)";

/** Keeps back the answer to a refresh, whose work is done by then. */
function holdAnswer({ idp }: Demo): { readonly when: Promise<unknown>; readonly now: () => void } {
  let letGo: (() => void) | undefined;
  const when = new Promise<void>((resolve) => {
    idp.interrupt({
      path: "refresh",
      keep: (answer) => {
        letGo = answer;
        resolve();
      },
    });
  });
  return { when, now: () => letGo?.() };
}

describe("refresh tokens", () => {
  const stage = useDemo({ pages, idTokenLifetime: LIFE });

  const open = (context: BrowserContext, path: Path, clock?: MovableClock): Promise<Tab> =>
    openTab(context, {
      url: `${stage.demo.siteUrl}${path}`,
      ...(clock && { before: clock.script }),
    });

  const openMany = (
    context: BrowserContext,
    path: Path,
    count: number,
    clock?: MovableClock,
  ): Promise<Tab[]> => Promise.all(Array.from({ length: count }, () => open(context, path, clock)));

  const requests = () => ({ ...stage.demo.counters.idp });

  const refreshTokensOf = async (...tabs: readonly Tab[]): Promise<readonly string[]> =>
    (await Promise.all(tabs.map((tab) => tab.refreshTokens()))).flat();

  /** Waits until tabs have got so many refresh tokens in all, and gives them. */
  async function haveGot(count: number, ...tabs: readonly Tab[]): Promise<readonly string[]> {
    await until(async () => (await refreshTokensOf(...tabs)).length >= count);
    const got = await refreshTokensOf(...tabs);
    assert.equal(got.length, count);
    return got;
  }

  /** What the provider says to whoever comes with a refresh token. */
  async function useRefreshToken(refreshToken: string | undefined): Promise<string> {
    const response = await fetch(`${stage.demo.idpUrl}/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "refresh_token",
        client_id: CLIENTS.page,
        refresh_token: `${refreshToken}`,
      }),
    });
    const { error = "taken" } = (await response.json()) as { error?: string };
    return error;
  }

  it("renew a token of some seconds again and again, without a person and without an authorization request", (t) =>
    newcomer(stage.browser, async (context) => {
      stage.demo.idp.setIdTokenLifetime(8);
      t.after(() => {
        stage.demo.idp.setIdTokenLifetime(LIFE);
      });
      const tab = await open(context, "/refresh");
      await signInByPopup(tab);
      await tab.page.bringToFront();
      const before = requests();
      const first = await tab.run("auth.session.claims.exp");
      // Its second successor has been renewed in its turn.
      await tab.when(`auth.session.claims.exp > ${String(first)} + 8`);
      const states = (await tab.changes()).slice(2).map(({ state }) => state);
      assert.deepEqual(new Set(states), new Set(["authenticated"]));
      assert.equal(stage.demo.counters.idp.refresh, before.refresh + 2);
      assert.equal(stage.demo.counters.idp.authorization, before.authorization);
    }));

  /** Rounds in which all tabs want a fresh token at the same time. */
  async function play(
    tabs: readonly Tab[],
    clock: MovableClock,
    rounds: number,
    want: (tab: Tab, round: number) => Promise<unknown>,
  ): Promise<void> {
    let newest = 0;
    for (let round = 0; round < rounds; round += 1) {
      await clock.advance(tabs, TOO_OLD);
      await Promise.all(tabs.map((tab) => want(tab, round)));
      for (const tab of tabs) {
        const exp = Number(await tab.run("auth.session.claims.exp"));
        assert.ok(exp > Date.now() / 1000 + LIFE - 60 && exp >= newest, `round ${round}`);
        newest = exp;
      }
    }
  }

  const ask = async (tab: Tab): Promise<void> => {
    const token = await tab.token();
    assert.match(token, /^eyJ/);
    assert.equal(claimsOf(token)["preferred_username"], "ada.lovelace");
  };

  /** Tells the page that the network is back, as it is after a sleep: it renews what is due. */
  const wakeUp = async (tab: Tab): Promise<void> => {
    const limit = `${Date.now() / 1000 + LIFE - 60}`;
    await tab.run(`dispatchEvent(new Event("online"))`);
    await tab.when(`auth.session.claims.exp > ${limit}`);
  };

  it(`${ROUNDS} rounds of five tabs at once: one refresh each, none used twice, and the last one is good`, (t) =>
    newcomer(stage.browser, async (context) => {
      const clock = createMovableClock();
      t.after(clock.restore);
      const tabs = await openMany(context, "/refresh", 5, clock);
      const [first] = tabs as [Tab];
      await signInByPopup(first);
      await Promise.all(tabs.map((tab) => tab.reach("authenticated")));
      const before = requests();
      const began = performance.now();
      await play(tabs, clock, ROUNDS, ask);
      const seconds = (performance.now() - began) / 1000;
      const after = requests();
      assert.equal(after.refresh - before.refresh, ROUNDS);
      assert.equal(after.authorization, before.authorization);
      await play(tabs, clock, 1, ask);
      assert.equal(stage.demo.counters.idp.refresh - before.refresh, ROUNDS + 1);
      t.diagnostic(`${ROUNDS} rounds × 5 tabs: ${ROUNDS} refreshes in ${seconds.toFixed(1)} s`);
    }));

  it("tabs that wake up together renew once for all", (t) =>
    newcomer(stage.browser, async (context) => {
      const clock = createMovableClock();
      t.after(clock.restore);
      const url = `${stage.demo.siteUrl}/refresh`;
      const tabs = await Promise.all(
        Array.from({ length: 5 }, () =>
          openTab(context, { url, before: clock.script, inWindow: true }),
        ),
      );
      await signInByPopup(tabs[0]!);
      await Promise.all(tabs.map((tab) => tab.reach("authenticated")));
      for (const tab of tabs) await tab.when("document.visibilityState === 'visible'");
      const before = requests();
      await play(tabs, clock, 10, wakeUp);
      const after = requests();
      assert.equal(after.refresh - before.refresh, 10);
      assert.equal(after.authorization, before.authorization);
    }));

  it("bound by DPoP: tabs share the key with the token, also where the provider wants its nonce", (t) =>
    newcomer(stage.browser, async (context) => {
      const clock = createMovableClock();
      t.after(() => {
        clock.restore();
        stage.demo.idp.requireDpopNonce(false);
      });
      const tabs = await openMany(context, "/dpop", 5, clock);
      await signInByPopup(tabs[0]!);
      await Promise.all(tabs.map((tab) => tab.reach("authenticated")));
      const before = requests();
      // Requests that only learn a nonce are no refreshes.
      await play(tabs, clock, 10, ask);
      // One by the sign-in.
      await haveGot(1 + 10, ...tabs);
      await tabs[0]?.page.close();
      const late = await open(context, "/dpop", clock);
      const rest = [...tabs.slice(1), late];
      const had = (await refreshTokensOf(...rest)).length;
      stage.demo.idp.requireDpopNonce(true);
      await play(rest, clock, 10, ask);
      await haveGot(had + 10, ...rest);
      assert.equal(stage.demo.counters.idp.authorization, before.authorization);
    }));

  it("encrypted: outlive all tabs, can't be read, and are revoked by a sign-out", () =>
    newcomer(stage.browser, async (context) => {
      const first = await open(context, "/encrypted");
      await signInByPopup(first);
      const got = await haveGot(1, first);
      const kept = await readStorage(first);
      assertNoToken(kept, got);
      const keys = [...kept.matchAll(/\{"type":"secret","extractable":(\w+),"exported":(\w+)\}/g)];
      assert.deepEqual(
        keys.map(([, extractable, exported]) => [extractable, exported]),
        [["false", "false"]],
      );
      const blank = await context.newPage();
      await first.page.close();

      const before = requests();
      const second = await open(context, "/encrypted");
      await second.call(3);
      for (const { value } of await second.answers()) {
        assert.equal(claimsOf(value)["preferred_username"], "ada.lovelace");
      }
      const after = requests();
      assert.equal(after.authorization, before.authorization);
      assert.equal(after.refresh - before.refresh, 1);
      const [next] = await haveGot(1, second);

      await second.run("auth.signOut()");
      assert.equal(stage.demo.counters.idp.revocation - before.revocation, 1);
      assert.doesNotMatch(await readStorage(second), /vault|refresh:/);
      assert.equal(await useRefreshToken(next), "invalid_grant");
      await second.page.close();
      const third = await open(context, "/encrypted");
      assert.equal(await third.token(), "interaction_required");
      assert.equal(stage.demo.counters.idp.refresh - before.refresh, 2);
      await blank.close();
    }));

  for (const path of ["/refresh", "/encrypted"] as const) {
    it(`${path}: a sign-out while one is used leaves nothing behind, in no tab`, (t) =>
      newcomer(stage.browser, async (context) => {
        const clock = createMovableClock();
        t.after(clock.restore);
        const tabs = await openMany(context, path, 2, clock);
        const [mine, other] = tabs as [Tab, Tab];
        await signInByPopup(mine);
        await other.reach("authenticated");
        await clock.advance(tabs, TOO_OLD);
        const letGo = holdAnswer(stage.demo);
        await mine.call();
        await letGo.when;
        await other.run("auth.signOut()");
        letGo.now();
        const [, got] = await haveGot(2, mine);
        const [answer] = await mine.answers();
        assert.equal(answer?.value, "");
        await mine.when(FREE_LOCKS);
        for (const tab of tabs) {
          assert.equal(await tab.token(), "interaction_required");
          assert.doesNotMatch(await readStorage(tab), /vault|refresh:/);
        }
        assert.equal(await useRefreshToken(got), "invalid_grant");
      }));
  }

  it("an answer about another consumer is refused, and the token not used again", (t) =>
    newcomer(stage.browser, async (context) => {
      const clock = createMovableClock();
      t.after(clock.restore);
      const graces = await newcomer(stage.browser, async (elsewhere) => {
        const tab = await open(elsewhere, "/refresh", clock);
        await signInByPopup(tab, "grace");
        return tab.token();
      });
      const tab = await open(context, "/encrypted", clock);
      await signInByPopup(tab);
      // A little later, so that hers is still good when his isn't.
      await tab.run(`(window.ahead += ${TOO_OLD})`);
      const before = requests();
      stage.demo.idp.interrupt({
        path: "refresh",
        status: 200,
        body: JSON.stringify({ id_token: graces, refresh_token: "another", token_type: "Bearer" }),
      });
      assert.equal(await tab.token(), "id_token_invalid");
      assert.notEqual(
        await tab.run("auth.session.claims?.preferred_username ?? ''"),
        "grace.hopper",
      );
      assert.equal(await tab.token(), "interaction_required");
      assert.equal(stage.demo.counters.idp.refresh - before.refresh, 1);
      assert.doesNotMatch(await readStorage(tab), /vault/);
    }));

  it("an answer that can't be verified just now costs nobody the session", (t) =>
    newcomer(stage.browser, async (context) => {
      const clock = createMovableClock();
      t.after(clock.restore);
      const first = await open(context, "/encrypted", clock);
      await signInByPopup(first);
      await first.page.goto("about:blank");
      const tab = await open(context, "/encrypted", clock);
      const before = requests();
      stage.demo.idp.interrupt({ path: "keys", status: 500, times: 10 });
      assert.equal(await tab.token(), "keys_unavailable");
      stage.demo.idp.restore();
      assert.equal(claimsOf(await tab.token())["preferred_username"], "ada.lovelace");
      assert.equal(stage.demo.counters.idp.refresh - before.refresh, 2);
    }));

  it("a tab that is closed while it uses one: it is not used again, and the others ask for a sign-in", (t) =>
    newcomer(stage.browser, async (context) => {
      const clock = createMovableClock();
      t.after(clock.restore);
      const tabs = await openMany(context, "/refresh", 3, clock);
      const [doomed, ...others] = tabs as [Tab, ...Tab[]];
      await signInByPopup(doomed);
      await Promise.all(others.map((tab) => tab.reach("authenticated")));
      await clock.advance(tabs, TOO_OLD);
      const before = requests();
      stage.demo.idp.interrupt({ path: "refresh", hang: true });
      await doomed.call();
      await until(() => stage.demo.counters.idp.refresh === before.refresh + 1);
      const began = performance.now();
      const asked = others.map((tab) => tab.token());
      await doomed.page.close();
      for (const answer of await Promise.all(asked)) {
        assert.match(answer, /^(login|interaction)_required$/);
      }
      t.diagnostic(`answered after ${(performance.now() - began).toFixed(0)} ms`);
      assert.equal(stage.demo.counters.idp.refresh, before.refresh + 1);
    }));
});
