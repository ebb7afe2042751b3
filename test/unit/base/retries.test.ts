import { expect } from "@esm-bundle/chai";

import { ConsumerAuthError } from "../../../src/base/errors.js";
import { requestJson } from "../../../src/base/http.js";
import { sendAgain } from "../../../src/base/retries.js";
import { answerRequests, type AnsweredRequests } from "../../support/answered-requests.js";
import { caught, codeOf } from "../../support/caught.js";
import { startMovingTimers, turn, type MovingTimers } from "../../support/moving-timers.js";
import { override } from "../../support/override.js";

const seconds = 1000;
const url = "https://api.example/path?query=secret";

const busy = (status: number, retryAfter?: string): Response =>
  new Response("busy", { status, headers: retryAfter ? { "retry-after": retryAfter } : {} });

describe("a request that the server could not answer", () => {
  let timers: MovingTimers;
  let random: number;
  let restoreRandom: () => void;
  const { signal } = new AbortController();

  beforeEach(() => {
    random = 0;
    restoreRandom = override(Math, "random", () => random);
    timers = startMovingTimers();
  });

  afterEach(() => {
    timers.stop();
    restoreRandom();
  });

  /** Answers in turn; resolves with how long was waited before each further request. */
  async function waits(
    responses: readonly Response[],
    patience = 600 * seconds,
  ): Promise<{ waited: number[]; last: Response }> {
    const [first, ...others] = responses;
    const waited: number[] = [];
    let before = performance.now();
    const send = (): Promise<Response> => {
      waited.push(performance.now() - before);
      before = performance.now();
      return Promise.resolve(others.shift()!);
    };
    const outcome = sendAgain(first!, send, before + patience, signal);
    const state = { isOver: false };
    void outcome.finally(() => (state.isOver = true));
    while (!state.isOver) {
      await turn();
      if (timers.pending.length > 0) await timers.pass(Math.min(...timers.pending));
    }
    return { waited, last: await outcome };
  }

  it("is made three times more after 5xx, at the vendor's intervals", async () => {
    for (const status of [500, 502, 503, 599]) {
      const answers = [1, 2, 3, 4, 5].map(() => busy(status));
      const { waited, last } = await waits(answers);
      expect(waited, String(status)).to.deep.equal([5000, 10_000, 15_000]);
      expect(last).to.equal(answers[3]);
    }
  });

  it("is not made again once it is answered, whatever the answer", async () => {
    for (const status of [200, 400, 401, 404]) {
      const answer = new Response("", { status });
      const { waited, last } = await waits([busy(503), answer, busy(503)]);
      expect(waited).to.deep.equal([5000]);
      expect(last).to.equal(answer);
    }
  });

  it("is made again after 429 a second later, unless the server wants more", async () => {
    const ok = new Response("ok");
    expect((await waits([busy(429), ok])).waited).to.deep.equal([1000]);
    for (const [retryAfter, pause] of [
      ["0", 1000],
      ["1", 1000],
      ["3", 3000],
      ["60", 60_000],
      ["-5", 1000],
      ["1.5", 1000],
      ["soon", 1000],
      ["", 1000],
    ] as const) {
      const { waited } = await waits([busy(429, retryAfter), ok]);
      expect(waited, JSON.stringify(retryAfter)).to.deep.equal([pause]);
    }
  });

  it("heeds a date, too", async () => {
    const restore = override(Date, "now", () => Date.UTC(2030, 0, 1));
    const at = new Date(Date.UTC(2030, 0, 1) + 7000).toUTCString();
    const past = new Date(Date.UTC(2029, 0, 1)).toUTCString();
    const ok = new Response("ok");
    expect((await waits([busy(429, at), ok])).waited).to.deep.equal([7000]);
    expect((await waits([busy(503, at), ok])).waited).to.deep.equal([7000]);
    expect((await waits([busy(429, past), ok])).waited).to.deep.equal([1000]);
    restore();
  });

  it("never comes sooner after 5xx than the vendor wants it, whatever the server says", async () => {
    expect((await waits([busy(503, "1"), new Response()])).waited).to.deep.equal([5000]);
    expect((await waits([busy(503, "30"), new Response()])).waited).to.deep.equal([30_000]);
  });

  it("comes a little later for some, so that not all come back together", async () => {
    random = 0.999;
    const { waited } = await waits([busy(429), busy(503), new Response()]);
    expect(waited[0]).to.be.within(1200, 1250);
    expect(waited[1]).to.be.within(12_000, 12_500);
  });

  it("is not waited for where it does not fit before the end", async () => {
    const first = busy(503);
    expect(await waits([first], 4999)).to.deep.equal({ waited: [], last: first });
    expect(timers.set).to.deep.equal([]);
    const [, second] = [busy(503), busy(503)];
    const { waited, last } = await waits([busy(503), second], 14_000);
    expect(waited).to.deep.equal([5000]);
    expect(last).to.equal(second);
    const long = busy(429, "86400");
    expect((await waits([long], 10_000)).last).to.equal(long);
  });

  it("gives the last answer, to be read", async () => {
    const { last } = await waits([busy(503), new Response("answer")]);
    expect(await last.text()).to.equal("answer");
  });

  it("is given up when nobody waits any more, and leaves no timer", async () => {
    const caller = new AbortController();
    let sent = 0;
    const send = (): Promise<Response> => {
      sent++;
      return Promise.resolve(busy(503));
    };
    const outcome = sendAgain(busy(503), send, Infinity, caller.signal);
    await turn();
    expect(timers.pending).to.deep.equal([5000]);
    const reason = new ConsumerAuthError("cancelled", "");
    caller.abort(reason);
    expect(await caught(outcome)).to.equal(reason);
    expect(timers.pending).to.deep.equal([]);
    expect(sent).to.equal(0);
  });
});

