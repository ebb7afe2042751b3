/* eslint @typescript-eslint/no-unsafe-return: "off", @typescript-eslint/no-extraneous-class: "off", @typescript-eslint/no-base-to-string: "off", @typescript-eslint/no-unnecessary-type-assertion: "off" -- it does what no page should */
import { expect } from "@esm-bundle/chai";

import {
  expectAnswered,
  expectReason,
  withFreshPage,
  type FreshPage,
  type PageWindow,
} from "../support/fresh-page.js";

const flow = "code to the window";
type Method = (...given: unknown[]) => unknown;
const methodOf = (page: PageWindow): Method => page["lpGetAuthenticationToken"] as Method;

/** A second honest call is answered: whatever the first one could still do is done. */
async function expectOnceOnly(page: FreshPage, answers: readonly unknown[]): Promise<void> {
  const { length } = answers;
  expectAnswered(await page.call(), flow, page.room);
  expect(answers).to.have.length(length);
}

describe("attack: a callback that misbehaves is called once, and spoils nothing", () => {
  const misbehaviours: Readonly<Record<string, (page: PageWindow) => unknown>> = {
    "throws an error": (page) => {
      throw new page.Error("the window's mistake");
    },
    "throws nothing": () => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error
      throw undefined;
    },
    "returns a promise that rejects": (page) => page.Promise.reject(new page.Error("rejected")),
    "returns a promise that never settles": () => new Promise(() => undefined),
    "returns a thenable that throws": () => ({
      then() {
        throw new Error("thenable");
      },
    }),
    "returns a thenable that calls back twice": () => ({
      then(resolve: () => void, reject: () => void) {
        resolve();
        reject();
      },
    }),
  };
  for (const [what, misbehave] of Object.entries(misbehaviours)) {
    it(what, () =>
      withFreshPage({ flow }, async (page) => {
        const outcome = await page.call({ callback: () => misbehave(page.window) });
        expectAnswered(outcome, flow, page.room);
        await expectOnceOnly(page, outcome.answers);
      }),
    );
  }

  it("is another realm's function", () =>
    withFreshPage({ flow }, async (page) => {
      const frame = page.window.document.createElement("iframe");
      page.window.document.body.append(frame);
      const other = frame.contentWindow as PageWindow;
      const outcome = await page.call({
        wrap(note) {
          other["note"] = note;
          return other.eval("(function () { note.apply(null, arguments); })");
        },
      });
      frame.remove();
      expectAnswered(outcome, flow, page.room);
    }));

  for (const [what, wrap] of Object.entries({
    "a Proxy": (note: object) => new Proxy(note, {}),
    "a bound function": (note: (...values: unknown[]) => void) => note.bind(null),
    "an async function":
      (note: (...values: unknown[]) => void) =>
      async (...values: unknown[]): Promise<void> => {
        await Promise.resolve();
        note(...values);
      },
  })) {
    it(`is ${what}`, () =>
      withFreshPage({ flow }, async (page) => {
        expectAnswered(await page.call({ wrap: wrap as never }), flow, page.room);
      }));
  }

  it("is a class, which can't be called: the page hears of it, and nothing else breaks", () =>
    withFreshPage({ flow }, async (page) => {
      methodOf(page.window)(class {});
      const outcome = await page.call();
      expectAnswered(outcome, flow, page.room);
    }));

  for (const nothing of [undefined, null, "callback", {}, 1, Symbol("callback")]) {
    it(`is ${String(nothing)}: nobody is asked, and the console says so`, () =>
      withFreshPage({ flow }, async (page) => {
        methodOf(page.window)(nothing);
        expect(page.traces.told.join()).to.include("without a callback");
        const outcome = await page.call();
        expectAnswered(outcome, flow, page.room);
        expect(outcome.asked).to.equal(1);
      }));
  }

  it("calls the method again from inside: each call has its answer", () =>
    withFreshPage({ flow: "implicit flow" }, async (page) => {
      const inner: unknown[][] = [];
      const outcome = await page.call({
        callback: () =>
          methodOf(page.window)((...values: unknown[]) => {
            inner.push(values);
          }),
      });
      expectAnswered(outcome, "implicit flow", page.room);
      const last = await page.call();
      expect(inner).to.deep.equal([last.answers[0]]);
    }));

  it("takes the method away from inside", () =>
    withFreshPage({ flow }, async (page) => {
      const auth = await page.ready();
      const method = methodOf(page.window);
      const outcome = await page.call({
        callback: () => Reflect.deleteProperty(page.window, "lpGetAuthenticationToken"),
      });
      expectAnswered(outcome, flow, page.room);
      auth.expose();
      const second = await page.call({ by: (callback) => method(callback) });
      expectAnswered(second, flow, page.room);
    }));
});

