import { expect } from "@esm-bundle/chai";

import { exposeOrThrow } from "../../../src/engagement/expose.js";
import { exposePageMethod, type PageMethodOptions } from "../../../src/engagement/page-method.js";
import { caught } from "../../support/caught.js";
import { recordWarnings, type RecordedWarnings } from "../../support/recorded-warnings.js";

const page = globalThis as unknown as Record<string, unknown>;

/** Functions and elements can't be sent to the report of the tests, so they are never compared by it. */
const typeAt = (path: string): string =>
  typeof path.split(".").reduce<unknown>((scope, name) => (scope as typeof page)[name], page);

const at = (jsContext: string, jsMethodName = "testMethod"): PageMethodOptions => ({
  jsContext,
  jsMethodName,
  answer: () => Promise.resolve({ kind: "anonymous", token: "a.b.c" }),
  nothing: () => "",
});

describe("the place of the page method", () => {
  let warnings: RecordedWarnings;
  const undo: (() => void)[] = [];

  beforeEach(() => {
    warnings = recordWarnings();
  });

  afterEach(() => {
    warnings.stop();
    while (undo.length > 0) undo.pop()?.();
    Reflect.deleteProperty(page, "testContext");
    Reflect.deleteProperty(page, "testMethod");
  });

  function expose(jsContext: string, jsMethodName?: string): () => void {
    const conceal = exposePageMethod(at(jsContext, jsMethodName));
    undo.push(conceal);
    return conceal;
  }

  it("is the global scope where that is the context", () => {
    expose("window");
    expect(typeAt("testMethod")).to.equal("function");
    expect(warnings.messages).to.deep.equal([]);
  });

  it("is made where it isn't there", () => {
    expose("testContext.chat.methods");
    expect(typeAt("testContext.chat.methods.testMethod")).to.equal("function");
    expose("window.testContext.other");
    expect(typeAt("testContext.other.testMethod")).to.equal("function");
    expect(typeAt("testContext.chat.methods.testMethod")).to.equal("function");
  });

  it("keeps what is there already", () => {
    const chat = { other: 1 };
    page["testContext"] = { chat };
    expose("testContext.chat");
    expect((page["testContext"] as { chat: unknown }).chat === chat).to.equal(true);
    expect(Object.keys(chat)).to.deep.equal(["other", "testMethod"]);
  });

  it("may be a function, as a namespace often is", () => {
    const namespace = (): void => undefined;
    page["testContext"] = namespace;
    expose("testContext");
    expect("testMethod" in namespace).to.equal(true);
  });

  for (const nothing of [null, undefined]) {
    it(`is made where the page declares it as ${String(nothing)}`, () => {
      page["testContext"] = nothing;
      expose("testContext");
      expect(typeAt("testContext.testMethod")).to.equal("function");
    });
  }

  it("is left as it was when the method is taken away", () => {
    const conceal = expose("window");
    conceal();
    expect("testMethod" in page).to.equal(false);
    conceal();
    expect("testMethod" in page).to.equal(false);
  });

  it("may be taken: a function that is there is warned of, and comes back", () => {
    const before = (): void => undefined;
    page["testMethod"] = before;
    const conceal = expose("window");
    expect(page["testMethod"] === before).to.equal(false);
    expect(warnings.messages.join()).to.match(/window\.testMethod existed already/);
    conceal();
    expect(page["testMethod"] === before).to.equal(true);
  });

  it("is not taken from somebody who came later", () => {
    const conceal = expose("window");
    const after = (): void => undefined;
    page["testMethod"] = after;
    conceal();
    expect(page["testMethod"] === after).to.equal(true);
  });

  it("is free again when several methods were taken away, in whatever order", () => {
    const before = (): void => undefined;
    page["testMethod"] = before;
    const [first, second, third] = [expose("window"), expose("window"), expose("window")];
    second();
    first();
    third();
    expect(page["testMethod"] === before).to.equal(true);
  });

  it("is not led astray by an element of that name", () => {
    const form = document.createElement("form");
    form.id = "testContext";
    form.append(Object.assign(document.createElement("input"), { name: "chat" }));
    document.body.append(form);
    undo.push(() => {
      form.remove();
    });
    expect(page["testContext"] === form).to.equal(true);
    expose("testContext.chat");
    expect(page["testContext"] === form).to.equal(false);
    expect(typeAt("testContext.chat.testMethod")).to.equal("function");
    expect("testMethod" in form.elements[0]!).to.equal(false);
  });

  it("is not led astray by an element that has the method's name", () => {
    const image = Object.assign(document.createElement("img"), { id: "testMethod" });
    document.body.append(image);
    undo.push(() => {
      image.remove();
    });
    const conceal = expose("window");
    expect(typeAt("testMethod")).to.equal("function");
    conceal();
    expect(page["testMethod"] === image).to.equal(true);
  });

  const closed: Record<string, () => unknown> = {
    "is frozen": () => Object.freeze({}),
    "is sealed": () => Object.seal({}),
    "has the method for good": () => Object.defineProperty({}, "testMethod", { value: 1 }),
    "swallows what is set": () =>
      Object.defineProperty({}, "testMethod", { set: () => undefined, get: () => undefined }),
    "throws at what is set": () =>
      Object.defineProperty({}, "testMethod", {
        set: () => {
          throw new Error("No.");
        },
      }),
    "is a text": () => "text",
    "is a number": () => 5,
  };
  for (const [what, create] of Object.entries(closed)) {
    it(`that ${what} is a conflict, which is told`, async () => {
      page["testContext"] = create();
      expect(() => exposePageMethod(at("testContext"))).to.throw(
        /testContext\.testMethod can't be/,
      );
      const { code, message } = await caught(() => exposeOrThrow(at("testContext")));
      expect(code).to.equal("page_method_conflict");
      expect(message).to.match(/testContext\.testMethod can't be set/);
    });
  }

  it("is a conflict where a part of the path is frozen", async () => {
    page["testContext"] = Object.freeze({});
    const { code } = await caught(() => exposeOrThrow(at("testContext.chat")));
    expect(code).to.equal("page_method_conflict");
  });

  for (const [jsContext, jsMethodName] of [
    ["window.__proto__", "testMethod"],
    ["testContext.constructor.prototype", "testMethod"],
    ["testContext[0]", "testMethod"],
    ["", "testMethod"],
    ["window", "__proto__"],
    ["window", ""],
  ] as const) {
    it(`is a conflict, and nothing is touched, where it is ${jsContext}.${jsMethodName}`, async () => {
      const { code } = await caught(() => exposeOrThrow(at(jsContext, jsMethodName)));
      expect(code).to.equal("page_method_conflict");
      expect("testMethod" in page || "testContext" in page).to.equal(false);
    });
  }

  it("is exposed all the same by the way that throws our errors", () => {
    undo.push(exposeOrThrow(at("window")));
    expect(typeAt("testMethod")).to.equal("function");
  });
});
