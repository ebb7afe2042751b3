import { expect } from "@esm-bundle/chai";

import type { News } from "../../../src/client/held.js";
import type { ConsumerAuthConfig } from "../../../src/config/options.js";
import { createMarker } from "../../../src/store/marker.js";
import { openBrowserPage, toCredential, type BrowserPage } from "../../support/browser-page.js";
import { issuedAt } from "../../support/id-tokens.js";
import { deny } from "../../support/override.js";

const guest = { kind: "anonymous", token: "a.b.c" } as const;
const code = { kind: "code", code: "x", redirectUri: "https://brand.example/" } as const;

describe("what a page holds of the consumer", () => {
  let page: BrowserPage;
  let told: Omit<News, "mark">[];

  beforeEach(() => open());

  afterEach(() => {
    page.keeper.session.clear();
    localStorage.clear();
  });

  async function open(changes: ConsumerAuthConfig = {}): Promise<void> {
    page = await openBrowserPage(changes);
    told = [];
    page.keeper.tell = (news) => told.push(news);
  }

  /** What other tabs of the same client see and say. */
  const otherTab = () => createMarker(page.keeper.name);
  const session = () => page.keeper.session.read();

  it("is nothing at first", () => {
    expect(page.keeper.read()).to.equal(undefined);
    expect(page.keeper.held).to.deep.equal({});
    expect(page.keeper.marker.readWho()).to.equal("");
  });

  it("is the same client's with the same configuration only", async () => {
    const { name } = page.keeper;
    for (const changes of [
      { accountId: "2" },
      { issuer: "https://other.example" },
      { clientId: "other" },
      { flow: "code" },
      { flow: "code", exchange: "widget" },
    ] as const) {
      expect((await openBrowserPage(changes)).keeper.name).not.to.equal(name);
    }
    expect((await openBrowserPage({ brandName: "Other" })).keeper.name).to.equal(name);
  });

  describe("of who has an ID token", () => {
    it("is handed over again, told to the other tabs, and shown by the session", () => {
      const credential = toCredential();
      expect(page.keeper.take(credential, false)).to.equal(credential);
      expect(page.keeper.read()).to.equal(credential);
      expect(session()).to.include({ state: "authenticated" });
      expect(session().claims).to.equal(credential.claims);
      expect(otherTab().readWho()).to.equal("in");
      expect(told).to.have.lengthOf(1);
      expect(told[0]).to.deep.include({ who: "in", credential, idTokenHint: credential.token });
    });

    it("is told once, however often it is handed over", () => {
      const credential = toCredential();
      page.keeper.take(credential, false);
      const mark = page.keeper.marker.read();
      page.keeper.take(credential, false);
      page.keeper.take(credential, false);
      expect(told).to.have.lengthOf(1);
      expect(page.keeper.marker.read()).to.equal(mark);
      expect(page.sessions.map(({ state }) => state)).to.deep.equal(["authenticated"]);
    });

    it("is good until half a minute before its end", () => {
      page.keeper.take(toCredential({ exp: issuedAt + 3600 }), false);
      page.clock.move(3_570_000 - 1);
      expect(page.keeper.read()).not.to.equal(undefined);
      page.clock.move(1);
      expect(page.keeper.read()).to.equal(undefined);
    });

    it("is good for nine tenths of a short life", () => {
      page.keeper.take(toCredential({ exp: issuedAt + 60 }), false);
      page.clock.move(54_000 - 1);
      expect(page.keeper.read()).not.to.equal(undefined);
      page.clock.move(1);
      expect(page.keeper.read()).to.equal(undefined);
    });

    it("is not good where it can't be read", () => {
      const nested = { kind: "id_token", token: "a.b.c.d.e" } as const;
      page.keeper.take(nested, false);
      expect(page.keeper.read()).to.equal(undefined);
      expect(session().state).to.equal("authenticated");
    });

    for (const who of ["in", "out"] as const) {
      it(`is not good any more once another tab has written "${who}"`, () => {
        page.keeper.take(toCredential(), false);
        otherTab().write(who);
        expect(page.keeper.read()).to.equal(undefined);
      });
    }

    it("is good though nothing can be kept for the other tabs", () => {
      const undo = deny(window, "localStorage");
      const credential = toCredential();
      page.keeper.take(credential, false);
      const read = page.keeper.read();
      page.keeper.leave();
      const after = page.keeper.read();
      undo();
      expect([read, after]).to.deep.equal([credential, undefined]);
    });

    it("changes the mark where it is somebody else, and not where it is renewed", () => {
      page.keeper.take(toCredential(), false);
      const first = page.keeper.marker.read();
      page.keeper.take(toCredential({ exp: issuedAt + 1200 }), false);
      expect(page.keeper.marker.read()).to.equal(first);
      page.keeper.take(toCredential({ sub: "consumer-2" }), false);
      expect(page.keeper.marker.read()).not.to.equal(first);
      expect(page.keeper.read()?.claims?.sub).to.equal("consumer-2");
    });
  });

  it("of who signs in is known before the call is answered, by a mark of its own", () => {
    otherTab().write("in");
    const before = page.keeper.marker.read();
    const credential = toCredential();
    page.keeper.signIn(credential);
    expect(page.keeper.read()).to.equal(credential);
    expect(page.keeper.marker.read()).not.to.equal(before);
    page.keeper.take(credential, false);
    expect(told).to.have.lengthOf(1);
  });

  it("of who signed in with a code is that they are signed in, and never the code", () => {
    page.keeper.take(code, false);
    expect(page.keeper.read()).to.equal(undefined);
    expect(otherTab().readWho()).to.equal("in");
    expect(session().state).to.equal("authenticated");
    expect(JSON.stringify([page.keeper.held, told])).not.to.include('"x"');
  });

  it("of a code with an ID token is that token, as a hint for a sign-out", () => {
    page.keeper.take({ ...code, claims: toCredential().claims, idToken: "a.b.c" }, false);
    expect(page.keeper.read()).to.equal(undefined);
    expect(page.keeper.leave().idTokenHint).to.equal("a.b.c");
  });

  describe("of a guest", () => {
    it("is nothing", () => {
      expect(page.keeper.take(guest, false)).to.equal(guest);
      expect(page.keeper.held).to.deep.equal({});
      expect(otherTab().readWho()).to.equal("");
      expect(session().state).to.equal("anonymous");
      expect(told).to.deep.equal([]);
    });

    it("who declined is that they declined", () => {
      page.keeper.take(guest, true);
      expect(otherTab().readWho()).to.equal("guest");
    });

    it("is whoever signed in meanwhile", () => {
      const credential = toCredential();
      page.keeper.take(credential, false);
      expect(page.keeper.take(guest, true)).to.equal(credential);
      expect(session().state).to.equal("authenticated");
      expect(otherTab().readWho()).to.equal("in");
    });

    it("is no longer whoever has signed out in another tab meanwhile", () => {
      page.keeper.take(toCredential(), false);
      otherTab().write("out");
      expect(page.keeper.take(guest, false)).to.equal(guest);
      expect(session().state).to.equal("anonymous");
    });
  });

  describe("of a refresh token", () => {
    const grant = { refreshToken: "the-token", sub: "consumer-1" };

    it("stays with the consumer whose it is", () => {
      page.keeper.held = { grant };
      page.keeper.take(toCredential(), false);
      expect(page.keeper.held.grant).to.equal(grant);
      page.keeper.take(toCredential({ exp: issuedAt + 1200 }), false);
      expect(page.keeper.held.grant).to.equal(grant);
      expect(told.at(-1)?.grant).to.equal(grant);
    });

    it("goes when somebody else signs in", () => {
      page.keeper.held = { grant };
      page.keeper.take(toCredential({ sub: "consumer-2" }), false);
      expect(page.keeper.held.grant).to.equal(undefined);
    });
  });

  it("is nothing any more after a sign-out, which says what it was", () => {
    const credential = toCredential();
    const grant = { refreshToken: "the-token", sub: "consumer-1" };
    page.keeper.held = { grant };
    page.keeper.take(credential, false);
    expect(page.keeper.leave()).to.deep.equal({
      credential,
      grant,
      idTokenHint: credential.token,
    });
    expect(page.keeper.held).to.deep.equal({});
    expect(page.keeper.read()).to.equal(undefined);
    expect(otherTab().readWho()).to.equal("out");
    expect(session()).to.deep.equal({ state: "anonymous" });
    expect(told.at(-1)).to.deep.equal({ who: "out" });
  });
});