describe("attack: odd calls of the page method", () => {
  for (const [what, by] of Object.entries({
    "with undefined for this": (method: Method, callback: unknown) =>
      Reflect.apply(method, undefined, [callback]),
    "with a text for this": (method: Method, callback: unknown) =>
      Reflect.apply(method, "this", [callback]),
    "with a hostile object for this": (method: Method, callback: unknown) =>
      Reflect.apply(
        method,
        new Proxy(
          {},
          {
            get() {
              throw new Error("read");
            },
          },
        ),
        [callback],
      ),
    "with more arguments than it takes": (method: Method, callback: unknown) =>
      Reflect.apply(method, undefined, [callback, undefined, "evil", { clientId: "evil" }]),
  })) {
    it(what, () =>
      withFreshPage({ flow }, async (page) => {
        const outcome = await page.call({
          by: (callback) => {
            by(methodOf(page.window), callback);
          },
        });
        expectAnswered(outcome, flow, page.room);
      }),
    );
  }

  it("with new, it is no constructor", () =>
    withFreshPage({ flow }, async (page) => {
      expect(() => Reflect.construct(methodOf(page.window), [() => undefined])).to.throw();
      expectAnswered(await page.call(), flow, page.room);
    }));

  for (const [what, challenge] of Object.entries({
    "an object that changes its mind": { toString: () => "x".repeat(43) },
    "a list of one": ["x".repeat(43)],
    "a String object": new String("x".repeat(43)),
    "a line break at its end": `${"x".repeat(43)}\n`,
    "42 characters": "x".repeat(42),
    "a number": 43,
    false: false,
    "a million characters": "x".repeat(1_000_000),
    "a symbol": Symbol("challenge"),
    "an object that refers to itself": (() => {
      const self: Record<string, unknown> = {};
      self["self"] = self;
      return self;
    })(),
  })) {
    it(`with a challenge that is ${what}`, () =>
      withFreshPage({ flow }, async (page) => {
        const outcome = await page.call({ codeChallenge: challenge });
        expectReason(outcome, flow, "invalid_challenge");
        expect(outcome.asked).to.equal(0);
        expect(outcome.answers[0]?.[1]).to.not.include("xxx");
      }));
  }

  it("a thousand at once: each is answered once, one of them has the code", () =>
    withFreshPage({ flow }, async (page) => {
      const answers: unknown[][][] = [];
      for (let count = 1; count < 1000; count += 1) {
        const mine: unknown[][] = [];
        answers.push(mine);
        methodOf(page.window)((...values: unknown[]) => {
          mine.push(values);
        });
      }
      const outcome = await page.call();
      expectAnswered(outcome, flow, page.room);
      for (const mine of answers) {
        expect(mine).to.have.length(1);
        expect(mine[0]?.[1]).to.match(/^superseded: /);
      }
      expect(outcome.asked).to.equal(1);
    }));

  it("a thousand at once: each is answered once, with the same token", () =>
    withFreshPage({ flow: "implicit flow" }, async (page) => {
      const answers: unknown[][] = [];
      for (let count = 1; count < 1000; count += 1) {
        methodOf(page.window)((...values: unknown[]) => {
          answers.push(values);
        });
      }
      const outcome = await page.call();
      expectAnswered(outcome, "implicit flow", page.room);
      expect(answers).to.have.length(999);
      expect(new Set(answers.map(([token]) => token)).size).to.equal(1);
      expect(page.popups).to.have.length(1);
    }));

  it("after the method was taken away, by whoever has kept it", () =>
    withFreshPage({ flow }, async (page) => {
      const auth = await page.ready();
      const method = methodOf(page.window);
      auth.expose()();
      const outcome = await page.call({ by: (callback) => method(callback) });
      expectAnswered(outcome, flow, page.room);
    }));
});
