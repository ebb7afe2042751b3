import { expect } from "@esm-bundle/chai";

import { checkConfig } from "../../../src/config/check-config.js";
import { createAnonymousSource, type AnonymousSource } from "../../../src/sources/anonymous.js";
import { createMemoryStore } from "../../../src/store/memory.js";
import type { Store } from "../../../src/store/store.js";
import {
  readClaims,
  refuse,
  startAnonymousCloud,
  type AnonymousCloud,
} from "../../support/anonymous-cloud.js";
import { never } from "../../support/answered-requests.js";
import { caught, codeOf } from "../../support/caught.js";
import { createMovingClock, type MovingClock } from "../../support/moving-clock.js";

const minutes = 60_000;

/** A token of the first person that fits, but for the changes. */
const mint = (changes: Record<string, unknown>): string =>
  `e30.${btoa(JSON.stringify({ sub: "person-1", iat: 0, exp: 600, ...changes }))}.c2ln`;

describe("the anonymous person", () => {
  let clock: MovingClock;
  let cloud: AnonymousCloud;
  let store: Store;
  const { signal } = new AbortController();

  beforeEach(() => {
    clock = createMovingClock();
    cloud = startAnonymousCloud(clock);
    store = createMemoryStore();
  });

  afterEach(() => {
    cloud.stop();
  });

  /** Another page of the same browser, with the same store. */
  function openPage(accountId = "1", requestTimeout = 5000): AnonymousSource {
    const { config } = checkConfig({ accountId, requestTimeout, engagement: "unauthenticated" });
    return createAnonymousSource({ config, clock }, store);
  }

  const obtainSubject = async (page = openPage()): Promise<string> =>
    readClaims((await page.obtain(signal)).token).sub;

  it("is a new one at first", async () => {
    expect(await openPage().resume(signal)).to.equal(undefined);
    expect(cloud.asked).to.deep.equal([]);
    const { kind, token } = await openPage().obtain(signal);
    expect(kind).to.equal("anonymous");
    expect(readClaims(token).sub).to.equal("person-1");
    expect(cloud.asked).to.deep.equal(["new"]);
  });

  it("is there again on the next page, without a request", async () => {
    const { token } = await openPage().obtain(signal);
    expect(await openPage().resume(signal)).to.deep.equal({ kind: "anonymous", token });
    expect(await openPage().obtain(signal)).to.deep.equal({ kind: "anonymous", token });
    expect(cloud.asked).to.deep.equal(["new"]);
  });

  it("is another one at another account", async () => {
    expect(await obtainSubject(openPage("1"))).to.equal("person-1");
    expect(await obtainSubject(openPage("2"))).to.equal("person-2");
    expect(await obtainSubject(openPage("1"))).to.equal("person-1");
  });

  it("stays the same one when the token is renewed, a minute before it expires", async () => {
    const { token } = await openPage().obtain(signal);
    clock.move(9 * minutes - 1);
    expect((await openPage().resume(signal))?.token).to.equal(token);
    clock.move(1);
    const renewed = await openPage().resume(signal);
    expect(renewed?.token).not.to.equal(token);
    expect(readClaims(String(renewed?.token)).sub).to.equal("person-1");
    expect(cloud.asked).to.deep.equal(["new", "renewal"]);
    expect(await openPage().resume(signal)).to.deep.equal(renewed);
  });

  it("stays the same one though the token expired weeks ago", async () => {
    await openPage().obtain(signal);
    clock.move(30 * 24 * 60 * minutes);
    expect(await obtainSubject()).to.equal("person-1");
    expect(cloud.asked).to.deep.equal(["new", "renewal"]);
  });

  for (const wrong of [60, -60]) {
    it(`is not renewed at every call by a clock that is ${wrong} minutes wrong`, async () => {
      cloud.stop();
      const cloudClock = createMovingClock(clock.now() - wrong * minutes);
      cloud = startAnonymousCloud(cloudClock);
      const { token } = await openPage().obtain(signal);
      expect((await openPage().resume(signal))?.token).to.equal(token);
      clock.move(9 * minutes - 1);
      expect((await openPage().obtain(signal)).token).to.equal(token);
      expect(cloud.asked).to.deep.equal(["new"]);
      clock.move(1);
      await openPage().resume(signal);
      expect(cloud.asked).to.deep.equal(["new", "renewal"]);
    });
  }

  it("is renewed once where the clock is set back", async () => {
    await openPage().obtain(signal);
    clock.move(-60 * minutes);
    expect(await obtainSubject()).to.equal("person-1");
    expect(await obtainSubject()).to.equal("person-1");
    expect(cloud.asked).to.deep.equal(["new", "renewal"]);
  });

  it("is a new one where the cloud says that the old one is too old (2001)", async () => {
    await openPage().obtain(signal);
    clock.move(60 * minutes);
    cloud.connector = refuse("2001");
    expect(await openPage().resume(signal)).to.equal(undefined);
    cloud.connector = undefined;
    expect(await obtainSubject()).to.equal("person-2");
    expect(cloud.asked).to.deep.equal(["new", "renewal", "new"]);
  });

  it("is renewed to a new one in one go, so that the window gets its answer", async () => {
    await openPage().obtain(signal);
    clock.move(60 * minutes);
    cloud.connector = () => {
      cloud.connector = undefined;
      return Response.json({ internalErrorCode: 2001 }, { status: 400 });
    };
    expect(await obtainSubject()).to.equal("person-2");
    expect(await obtainSubject()).to.equal("person-2");
    expect(cloud.asked).to.deep.equal(["new", "renewal", "new"]);
  });

  it("can't be had where the account has it switched off (2005), which is said with the mend", async () => {
    cloud.connector = refuse("2005");
    const { code, message } = await caught(openPage().obtain(signal));
    expect(code).to.equal("anonymous_disabled");
    expect(message).to.match(/2005.*set anonymous to false/);
    await openPage()
      .obtain(signal)
      .catch(() => undefined);
    cloud.connector = undefined;
    expect(await obtainSubject()).to.equal("person-1");
  });

  for (const code of ["2005", "2006", "2007"]) {
    it(`is kept where the cloud answers a renewal with ${code}`, async () => {
      await openPage().obtain(signal);
      clock.move(60 * minutes);
      cloud.connector = refuse(code);
      await caught(openPage().obtain(signal));
      cloud.connector = undefined;
      expect(await obtainSubject()).to.equal("person-1");
    });
  }

  it("is not made by an unknown error, whose code is repeated and nothing else", async () => {
    cloud.connector = refuse("4711 and a long text that somebody slipped in", 503);
    const { code, message } = await caught(openPage().obtain(signal));
    expect(code).to.equal("anonymous_unavailable");
    expect(message).to.include("HTTP 503");
    expect(message).not.to.include("somebody");
  });

  const down: Record<string, () => Response | Promise<Response>> = {
    "is down": () => Promise.reject(new TypeError("Failed to fetch")),
    "answers with HTML": () => new Response("<!doctype html>", { status: 502 }),
    "answers with something that is not a token": () => Response.json({ token: "x" }),
    "answers with a token that never expires": () =>
      Response.json({ token: mint({ exp: undefined }) }),
    "answers with a token that is nobody's": () =>
      Response.json({ token: mint({ sub: undefined }) }),
    "answers with a token of more than 64 KB": () =>
      Response.json({ token: mint({ padding: "x".repeat(65_536) }) }),
  };
  for (const [what, connector] of Object.entries(down)) {
    it(`lives on where the cloud ${what}, as long as the token is valid`, async () => {
      const { token } = await openPage().obtain(signal);
      clock.move(10 * minutes - 1);
      cloud.connector = connector;
      expect((await openPage().resume(signal))?.token).to.equal(token);
      expect((await openPage().obtain(signal)).token).to.equal(token);
      clock.move(1);
      expect(await codeOf(openPage().resume(signal))).to.match(/anonymous_un|request_failed/);
      expect(await codeOf(openPage().obtain(signal))).to.match(/anonymous_un|request_failed/);
      cloud.connector = undefined;
      expect(await obtainSubject()).to.equal("person-1");
    });

    it(`is not made where the cloud ${what}`, async () => {
      cloud.connector = connector;
      expect(await codeOf(openPage().obtain(signal))).to.match(/anonymous_un|request_failed/);
      expect(await openPage().resume(signal)).to.equal(undefined);
    });
  }

  it("does not become somebody else by a renewal", async () => {
    const { token } = await openPage().obtain(signal);
    clock.move(9 * minutes);
    cloud.connector = () => Response.json({ token: mint({ sub: "person-2" }) });
    expect((await openPage().obtain(signal)).token).to.equal(token);
    clock.move(minutes);
    const { code, message } = await caught(openPage().obtain(signal));
    expect(code).to.equal("anonymous_unavailable");
    expect(message).to.match(/another person's token\.$/);
    cloud.connector = undefined;
    expect(await obtainSubject()).to.equal("person-1");
  });

  it("is not made of what is kept and is no token", async () => {
    const garbled: Store = { ...store, get: () => Promise.resolve({ token: 5 }) };
    const { config } = checkConfig({ accountId: "1", engagement: "unauthenticated" });
    const source = createAnonymousSource({ config, clock }, garbled);
    expect(await source.resume(signal)).to.equal(undefined);
    expect(await obtainSubject(source)).to.equal("person-1");
  });

  it("is one and the same for all who ask at once, in all tabs, and asked for once", async () => {
    const [here, there] = [openPage(), openPage()];
    const asked = [here.obtain(signal), here.obtain(signal), there.obtain(signal)];
    const tokens = (await Promise.all(asked)).map(({ token }) => token);
    expect(new Set(tokens).size).to.equal(1);
    expect(cloud.asked).to.deep.equal(["new"]);
  });

  it("is renewed once for all who ask at once", async () => {
    await openPage().obtain(signal);
    clock.move(60 * minutes);
    const [resumed, obtained] = await Promise.all([
      openPage().resume(signal),
      openPage().obtain(signal),
    ]);
    expect(resumed).to.deep.equal(obtained);
    expect(cloud.asked).to.deep.equal(["new", "renewal"]);
  });

  it("is not kept waiting for ever by a tab whose request hangs", async () => {
    cloud.connector = never;
    const hanging = openPage("1", 60_000)
      .obtain(AbortSignal.timeout(200))
      .catch(() => undefined);
    const impatient = openPage("1", 10).obtain(signal);
    expect(await codeOf(impatient)).to.equal("request_timeout");
    await hanging;
  });

  it("is not asked for any more when the caller aborts", async () => {
    cloud.connector = never;
    const caller = new AbortController();
    const obtained = openPage().obtain(caller.signal);
    caller.abort();
    expect(await codeOf(obtained)).to.equal("aborted");
  });

  it("is somebody else once forgotten", async () => {
    expect(await obtainSubject()).to.equal("person-1");
    await openPage().forget();
    expect(await openPage().resume(signal)).to.equal(undefined);
    expect(await obtainSubject()).to.equal("person-2");
    expect(cloud.asked).to.deep.equal(["new", "new"]);
  });

  it("is forgotten though a request for them is under way", async () => {
    const obtained = openPage().obtain(signal);
    await openPage().forget();
    await obtained;
    expect(await openPage().resume(signal)).to.equal(undefined);
  });
});
