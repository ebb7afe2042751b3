/* eslint-disable @typescript-eslint/unbound-method -- whose functions these are is what is asked */
import { expect } from "@esm-bundle/chai";

import type { Identity } from "../../../src/config/options.js";
import { announceVisitor, type VisitorOptions } from "../../../src/engagement/visitor.js";
import { until } from "../../browser/support/until.js";
import { turn } from "../../support/moving-timers.js";
import { override } from "../../support/override.js";

type IdentityFunction = (callback: (identity: unknown) => void) => void;

interface Tag {
  identities?: unknown;
  newPage?: unknown;
}

const page = window as unknown as { lpTag?: unknown };
const tag = (): Tag => page.lpTag as Tag;
const identities = (): IdentityFunction[] => tag().identities as IdentityFunction[];

const zoe = { iss: "https://login.example", sub: "zoe" };
const told = { ...zoe, acr: "loa1" };

/** Asks an identity function as the vendor's tag does. */
const ask = (identify: IdentityFunction | undefined): Promise<unknown> =>
  new Promise((resolve) => {
    identify?.(resolve);
  });

describe("the visitor", () => {
  let session: VisitorOptions["auth"]["session"];
  let sessions: EventTarget;
  let ended: AbortController;
  let retire: () => void;
  let identify: (() => Promise<Identity | null>) | undefined;
  let restore: (() => void)[];
  /** What the cloud was told by `newPage`. */
  let pages: unknown[][];
  const address = location.href;

  beforeEach(() => {
    session = { state: "anonymous" };
    sessions = new EventTarget();
    ended = new AbortController();
    retire = () => undefined;
    identify = () => Promise.resolve(zoe);
    restore = [];
    pages = [];
  });

  afterEach(async () => {
    retire();
    ended.abort();
    history.replaceState(null, "", address);
    await turn();
    for (const undo of restore.reverse()) undo();
    Reflect.deleteProperty(window, "lpTag");
  });

  function announce(changes: Partial<VisitorOptions> = {}): void {
    const auth = {
      get session() {
        return session;
      },
      addEventListener: sessions.addEventListener.bind(sessions),
    };
    retire = announceVisitor({ auth, newPage: true, identify, ...changes }, ended.signal);
  }

  function become(next: typeof session): void {
    session = next;
    sessions.dispatchEvent(new Event("sessionchange"));
  }

  /** What the vendor's tag is once it has loaded. */
  const vendorTag = (): Tag => ({
    identities: [],
    newPage: (...values: unknown[]) => pages.push(values),
  });

  const signedIn = (sub = "zoe") => ({ state: "authenticated", claims: { ...zoe, sub } });

  describe("is identified by a function in lpTag.identities", () => {
    it("where there is no tag yet", async () => {
      announce();
      expect(identities()).to.have.lengthOf(1);
      expect(await ask(identities()[0])).to.deep.equal(told);
    });

    it("with the three keys that the cloud wants, and nothing else", async () => {
      const more: Identity & { email: string } = { ...zoe, email: "zoe@example.com" };
      identify = () => Promise.resolve(more);
      announce();
      expect(await ask(identities()[0])).to.deep.equal(told);
    });

    it("that says null where nobody is signed in, or nobody can tell", async () => {
      identify = () => Promise.resolve(null);
      announce();
      expect(await ask(identities()[0])).to.equal(null);
      identify = () => Promise.reject(new Error("offline"));
      retire();
      announce();
      expect(await ask(identities().at(-1))).to.equal(null);
    });

    it("each time anew", async () => {
      let count = 0;
      identify = () => Promise.resolve({ ...zoe, sub: `zoe-${++count}` });
      announce();
      expect(await ask(identities()[0])).to.include({ sub: "zoe-1" });
      expect(await ask(identities()[0])).to.include({ sub: "zoe-2" });
    });

    it("beside the functions that are there", async () => {
      const other = (): void => undefined;
      const list = [other];
      page.lpTag = { identities: list, site: "1" };
      announce();
      expect(tag().identities).to.equal(list);
      expect(list).to.have.lengthOf(2);
      expect(list[0]).to.equal(other);
      expect(tag()).to.have.property("site", "1");
      expect(await ask(identities()[1])).to.deep.equal(told);
    });

    it("where the tag has no list yet, or what is none", () => {
      for (const list of [undefined, null, "none", {}]) {
        page.lpTag = list === undefined ? {} : { identities: list };
        announce();
        expect(identities()).to.have.lengthOf(1);
        retire();
        Reflect.deleteProperty(window, "lpTag");
      }
    });

    it("that stays when the vendor's tag takes the place of ours", async () => {
      announce();
      const theirs = vendorTag();
      page.lpTag = theirs;
      expect(tag()).to.equal(theirs);
      expect(identities()).to.have.lengthOf(1);
      expect(await ask(identities()[0])).to.deep.equal(told);
      page.lpTag = { site: "2" };
      expect(identities()).to.have.lengthOf(1);
    });

    it("that stays when the vendor completes ours", () => {
      announce();
      page.lpTag = page.lpTag ?? {};
      Object.assign(tag(), { site: "1", newPage: () => undefined });
      expect(identities()).to.have.lengthOf(1);
    });

    it("that stays when the list is replaced, whenever that is, and is there once", () => {
      announce();
      const [ours] = identities();
      page.lpTag = vendorTag();
      for (const list of [[], [() => undefined], undefined, "none", [ours]]) {
        tag().identities = list;
        expect(identities().filter((one) => one === ours)).to.have.lengthOf(1);
      }
      page.lpTag = { identities: [ours] };
      expect(identities()).to.deep.equal([ours]);
    });

    it("that stays in a list to which others add", () => {
      announce();
      const other = (): void => undefined;
      identities().push(other);
      expect(identities()).to.have.lengthOf(2);
      expect(identities()[1]).to.equal(other);
    });

    it("though the tag is something else for a while", () => {
      announce();
      for (const odd of [undefined, null, 5, "tag"]) page.lpTag = odd;
      page.lpTag = { identities: [] };
      expect(identities()).to.have.lengthOf(1);
    });

    it("where the tag is frozen, but not its list", async () => {
      const list: IdentityFunction[] = [];
      page.lpTag = Object.freeze({ identities: list });
      announce();
      expect(await ask(list[0])).to.deep.equal(told);
    });

    it("unless everything is frozen, which harms nobody", () => {
      page.lpTag = Object.freeze({ identities: Object.freeze([]), newPage: 5 });
      expect(() => {
        announce();
      }).not.to.throw();
      expect(identities()).to.have.lengthOf(0);
    });

    it("also where the tag can't be watched", () => {
      const lpTag: Tag = {};
      const scope: { lpTag?: unknown } = {};
      Object.defineProperty(lpTag, "identities", { value: undefined, writable: true });
      page.lpTag = lpTag;
      announce();
      expect(scope).to.deep.equal({});
      expect(identities()).to.have.lengthOf(1);
    });

    it("not at all where nobody can tell", () => {
      identify = undefined;
      announce();
      expect(Object.hasOwn(window, "lpTag")).to.equal(false);
      const theirs = vendorTag();
      page.lpTag = theirs;
      expect(theirs.identities).to.deep.equal([]);
    });

    it("that heeds nothing but a function", async () => {
      let asked = 0;
      identify = () => {
        asked++;
        return Promise.resolve(zoe);
      };
      announce();
      for (const callback of [undefined, null, "callback", {}]) {
        identities()[0]?.(callback as never);
      }
      await turn();
      expect(asked).to.equal(0);
    });

    it("that survives a callback that throws, which its author gets to see", async () => {
      announce();
      const mistake = new TypeError("Their mistake.");
      const later = await new Promise<() => void>((resolve) => {
        // Run here, since an uncaught error would end up in the report of the tests.
        restore.push(override(window, "setTimeout", resolve));
        identities()[0]?.(() => {
          throw mistake;
        });
      });
      restore.pop()?.();
      expect(later).to.throw(mistake);
      expect(await ask(identities()[0])).to.deep.equal(told);
    });
  });

  describe("when nobody is to be told of any more", () => {
    it("has no function left, in whatever list it is", () => {
      const other = (): void => undefined;
      page.lpTag = { identities: [other] };
      announce();
      const first = identities();
      retire();
      expect(first).to.deep.equal([other]);
      const next: unknown[] = [];
      tag().identities = next;
      expect(next).to.deep.equal([]);
      page.lpTag = { identities: next };
      expect(next).to.deep.equal([]);
    });

    it("takes no one else's function away", () => {
      announce();
      const other = (): void => undefined;
      identities().splice(0, 1, other);
      retire();
      expect(identities()).to.deep.equal([other]);
    });

    it("may be announced again", async () => {
      announce();
      retire();
      announce();
      expect(identities()).to.have.lengthOf(1);
      expect(await ask(identities()[0])).to.deep.equal(told);
    });
  });

  describe("is told of by newPage", () => {
    beforeEach(() => {
      page.lpTag = vendorTag();
      announce({ sections: ["shop", "shoes"] });
      pages = [];
    });

    const page_ = { section: ["shop", "shoes"] };

    it("when somebody signs in, and out", () => {
      become(signedIn());
      expect(pages).to.deep.equal([[location.href, page_]]);
      become({ state: "anonymous" });
      expect(pages).to.have.lengthOf(2);
    });

    it("when it is somebody else, and not when it is the same", () => {
      become(signedIn());
      become({ ...signedIn(), claims: { ...zoe } });
      expect(pages).to.have.lengthOf(1);
      become(signedIn("eve"));
      expect(pages).to.have.lengthOf(2);
    });

    it("once the sign-in is over, and not at all where nothing came of it", () => {
      become({ state: "authenticating" });
      become({ state: "anonymous" });
      become({ state: "failed" });
      expect(pages).to.deep.equal([]);
      become({ state: "authenticating" });
      become(signedIn());
      expect(pages).to.have.lengthOf(1);
    });

    it("not when the proof has run out, which is no news of who is there", () => {
      become(signedIn());
      become({ state: "expired", claims: zoe });
      expect(pages).to.have.lengthOf(1);
      become({ state: "anonymous" });
      expect(pages).to.have.lengthOf(2);
    });

    it("when somebody signs in of whom nothing is known", () => {
      become({ state: "authenticated" });
      become({ state: "authenticated" });
      expect(pages).to.have.lengthOf(1);
    });

    it("by a copy of the sections, which nobody can change for the next time", () => {
      become(signedIn());
      (pages[0]?.[1] as { section: string[] }).section.push("evil");
      become({ state: "anonymous" });
      expect(pages[1]?.[1]).to.deep.equal(page_);
    });

    it("as a method of the tag that is there at that moment", () => {
      const seen: unknown[] = [];
      const theirs = {
        newPage(this: unknown) {
          seen.push(this);
        },
      };
      page.lpTag = theirs;
      become(signedIn());
      expect(seen).to.deep.equal([theirs]);
    });

    it("no more once it is over", () => {
      ended.abort();
      become(signedIn());
      expect(pages).to.deep.equal([]);
    });

    it("not at all by a tag without it", () => {
      for (const odd of [undefined, 5, "x", {}]) {
        page.lpTag = { newPage: odd };
        become(signedIn());
        become({ state: "anonymous" });
      }
      expect(pages).to.deep.equal([]);
    });
  });

  it("is not told of by what its own question has found out: the answer says so", async () => {
    let finish: () => void = () => undefined;
    identify = () =>
      new Promise((resolve) => {
        finish = () => {
          become(signedIn());
          resolve(zoe);
        };
      });
    announce();
    page.lpTag = { ...tag(), ...vendorTag(), identities: tag().identities };
    const answer = ask(identities()[0]);
    finish();
    expect(await answer).to.deep.equal(told);
    become(signedIn());
    expect(pages).to.deep.equal([]);
    become({ state: "anonymous" });
    expect(pages).to.have.lengthOf(1);
  });

  it("is told of at once where the tag was there before, and has looked in vain", () => {
    page.lpTag = vendorTag();
    announce();
    expect(pages).to.deep.equal([[location.href, {}]]);
  });

  it("is told of by no sections where there are none", () => {
    announce();
    page.lpTag = vendorTag();
    become(signedIn());
    expect(pages).to.deep.equal([[location.href, {}]]);
  });

  it("is told of though the page can't tell who it is", () => {
    identify = undefined;
    page.lpTag = vendorTag();
    announce();
    become({ state: "authenticated" });
    expect(pages).to.have.lengthOf(1);
  });

  it("is not told of where that was declined, whatever happens", async () => {
    page.lpTag = vendorTag();
    announce({ newPage: false });
    become(signedIn());
    history.pushState(null, "", "?opted-out");
    await turn();
    await new Promise((resolve) => setTimeout(resolve));
    expect(pages).to.deep.equal([]);
  });

  for (const [what, has] of [
    ["with the Navigation API", true],
    ["without the Navigation API", false],
  ] as const) {
    describe(`in a single-page application, ${what}`, () => {
      beforeEach(() => {
        if (!has) {
          restore.push(
            override(window, "navigation", undefined),
            override(history, "pushState", history.pushState.bind(history)),
            override(history, "replaceState", history.replaceState.bind(history)),
          );
        }
        page.lpTag = vendorTag();
        announce();
        pages = [];
      });

      const toldOf = (count: number): Promise<true> =>
        until(() => pages.length === count || undefined).then(() => true);

      it("is told of when the address changes", async () => {
        history.pushState({ a: 1 }, "", "?shop");
        await toldOf(1);
        expect(history.state).to.deep.equal({ a: 1 });
        history.replaceState(null, "", "?shoes");
        await toldOf(2);
        location.hash = "#blue";
        await toldOf(3);
        history.back();
        await toldOf(4);
        expect(pages.map(([url]) => new URL(String(url)).search)).to.deep.equal([
          "?shop",
          "?shoes",
          "?shoes",
          "?shoes",
        ]);
      });

      it("is not told of when only the state changes", async () => {
        history.replaceState({ scroll: 5 }, "");
        history.pushState(null, "", location.href);
        history.pushState(null, "", "?shop");
        await toldOf(1);
        expect(String(pages[0]?.[0])).to.include("?shop");
      });

      it("is not told of any more once it is over", async () => {
        ended.abort();
        history.pushState(null, "", "?shop");
        await turn();
        await new Promise((resolve) => setTimeout(resolve, 30));
        expect(pages).to.deep.equal([]);
        expect(location.search).to.equal("?shop");
      });
    });
  }

  it("leaves the browser's history as it was, unless somebody else watches it too", () => {
    restore.push(
      override(window, "navigation", undefined),
      override(history, "pushState", history.pushState.bind(history)),
      override(history, "replaceState", history.replaceState.bind(history)),
    );
    const { pushState, replaceState } = history;
    announce();
    expect(history.pushState).not.to.equal(pushState);
    const theirs = history.replaceState.bind(history);
    history.replaceState = theirs;
    ended.abort();
    expect(history.pushState).to.equal(pushState);
    expect(history.replaceState).to.equal(theirs);
    history.replaceState = replaceState;
  });

  it("is not told of by a tag that throws, which is nobody else's trouble", () => {
    restore.push(
      override(window, "navigation", undefined),
      override(history, "pushState", history.pushState.bind(history)),
      override(history, "replaceState", history.replaceState.bind(history)),
      // What is shown to the author later is not shown here.
      override(window, "setTimeout", () => 0),
      override(window, "reportError", () => undefined),
    );
    const newPage = (): never => {
      throw new TypeError("Their mistake.");
    };
    page.lpTag = { identities: [], newPage };
    expect(() => {
      announce();
    }).not.to.throw();
    expect(() => {
      history.pushState(null, "", "?shop");
    }).not.to.throw();
    expect(location.search).to.equal("?shop");
  });
});
