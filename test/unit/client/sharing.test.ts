import { expect } from "@esm-bundle/chai";

import type { Sharing } from "../../../src/client/parts.js";
import { createSharing } from "../../../src/client/sharing.js";
import type { ConsumerAuthConfig } from "../../../src/config/options.js";
import { until } from "../../browser/support/until.js";
import { openBrowserPage, toCredential, type BrowserPage } from "../../support/browser-page.js";
import { issuedAt } from "../../support/id-tokens.js";
import { override } from "../../support/override.js";

const code = { kind: "code", code: "x", redirectUri: "https://brand.example/" } as const;
const grant = { refreshToken: "the-token", sub: "consumer-1" };

/** A tab of this browser, on the same origin as all others. */
interface Tab extends BrowserPage {
  readonly sharing: Sharing;
  /** How often it was told that the consumer signed out elsewhere. */
  readonly signedOut: () => number;
}

describe("tabs of one client", () => {
  let tabs: Tab[];
  let restore: () => void;

  beforeEach(() => {
    tabs = [];
    restore = () => undefined;
  });

  afterEach(() => {
    restore();
    for (const { sharing, keeper } of tabs) {
      sharing.close();
      keeper.session.clear();
    }
    localStorage.clear();
  });

  /** A tab that listens to the others. */
  async function open(changes: ConsumerAuthConfig = {}): Promise<Tab> {
    const page = await openBrowserPage(changes);
    let signedOut = 0;
    const sharing = createSharing(page.parts, () => signedOut++);
    const tab = { ...page, sharing, signedOut: () => signedOut };
    tabs.push(tab);
    await sharing.ask(false);
    return tab;
  }

  const session = ({ keeper }: Tab) => keeper.session.read();

  it("are alone at first", async () => {
    const tab = await open();
    expect(await tab.sharing.ask(false)).to.equal(undefined);
    expect(session(tab).state).to.equal("anonymous");
  });

  it("give each other the ID token that they have", async () => {
    const first = await open();
    const credential = toCredential();
    first.keeper.take(credential, false);
    const second = await open();
    expect(await until(() => second.keeper.read())).to.deep.equal(credential);
    expect(session(second)).to.include({ state: "authenticated" });
    expect(session(second).claims?.sub).to.equal("consumer-1");
    expect(await second.sharing.ask(false)).to.deep.equal(credential);
  });

  it("tell each other of a sign-in, and whoever is being asked needn't be any more", async () => {
    const [first, second] = [await open(), await open()];
    const elsewhere: unknown[] = [];
    second.keeper.onSignInElsewhere = (credential) => elsewhere.push(credential);
    const credential = toCredential();
    first.keeper.signIn(credential);
    first.keeper.take(credential, false);
    await until(() => second.keeper.read());
    expect(elsewhere).to.deep.equal([credential]);
    expect(session(second).state).to.equal("authenticated");
  });

  it("tell each other of a code, but not the code", async () => {
    const [first, second] = [await open({ flow: "code" }), await open({ flow: "code" })];
    first.keeper.signIn(code);
    first.keeper.take(code, false);
    await until(() => session(second).state === "authenticated");
    expect(session(second).claims).to.equal(undefined);
    expect(second.keeper.held.credential).to.equal(undefined);
    expect(JSON.stringify(second.keeper.held)).not.to.include('"x"');
  });

  it("have nothing to give where nobody has signed in", async () => {
    const first = await open();
    first.keeper.take({ kind: "anonymous", token: "a.b.c" }, true);
    const second = await open();
    expect(session(second).state).to.equal("anonymous");
    expect(second.keeper.held).to.deep.equal({});
  });

  it("don't use a token that has run out", async () => {
    const first = await open();
    first.keeper.take(toCredential(), false);
    const second = await openBrowserPage();
    second.clock.move(590_000);
    const sharing = createSharing(second.parts, () => undefined);
    expect(await sharing.ask(false)).to.equal(undefined);
    expect(second.keeper.session.read().state).to.equal("anonymous");
    sharing.close();
  });

  it("keep the later token of the same consumer, whoever has it", async () => {
    const [first, second] = [await open(), await open()];
    const [earlier, later] = [toCredential(), toCredential({ exp: issuedAt + 1200 })];
    second.keeper.take(later, false);
    await until(() => first.keeper.read());
    first.keeper.tell({ who: "in", credential: earlier });
    first.keeper.tell({ who: "in", credential: toCredential({ exp: issuedAt + 1800 }) });
    await until(() => second.keeper.read()?.claims?.exp === issuedAt + 1800);
    expect(second.sessions.map(({ claims }) => Number(claims?.exp) - issuedAt)).to.deep.equal([
      1200, 1800,
    ]);
  });

  it("take over whoever has signed in last, though their token ends earlier", async () => {
    const [first, second] = [await open(), await open()];
    second.keeper.take(toCredential({ exp: issuedAt + 1200 }), false);
    await until(() => first.keeper.read());
    first.keeper.signIn(toCredential({ sub: "consumer-2" }));
    await until(() => second.keeper.read()?.claims?.sub === "consumer-2");
    expect(session(second).claims?.sub).to.equal("consumer-2");
  });

  it("don't give away whoever was there before the last sign-in", async () => {
    const first = await open();
    first.keeper.take(toCredential(), false);
    const unheard = await openBrowserPage();
    unheard.keeper.signIn(toCredential({ sub: "consumer-2" }));
    const third = await open();
    expect(third.keeper.held).to.deep.equal({});
    expect(session(third).state).to.equal("anonymous");
  });

  it("that want a fresher token get one that is, and no other", async () => {
    const [first, second] = [await open(), await open()];
    const credential = toCredential();
    first.keeper.take(credential, false);
    await until(() => second.keeper.read());
    expect(await second.sharing.ask(true)).to.equal(undefined);
    first.keeper.tell = () => undefined;
    const fresh = toCredential({ exp: issuedAt + 1200 });
    first.keeper.take(fresh, false);
    expect(await second.sharing.ask(true)).to.deep.equal(fresh);
  });

  describe("when the consumer signs out in one of them", () => {
    it("forget them all, and end what flies", async () => {
      const [first, second] = [await open(), await open()];
      first.keeper.held = { grant };
      first.keeper.take(toCredential(), false);
      await until(() => second.keeper.read());
      second.keeper.leave();
      await until(() => first.signedOut() === 1);
      expect(first.keeper.held).to.deep.equal({});
      expect(session(first)).to.deep.equal({ state: "anonymous" });
      expect(first.keeper.read()).to.equal(undefined);
    });

    it("have nothing to give any more, though they did not hear of it", async () => {
      const first = await open();
      first.keeper.take(toCredential(), false);
      const second = await openBrowserPage();
      second.keeper.marker.write("out");
      const third = await open();
      expect(third.keeper.held).to.deep.equal({});
      expect(session(third).state).to.equal("anonymous");
    });

    it("see it when they look, where they could not hear of it", async () => {
      const first = await open();
      first.keeper.take(toCredential(), false);
      first.sharing.close();
      (await openBrowserPage()).keeper.leave();
      first.sharing.check();
      expect(first.signedOut()).to.equal(1);
      expect(session(first)).to.deep.equal({ state: "anonymous" });
      first.sharing.check();
      expect(first.signedOut()).to.equal(1);
    });

    it("are not disturbed when they look and nobody has", async () => {
      const first = await open();
      first.keeper.take(toCredential(), false);
      first.sharing.check();
      expect(first.signedOut()).to.equal(0);
      expect(session(first).state).to.equal("authenticated");
    });
  });

  describe("with a refresh token", () => {
    const inPage = { flow: "code", exchange: "widget" } as const;

    it("share it, since only one of them uses it at a time", async () => {
      const first = await open(inPage);
      first.keeper.held = { grant };
      first.keeper.take(toCredential(), false);
      const second = await open(inPage);
      expect(second.keeper.held.grant).to.deep.equal(grant);
    });

    it("keep it each to itself where the browser has no locks", async () => {
      restore = override(navigator, "locks", undefined);
      const first = await open(inPage);
      first.keeper.held = { grant };
      first.keeper.take(toCredential(), false);
      const second = await open(inPage);
      expect(second.keeper.read()).not.to.equal(undefined);
      expect(second.keeper.held.grant).to.equal(undefined);
    });

    it("don't lose their own to a tab that has none to give", async () => {
      restore = override(navigator, "locks", undefined);
      const [first, second] = [await open(inPage), await open(inPage)];
      second.keeper.held = { grant };
      second.keeper.take(toCredential(), false);
      await until(() => first.keeper.read());
      first.keeper.take(toCredential({ exp: issuedAt + 1200 }), false);
      await until(() => second.keeper.read()?.claims?.exp === issuedAt + 1200);
      expect(second.keeper.held.grant).to.deep.equal(grant);
    });

    it("lose it to who signs in as somebody else", async () => {
      const [first, second] = [await open(inPage), await open(inPage)];
      second.keeper.held = { grant };
      second.keeper.take(toCredential(), false);
      await until(() => first.keeper.read());
      first.keeper.signIn(toCredential({ sub: "consumer-2" }));
      await until(() => second.keeper.read()?.claims?.sub === "consumer-2");
      expect(second.keeper.held.grant).to.equal(undefined);
    });
  });

  it("of other clients hear and say nothing", async () => {
    const first = await open();
    first.keeper.take(toCredential(), false);
    const other = await open({ clientId: "another" });
    expect(other.keeper.held).to.deep.equal({});
    other.keeper.leave();
    await other.sharing.ask(false);
    expect(first.signedOut()).to.equal(0);
  });

  it("work one after the other", async () => {
    const [first, second] = [await open(), await open()];
    const log: string[] = [];
    const work = (who: string) => async (): Promise<string> => {
      log.push(`${who} begins`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      log.push(`${who} ends`);
      return who;
    };
    expect(
      await Promise.all([
        first.sharing.alone(work("first")),
        second.sharing.alone(work("second")),
        first.sharing.alone(work("again")),
      ]),
    ).to.deep.equal(["first", "second", "again"]);
    expect(log).to.have.lengthOf(6);
    for (let index = 0; index < 6; index += 2) {
      expect(log[index + 1]).to.equal(log[index]?.replace("begins", "ends"));
    }
  });

  it("that have closed hear nothing, until they ask again", async () => {
    const [first, second] = [await open(), await open()];
    second.sharing.close();
    first.keeper.take(toCredential(), false);
    await first.sharing.ask(false);
    expect(second.keeper.held).to.deep.equal({});
    await second.sharing.ask(false);
    const { claims } = await until(() => second.keeper.read());
    expect(claims?.sub).to.equal("consumer-1");
  });

  it("survive whatever else is said on their channel", async () => {
    const first = await open();
    first.keeper.take(toCredential(), false);
    const stranger = new BroadcastChannel(`consumer-auth:${first.keeper.name}`);
    for (const noise of [null, "text", 5, [], {}, { answer: "unknown" }, { value: {} }]) {
      stranger.postMessage(noise);
    }
    const second = await open();
    const { claims } = await until(() => second.keeper.read());
    stranger.close();
    expect(claims?.sub).to.equal("consumer-1");
    expect(session(first).state).to.equal("authenticated");
    expect(first.signedOut()).to.equal(0);
  });

  it("are each alone in a browser without channels", async () => {
    const native = globalThis.BroadcastChannel;
    const undo = override(globalThis, "BroadcastChannel", native);
    Reflect.deleteProperty(globalThis, "BroadcastChannel");
    const [first, second] = [await open(), await open()];
    first.keeper.take(toCredential(), false);
    const answer = await second.sharing.ask(false);
    undo();
    expect(answer).to.equal(undefined);
  });
});
