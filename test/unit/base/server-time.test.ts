import { expect } from "@esm-bundle/chai";

import { createSystemClock, type Clock } from "../../../src/base/clock.js";
import { setByServer } from "../../../src/base/server-time.js";
import {
  answerRequests,
  never,
  type Answer,
  type AnsweredRequests,
} from "../../support/answered-requests.js";
import { override } from "../../support/override.js";

const hour = 3_600_000;

describe("the clock, where the page's server knows better", () => {
  let server: AnsweredRequests | undefined;
  let restore: () => void = () => undefined;

  afterEach(() => {
    restore();
    restore = () => undefined;
    server?.stop();
    server = undefined;
  });

  const serve = (answer: Answer): AnsweredRequests => (server = answerRequests(answer));
  const telling = (now: number | string): Answer => {
    const date = typeof now === "string" ? now : new Date(now).toUTCString();
    return () => new Response(null, { headers: { date } });
  };

  for (const [what, off] of [
    ["late", -hour],
    ["early", hour],
  ] as const) {
    it(`is set right where it is an hour too ${what}`, async () => {
      const now = Date.now();
      restore = override(Date, "now", () => now + off);
      serve(telling(now));
      const clock = createSystemClock();
      expect(Math.abs(clock.now() - now)).to.equal(hour);
      expect(await setByServer(clock, 1000)).to.equal(true);
      expect(Math.abs(clock.now() - now)).to.be.below(1000);
    });
  }

  it("goes on from there", async () => {
    let now = Date.UTC(2030, 0, 1);
    restore = override(Date, "now", () => now);
    serve(telling(now + hour));
    const clock = createSystemClock();
    await setByServer(clock, 1000);
    now += 5000;
    expect(clock.now()).to.equal(now + hour);
  });

  it("is asked for in a way that no cache answers, and that costs little", async () => {
    const { requests } = serve(telling(Date.now()));
    await setByServer(createSystemClock(), 1000);
    expect(requests.map(({ method, cache, url }) => [method, cache, url])).to.deep.equal([
      ["HEAD", "no-store", location.href],
    ]);
  });

  it("takes the way there and back for what the difference is", async () => {
    const start = Date.UTC(2030, 0, 1);
    let now = start;
    restore = override(Date, "now", () => now);
    serve(() => {
      now += 4000;
      return new Response(null, { headers: { date: new Date(start + hour).toUTCString() } });
    });
    const clock = createSystemClock();
    expect(await setByServer(clock, 10_000)).to.equal(true);
    expect(clock.now()).to.equal(start + hour + 2000);
  });

  it("is right where it differs by no more than a header can say", async () => {
    const now = Date.UTC(2030, 0, 1);
    restore = override(Date, "now", () => now);
    for (const off of [-2000, -1000, 0, 1000, 2000]) {
      server?.stop();
      serve(telling(now + off));
      const clock = createSystemClock();
      expect(await setByServer(clock, 1000), String(off)).to.equal(false);
      expect(clock.now()).to.equal(now);
    }
  });

  const silent: readonly [string, Answer][] = [
    ["says nothing of it", () => new Response()],
    ["says nonsense", telling("half past nine")],
    ["can't be reached", () => Promise.reject(new TypeError("Failed to fetch"))],
    ["never answers", never],
  ];
  for (const [what, answer] of silent) {
    it(`stays as it is where the server ${what}`, async () => {
      serve(answer);
      const now = Date.now();
      restore = override(Date, "now", () => now);
      const clock = createSystemClock();
      expect(await setByServer(clock, 10)).to.equal(false);
      expect(clock.now()).to.equal(now);
    });
  }

  it("stays as it is where nobody waits any more", async () => {
    serve(telling(Date.now() + hour));
    const clock = createSystemClock();
    expect(await setByServer(clock, 1000, AbortSignal.abort())).to.equal(false);
    expect(Math.abs(clock.now() - Date.now())).to.be.below(1000);
  });

  it("is not said to be right where it can't be set", async () => {
    serve(telling(Date.now() + hour));
    const clock: Clock = { now: () => Date.now() };
    expect(await setByServer(clock, 1000)).to.equal(false);
  });

  it("is told by the real server of this page", async () => {
    const now = Date.now();
    restore = override(Date, "now", () => now - hour);
    const clock = createSystemClock();
    expect(await setByServer(clock, 5000)).to.equal(true);
    expect(Math.abs(clock.now() - now)).to.be.below(10_000);
  });
});
