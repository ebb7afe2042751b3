/* eslint @typescript-eslint/use-unknown-in-catch-callback-variable: "off", @typescript-eslint/no-unsafe-return: "off" -- it does what no page should */
import { expect } from "@esm-bundle/chai";

import { expectAnswered, withFreshPage, type PageWindow } from "../support/fresh-page.js";

const flow = "code to the window";
const name = "lpGetAuthenticationToken";
const config = { jsContext: "chat" };

/** The method where the window looks for it. */
const byContext =
  (page: PageWindow) =>
  (...given: unknown[]): void => {
    (page["chat"] as Record<string, (...given: unknown[]) => void>)[name]?.(...given);
  };

const stranger = (): string => "a stranger's";

describe("attack: something stands where the page method belongs", () => {
  const refused: Readonly<Record<string, (page: PageWindow) => unknown>> = {
    "a frozen context": (page) => page.Object.freeze({}),
    "a sealed context": (page) => page.Object.seal({}),
    "a context that can't grow": (page) => page.Object.preventExtensions({}),
    "a context that is a text": () => "chat",
    "a context that is a number": () => 1,
    "a method that can't be written": (page) =>
      page.Object.defineProperty({}, name, { value: stranger, writable: false }),
    "a method with a getter alone": (page) =>
      page.Object.defineProperty({}, name, { get: () => stranger }),
    "a method whose setter forgets": (page) =>
      page.Object.defineProperty({}, name, { get: () => stranger, set: () => undefined }),
    "a setter that throws": (page) =>
      page.Object.defineProperty({}, name, {
        get: () => stranger,
        set() {
          throw new page.Error("no");
        },
      }),
    "a Proxy that refuses": (page) => new page.Proxy({}, { set: () => false }),
    "a Proxy that lies": (page) => new page.Proxy({}, { get: () => stranger }),
    "a Proxy that was revoked": (page) => {
      const { proxy, revoke } = page.Proxy.revocable({}, {});
      revoke();
      return proxy;
    },
  };
  for (const [what, make] of Object.entries(refused)) {
    it(`${what}: the console says so, and nothing else of the page breaks`, () =>
      withFreshPage(
        {
          flow,
          config,
          before: (page) => {
            page["chat"] = make(page);
          },
          after: (page) => {
            page["wentOn"] = true;
          },
        },
        async (page) => {
          expect(page.traces.told.join("\n")).to.include(`chat.${name} can't be set`);
          expect(page.window["wentOn"]).to.equal(true);
          const code = await page.ready().then(
            () => "ready",
            (error: { code?: string }) => error.code,
          );
          expect(code).to.equal("page_method_conflict");
          expect(page.traces.uncaught).to.deep.equal([]);
        },
      ));
  }

  const taken: Readonly<Record<string, (page: PageWindow) => unknown>> = {
    "a function with the method's name": () => ({ [name]: stranger }),
    "a method with a getter and a setter": (page) => {
      let now: unknown = stranger;
      return page.Object.defineProperty({}, name, {
        get: () => now,
        set: (value) => {
          now = value;
        },
      });
    },
    "a sealed context that has the method": (page) => page.Object.seal({ [name]: stranger }),
    "a context that is a function": (page) => page.eval("(function () {})"),
    "a context that is a class": (page) => page.eval("(class {})"),
    "a context that is an element": (page) => page.document.createElement("div"),
    "a context without a prototype": (page) => page.Object.create(null),
    "a Proxy that changes nothing": (page) => new page.Proxy({}, {}),
  };
  for (const [what, make] of Object.entries(taken)) {
    it(`${what}: our method takes the place, and answers`, () =>
      withFreshPage(
        {
          flow,
          config,
          before: (page) => {
            page["chat"] = make(page);
          },
        },
        async (page) => {
          const outcome = await page.call({ by: byContext(page.window) });
          expectAnswered(outcome, flow, page.room);
        },
      ));
  }

  it("a method of somebody else that came later is theirs, and stays", () =>
    withFreshPage(
      {
        flow,
        after: (page) => {
          page[name] = stranger;
        },
      },
      async (page) => {
        const auth = await page.ready();
        auth.expose()();
        expect(page.window[name]).to.equal(stranger);
        expect(page.traces.uncaught).to.deep.equal([]);
      },
    ));
});
