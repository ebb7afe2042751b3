import { expect } from "@esm-bundle/chai";

import { ConsumerAuthError } from "../../../src/base/errors.js";
import { createLife } from "../../../src/client/life.js";
import type { Life } from "../../../src/client/parts.js";
import type { ConsumerAuthConfig } from "../../../src/config/options.js";
import { until } from "../../browser/support/until.js";
import { answerRequests } from "../../support/answered-requests.js";
import { openBrowserPage, type BrowserPage } from "../../support/browser-page.js";
import { codeOf } from "../../support/caught.js";
import { goodClaims } from "../../support/id-tokens.js";
import { override } from "../../support/override.js";

describe("the life of a client inside of an app", () => {
  let page: BrowserPage;

  afterEach(() => {
    page.keeper.session.clear();
    localStorage.clear();
  });

  it("ends whatever flies when the consumer signs out there, so that nobody is signed in by it", async () => {
    page = await openBrowserPage({ flow: "code", host: "appOfTest" });
    const { parts } = page;
    const heard: string[] = [];
    const life = await createLife({
      ...parts,
      interactive: [],
      signedOut: () => heard.push(life.keeper.marker.readWho()),
      fly: () => Promise.reject(new Error("nobody asks")),
    });
    life.keeper.marker.write("in");
    await life.loaders.quiet?.();
    await until(() => {
      window.postMessage({ type: "appOfTest.signedOut", version: 1 }, location.origin);
      return life.keeper.marker.readWho() === "out";
    });
    expect(heard[0]).to.equal("in");
  });
});

describe("the end of a client's consumer", () => {
  let page: BrowserPage;

  afterEach(() => {
    page.keeper.session.clear();
    localStorage.clear();
  });

  /** A client whose anonymous person is forgotten so. */
  async function begin(changes: ConsumerAuthConfig, forget: () => Promise<void>): Promise<Life> {
    page = await openBrowserPage({ flow: "code", ...changes });
    const life = await createLife({
      ...page.parts,
      interactive: [],
      signedOut: () => undefined,
      fly: () => Promise.reject(new Error("nobody asks")),
    });
    override(life.loaders, "anonymous", () => Promise.resolve({ forget }));
    return life;
  }

  it("is that of the anonymous person too, where there may be one", async () => {
    for (const [changes, count] of [
      [{ engagement: "either", accountId: "1" }, 1],
      [{ engagement: "authenticated", accountId: "1" }, 0],
      [{ engagement: "either", anonymous: false }, 0],
    ] as const) {
      let forgotten = 0;
      const life = await begin(changes, async () => {
        forgotten++;
      });
      await life.signOut({});
      expect(forgotten, JSON.stringify(changes)).to.equal(count);
    }
  });

  it("goes its way where the anonymous person can't be forgotten, which is told", async () => {
    const server = answerRequests(() => Response.json({ issuer: goodClaims.iss }));
    const life = await begin({ engagement: "either", accountId: "1" }, () =>
      Promise.reject(new ConsumerAuthError("load_failed", "")),
    );
    const outcome = await codeOf(life.signOut({ everywhere: true }));
    server.stop();
    expect(outcome).to.equal("discovery_failed");
    expect(page.reports).to.deep.equal(["load_failed"]);
  });
});
