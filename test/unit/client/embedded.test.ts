import { expect } from "@esm-bundle/chai";

import { createEmbedded, type Embedded } from "../../../src/client/embedded.js";
import type { Loaders } from "../../../src/client/parts.js";
import { startDeadline } from "../../../src/base/deadline.js";
import { ConsumerAuthError } from "../../../src/base/errors.js";
import type { ConsumerAuthConfig } from "../../../src/index.js";
import type { Flight } from "../../../src/ladder/ladder.js";
import { keepRequest } from "../../../src/transports/pending.js";
import { openBrowserPage } from "../../support/browser-page.js";
import { codeOf } from "../../support/caught.js";
import { webKitWithReply } from "../../support/host-apps.js";

const request = {
  url: `${location.origin}${location.pathname}${location.search}#away`,
  state: "the-state",
  nonce: "the-nonce",
  redirectUri: `${location.origin}/callback.html`,
};

describe("a sign-in in a browser inside of an app", () => {
  let name: string;
  const ends: (() => void)[] = [];

  afterEach(() => {
    for (const end of ends.splice(0)) end();
    localStorage.clear();
    sessionStorage.clear();
    history.replaceState(null, "", location.pathname + location.search);
  });

  async function open(changes: ConsumerAuthConfig = {}): Promise<Embedded> {
    const { parts, keeper } = await openBrowserPage(changes);
    ends.push(() => {
      keeper.session.clear();
    });
    ({ name } = keeper);
    const loaders = {
      authorization: () => Promise.resolve({ begin: () => Promise.resolve(request) }),
    } as unknown as Loaders;
    return createEmbedded(parts, loaders);
  }

  function leave(response?: { mode: "query"; parameters: string }): void {
    keepRequest({
      request,
      purpose: "signIn",
      client: name,
      returnTo: location.href,
      scroll: [0, 0],
      at: Date.now(),
      ...(response && { response }),
    });
  }

  function fly(): { readonly flight: Flight; readonly controller: AbortController } {
    const controller = new AbortController();
    const deadline = startDeadline(
      60_000,
      () => new ConsumerAuthError("answer_timeout", "It took too long."),
      controller.signal,
    );
    ends.push(() => {
      deadline.end();
    });
    return { controller, flight: { purpose: "call", interactive: true, deadline } };
  }

  /** The browser shows the page again, as it was. */
  const comeBack = (): boolean =>
    dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));

  it("is as good as any, until something speaks against it", async () => {
    expect((await open()).judge()).to.equal(undefined);
    expect((await open({ embeddedBrowsers: "allowed" })).judge()).to.equal(undefined);
  });

  it("is refused where the brand says so, and nobody is sent there", async () => {
    const embedded = await open({ embeddedBrowsers: "refused" });
    expect(embedded.judge()).to.equal("refused");
    const { flight, controller } = fly();
    expect(await codeOf(embedded.redirect(flight, controller.signal))).to.equal(
      "authorization_failed",
    );
    expect(location.hash).to.equal("");
    expect(sessionStorage).to.have.length(0);
  });

  it("is refused where the provider has said so", async () => {
    const embedded = await open();
    embedded.refuse();
    expect(embedded.judge()).to.equal("refused");
  });

  it("is not refused in the brand's own app, whose bridge is there, but in another one it is", async () => {
    const changes = { embeddedBrowsers: "refused", host: "appOfTest" } as const;
    const outside = await open(changes);
    expect(outside.judge()).to.equal("refused");
    const app = webKitWithReply("appOfTest");
    ends.push(() => {
      app.stop();
    });
    expect((await open(changes)).judge()).to.equal(undefined);
  });

  it("is doubtful once the consumer is back on a page that was loaded anew, without an answer", async () => {
    await open();
    leave();
    expect((await open()).judge()).to.equal("doubtful");
    expect((await open({ transport: "popup" })).judge()).to.equal(undefined);
  });

  it("is not doubtful where there is an answer, whatever it says", async () => {
    await open();
    leave({ mode: "query", parameters: "state=the-state&error=access_denied" });
    expect((await open()).judge()).to.equal(undefined);
  });

  it("is doubtful once the consumer is back on the very page, and may be tried again", async () => {
    const embedded = await open();
    for (let attempt = 0; attempt < 2; attempt++) {
      const { flight, controller } = fly();
      const redirected = codeOf(embedded.redirect(flight, controller.signal));
      while (location.hash !== "#away") await new Promise(requestAnimationFrame);
      comeBack();
      expect(await redirected).to.equal("authorization_failed");
      expect(embedded.judge()).to.equal("doubtful");
      expect(sessionStorage).to.have.length(0);
      history.replaceState(null, "", location.pathname + location.search);
    }
  });

  it("is not doubted because nobody waits any more", async () => {
    const embedded = await open();
    const { flight, controller } = fly();
    const redirected = codeOf(embedded.redirect(flight, controller.signal));
    controller.abort(new ConsumerAuthError("cancelled", "The consumer declined to sign in."));
    expect(await redirected).to.equal("cancelled");
    expect(embedded.judge()).to.equal(undefined);
  });
});
