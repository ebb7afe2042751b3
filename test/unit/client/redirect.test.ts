import { expect } from "@esm-bundle/chai";

import { startDeadline } from "../../../src/base/deadline.js";
import { ConsumerAuthError } from "../../../src/base/errors.js";
import type { Loaders } from "../../../src/client/parts.js";
import { finishRedirect, startRedirect } from "../../../src/client/redirect.js";
import type { Flight } from "../../../src/ladder/ladder.js";
import type { AuthorizationSource } from "../../../src/sources/authorization.js";
import { findAnswered, findRequest, keepRequest } from "../../../src/transports/pending.js";
import { openBrowserPage, toCredential, type BrowserPage } from "../../support/browser-page.js";
import { codeOf } from "../../support/caught.js";

const aborted = (): ConsumerAuthError => new ConsumerAuthError("aborted", "They signed out.");

const request = {
  url: `${location.origin}/nowhere?state=the-state`,
  state: "the-state",
  nonce: "the-nonce",
  redirectUri: `${location.origin}/callback.html`,
};

describe("a sign-in by a redirect", () => {
  let page: BrowserPage;
  let controller: AbortController;
  let flight: Flight;
  /** What the provider's response leads to. */
  let finish: AuthorizationSource["finish"];
  let loaders: Loaders;
  const credential = toCredential();

  beforeEach(async () => {
    page = await openBrowserPage();
    controller = new AbortController();
    const deadline = startDeadline(60_000, aborted, controller.signal);
    deadline.suspend();
    flight = { purpose: "call", interactive: true, deadline };
    finish = () => Promise.resolve(credential);
    const source: AuthorizationSource = {
      begin: () => Promise.resolve(request),
      finish: (...response) => finish(...response),
    };
    loaders = { authorization: () => Promise.resolve(source) } as Loaders;
  });

  afterEach(() => {
    page.keeper.session.clear();
    flight.deadline.end();
    localStorage.clear();
    sessionStorage.clear();
  });

  /** The return page has kept the answer. */
  function comeBack(mark = page.keeper.marker.read()): void {
    keepRequest({
      request: { ...request, mark } as typeof request,
      purpose: "signIn",
      client: page.keeper.name,
      returnTo: location.href,
      scroll: [0, 0],
      at: Date.now(),
      response: { mode: "fragment", parameters: "state=the-state" },
    });
  }

  it("goes nowhere once nobody waits for it any more", async () => {
    const address = location.href;
    controller.abort(aborted());
    const { signal } = controller;
    expect(await codeOf(startRedirect(page.keeper, loaders, flight, signal))).to.equal("aborted");
    expect(findRequest("the-state")).to.equal(undefined);
    expect(location.href).to.equal(address);
  });

  it("is finished by the next call", async () => {
    comeBack();
    expect(await finishRedirect(page.parts, loaders, flight)).to.equal(credential);
    expect(page.keeper.marker.readWho()).to.equal("in");
    expect(findAnswered(page.keeper.name)).to.equal(undefined);
  });

  it("signs nobody in who has signed out while it was being finished", async () => {
    comeBack();
    finish = () => {
      controller.abort(aborted());
      page.keeper.leave();
      return Promise.resolve(credential);
    };
    expect(await codeOf(finishRedirect(page.parts, loaders, flight))).to.equal("aborted");
    expect(page.keeper.marker.readWho()).to.equal("out");
    expect(page.keeper.held).to.deep.equal({});
  });

  it("signs nobody in who has signed out since", async () => {
    comeBack();
    page.keeper.leave();
    expect(await finishRedirect(page.parts, loaders, flight)).to.equal(undefined);
    expect(page.keeper.marker.readWho()).to.equal("out");
    expect(findAnswered(page.keeper.name)).to.equal(undefined);
  });

  it("signs in who had signed out before", async () => {
    page.keeper.leave();
    comeBack();
    expect(await finishRedirect(page.parts, loaders, flight)).to.equal(credential);
    expect(page.keeper.marker.readWho()).to.equal("in");
  });
});