describe("a request for JSON that may be made again", () => {
  let timers: MovingTimers;
  let server: AnsweredRequests | undefined;

  beforeEach(async () => {
    // Loaded before, since that takes no timer of ours.
    await import("../../../src/base/retries.js");
    timers = startMovingTimers();
  });

  afterEach(() => {
    timers.stop();
    server?.stop();
    server = undefined;
  });

  /** Lets time pass until the request is over. */
  async function settled<Answer>(request: Promise<Answer>): Promise<Answer> {
    const state = { isOver: false };
    const over = (): void => {
      state.isOver = true;
    };
    request.then(over, over);
    while (!state.isOver) {
      // No time passes while a body is read: that takes more than a turn.
      await new Response("{}").text();
      await turn();
      await timers.pass(50);
    }
    return request;
  }

  it("is answered by the second try, which says the same", async () => {
    const answers = [busy(500), Response.json({ token: "x" })];
    const { requests } = (server = answerRequests(() => answers.shift()!));
    const body = new URLSearchParams({ a: "b" });
    const request = requestJson(url, { timeout: 10 * seconds, retries: true, body });
    expect(await settled(request)).to.deep.include({ status: 200, json: { token: "x" } });
    expect(requests.map(({ method }) => method)).to.deep.equal(["POST", "POST"]);
    expect(await Promise.all(requests.map((one) => one.text()))).to.deep.equal(["a=b", "a=b"]);
  });

  it("is made once where nobody allowed more", async () => {
    const { requests } = (server = answerRequests(() => busy(503)));
    const { status } = await settled(requestJson(url, { timeout: 60 * seconds }));
    expect(status).to.equal(503);
    expect(requests).to.have.lengthOf(1);
  });

  it("is made once where the server has answered, or can't be reached", async () => {
    for (const status of [200, 400, 401, 403, 404]) {
      server?.stop();
      const { requests } = (server = answerRequests(() => Response.json({}, { status })));
      await settled(requestJson(url, { timeout: 60 * seconds, retries: true }));
      expect(requests, String(status)).to.have.lengthOf(1);
    }
    server?.stop();
    const { requests } = (server = answerRequests(() => {
      throw new TypeError("Failed to fetch");
    }));
    const request = requestJson(url, { timeout: 60 * seconds, retries: true });
    expect(await codeOf(settled(request))).to.equal("request_failed");
    expect(requests).to.have.lengthOf(1);
  });

  it("ends with the server's last word in time, not with a timeout", async () => {
    const { requests } = (server = answerRequests(() => busy(503)));
    const began = performance.now();
    const request = requestJson(url, { timeout: 10 * seconds, retries: true });
    expect((await settled(request)).status).to.equal(503);
    expect(performance.now() - began).to.be.below(10 * seconds);
    expect(requests.length).to.equal(2);
  });

  it("is not waited for at all where the time is short", async () => {
    server = answerRequests(() => busy(503));
    const began = performance.now();
    const { status } = await settled(requestJson(url, { timeout: 4 * seconds, retries: true }));
    expect(status).to.equal(503);
    expect(performance.now() - began).to.be.below(500);
  });

  it("counts the time of the first try", async () => {
    const { requests } = (server = answerRequests(
      () => new Promise((resolve) => setTimeout(() => resolve(busy(503)), 6 * seconds)),
    ));
    const request = requestJson(url, { timeout: 10 * seconds, retries: true });
    expect((await settled(request)).status).to.equal(503);
    expect(requests).to.have.lengthOf(1);
  });

  it("ends when its time is over while a further try hangs", async () => {
    let tries = 0;
    server = answerRequests(() => (++tries === 1 ? busy(429) : new Promise(() => undefined)));
    const request = requestJson(url, { timeout: 10 * seconds, retries: true });
    expect(await codeOf(settled(request))).to.equal("request_timeout");
    expect(tries).to.equal(2);
  });

  it("ends with the caller's abort while it waits", async () => {
    const caller = new AbortController();
    const { requests } = (server = answerRequests(() => busy(503)));
    const request = requestJson(url, {
      timeout: 10 * seconds,
      retries: true,
      signal: caller.signal,
    });
    const outcome = codeOf(request);
    while (timers.set.length < 2) await turn();
    caller.abort();
    expect(await outcome).to.equal("aborted");
    expect(timers.pending).to.deep.equal([]);
    expect(requests).to.have.lengthOf(1);
  });
});
