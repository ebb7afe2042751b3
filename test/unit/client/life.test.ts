import { expect } from "@esm-bundle/chai";

import { createLife } from "../../../src/client/life.js";
import { until } from "../../browser/support/until.js";
import { openBrowserPage, type BrowserPage } from "../../support/browser-page.js";

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
