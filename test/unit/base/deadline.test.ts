import { expect } from "@esm-bundle/chai";

import { abortError, settleBy, startDeadline, withDeadline } from "../../../src/base/deadline.js";
import { ConsumerAuthError } from "../../../src/base/errors.js";
import { caught, codeOf } from "../../support/caught.js";

const tooLate = (): ConsumerAuthError => new ConsumerAuthError("request_timeout", "Too late.");
const endless = (): Promise<never> => new Promise(() => undefined);

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => {
      resolve();
    });
  });

/** Resolves after a deadline that was started at the same time and is as long would have ended. */
const after = (milliseconds: number): Promise<void> =>
  aborted(startDeadline(milliseconds, tooLate).signal);

describe("a deadline", () => {
  it("aborts with its error when the time is over", async () => {
    const { signal } = startDeadline(5, tooLate);
    expect(signal.aborted).to.equal(false);
    await aborted(signal);
    expect(abortError(signal).message).to.equal("Too late.");
  });

  it("stands still while it is suspended, and has its whole time again afterwards", async () => {
    const deadline = startDeadline(20, tooLate);
    const resume = deadline.suspend();
    await after(20);
    await after(20);
    expect(deadline.signal.aborted).to.equal(false);
    const resumedAt = performance.now();
    resume();
    await aborted(deadline.signal);
    expect(performance.now() - resumedAt).to.be.at.least(19);
  });

  it("runs once, however often it is resumed", async () => {
    let expired = 0;
    const deadline = startDeadline(10, () => {
      expired++;
      return tooLate();
    });
    const resume = deadline.suspend();
    resume();
    resume();
    await aborted(deadline.signal);
    await after(20);
    expect(expired).to.equal(1);
  });

  it("that was ended does not abort any more, by itself or with its parent", async () => {
    const parent = new AbortController();
    const deadline = startDeadline(1, tooLate, parent.signal);
    deadline.end();
    await after(5);
    parent.abort();
    expect(deadline.signal.aborted).to.equal(false);
  });

  it("aborts with its parent, for its parent's reason", () => {
    const parent = new AbortController();
    const { signal } = startDeadline(10_000, tooLate, parent.signal);
    const reason = new ConsumerAuthError("cancelled", "No.");
    parent.abort(reason);
    expect(signal.reason).to.equal(reason);
  });

  it("aborts with its parent while it is suspended, and resuming it is harmless", async () => {
    const parent = new AbortController();
    const deadline = startDeadline(1, tooLate, parent.signal);
    const resume = deadline.suspend();
    parent.abort();
    resume();
    await after(5);
    expect(abortError(deadline.signal).code).to.equal("aborted");
  });

  it("is over at once where its parent is", () => {
    const deadline = startDeadline(10_000, tooLate, AbortSignal.abort("why"));
    expect(abortError(deadline.signal).code).to.equal("aborted");
    deadline.end();
  });
});

describe("a foreign reason for an abort", () => {
  for (const reason of [undefined, "text", new TypeError("x"), 5]) {
    it(`is "aborted": ${String(reason)}`, () => {
      const error = abortError(AbortSignal.abort(reason));
      expect(error).to.be.instanceOf(ConsumerAuthError);
      expect(error.code).to.equal("aborted");
    });
  }
});

describe("work that a signal ends", () => {
  it("gives its result, or its own error, while nobody aborts", async () => {
    const { signal } = new AbortController();
    expect(await settleBy(signal, Promise.resolve("result"))).to.equal("result");
    const error = new ConsumerAuthError("popup_blocked", "");
    expect(await caught(settleBy(signal, Promise.reject(error)))).to.equal(error);
  });

  it("ends with the signal, even if it never does by itself", async () => {
    const controller = new AbortController();
    const settled = settleBy(controller.signal, endless());
    controller.abort(tooLate());
    expect(await codeOf(settled)).to.equal("request_timeout");
  });

  it("does not begin to wait where the signal has aborted", async () => {
    expect(await codeOf(settleBy(AbortSignal.abort(), endless()))).to.equal("aborted");
    expect(await codeOf(settleBy(AbortSignal.abort(), Promise.resolve(1)))).to.equal("aborted");
  });

  it("may fail afterwards unnoticed", async () => {
    const controller = new AbortController();
    let fail: (error: Error) => void = () => undefined;
    const work = new Promise<never>((_resolve, reject) => (fail = reject));
    const settled = settleBy(controller.signal, work);
    controller.abort();
    fail(new Error("Nobody hears it; an unhandled rejection would fail this file."));
    expect(await codeOf(settled)).to.equal("aborted");
  });
});

describe("work under a time limit", () => {
  it("gives its result in time", async () => {
    expect(await withDeadline(10_000, tooLate, () => Promise.resolve(1))).to.equal(1);
  });

  it("fails with the deadline's error when it never ends", async () => {
    expect(await codeOf(withDeadline(5, tooLate, endless))).to.equal("request_timeout");
  });

  it("is told by its signal that the time is over", async () => {
    let given: AbortSignal | undefined;
    const work = withDeadline(5, tooLate, (signal) => {
      given = signal;
      return endless();
    });
    await caught(work);
    expect(given?.aborted).to.equal(true);
  });

  it("ends with the caller's abort", async () => {
    const caller = new AbortController();
    const work = withDeadline(10_000, tooLate, endless, caller.signal);
    caller.abort();
    expect(await codeOf(work)).to.equal("aborted");
  });

  it("leaves no timer behind, however it ends", async () => {
    let expired = 0;
    const expire = (): ConsumerAuthError => {
      expired++;
      return tooLate();
    };
    const failure = new ConsumerAuthError("popup_closed", "");
    await withDeadline(5, expire, () => Promise.resolve());
    await caught(withDeadline(5, expire, () => Promise.reject(failure)));
    await caught(
      withDeadline(5, expire, () => {
        throw failure;
      }),
    );
    await caught(withDeadline(5, expire, endless, AbortSignal.abort()));
    await after(20);
    expect(expired).to.equal(0);
  });
});
