import { expect } from "@esm-bundle/chai";

import { ConsumerAuthError } from "../../../src/base/errors.js";
import { withLock } from "../../../src/store/lock.js";
import { caught } from "../../support/caught.js";
import { override } from "../../support/override.js";

const long = 60_000;

/** Something that a test opens when it is time. */
function createGate(): { readonly opened: Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

/** Resolves when so many wait for a lock of this name. */
async function waiting(name: string, howMany: number): Promise<void> {
  for (;;) {
    const { pending = [] } = await navigator.locks.query();
    if (pending.filter((lock) => lock.name === name).length === howMany) return;
  }
}

describe("a lock", () => {
  let name = "";
  let count = 0;
  let undo: (() => void) | undefined;

  beforeEach(() => {
    name = `test-lock-${++count}`;
  });

  afterEach(async () => {
    undo?.();
    undo = undefined;
    const { held = [], pending = [] } = await navigator.locks.query();
    expect([...held, ...pending].filter((lock) => lock.name === name)).to.deep.equal([]);
  });

  it("gives what the work gives", async () => {
    expect(await withLock(name, long, () => Promise.resolve("result"))).to.equal("result");
  });

  it("has one work after the other, in order", async () => {
    const log: string[] = [];
    const gate = createGate();
    const first = withLock(name, long, async () => {
      log.push("first begins");
      await gate.opened;
      log.push("first ends");
    });
    const second = withLock(name, long, async () => {
      log.push("second");
    });
    await waiting(name, 1);
    gate.open();
    await Promise.all([first, second]);
    expect(log).to.deep.equal(["first begins", "first ends", "second"]);
  });

  it("is heeded where another page holds it", async () => {
    const gate = createGate();
    const log: string[] = [];
    const elsewhere = navigator.locks.request(name, async () => {
      await gate.opened;
      log.push("elsewhere");
    });
    const here = withLock(name, long, async () => log.push("here"));
    await waiting(name, 1);
    gate.open();
    await Promise.all([elsewhere, here]);
    expect(log).to.deep.equal(["elsewhere", "here"]);
  });

  it("doesn't keep work of another name waiting", async () => {
    const gate = createGate();
    const held = withLock(name, long, () => gate.opened);
    expect(await withLock(`${name}-other`, long, () => Promise.resolve(1))).to.equal(1);
    gate.open();
    await held;
  });

  it("is waited for with patience, and not for ever", async () => {
    const gate = createGate();
    const held = withLock(name, long, () => gate.opened);
    expect(await withLock(name, 10, () => Promise.resolve("without"))).to.equal("without");
    gate.open();
    await held;
  });

  it("is kept by work that lasts longer than anybody's patience", async () => {
    let runs = 0;
    const work = async (): Promise<void> => {
      runs++;
      await withLock(
        `${name}-inner`,
        long,
        () => new Promise((resolve) => setTimeout(resolve, 30)),
      );
    };
    await withLock(name, 5, work);
    expect(runs).to.equal(1);
  });

  it("is given back by work that fails, whose error comes through, and which isn't repeated", async () => {
    const failure = new ConsumerAuthError("request_failed", "");
    let runs = 0;
    const failing = withLock(name, long, async () => {
      runs++;
      throw failure;
    });
    expect(await caught(failing)).to.equal(failure);
    expect(runs).to.equal(1);
    expect(await withLock(name, long, () => Promise.resolve("next"))).to.equal("next");
  });

  for (const [what, locks] of [
    ["has no locks", undefined],
    [
      "refuses them",
      { request: () => Promise.reject(new DOMException("Denied", "SecurityError")) },
    ],
  ] as const) {
    it(`is done without where the browser ${what}`, async () => {
      undo = override(navigator, "locks", locks);
      let runs = 0;
      expect(await withLock(name, long, async () => ++runs)).to.equal(1);
      const failure = new ConsumerAuthError("request_failed", "");
      expect(await caught(withLock(name, long, () => Promise.reject(failure)))).to.equal(failure);
      undo();
    });
  }
});
