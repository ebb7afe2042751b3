import { expect } from "@esm-bundle/chai";

import { parsePath, resolvePath } from "../../../src/config/path.js";

describe("a dotted path from the global scope", () => {
  const paths: Record<string, readonly string[]> = {
    window: ["window"],
    lpMethods: ["lpMethods"],
    "window.lpMethods": ["window", "lpMethods"],
    "brand.chat.methods": ["brand", "chat", "methods"],
    "brand.window": ["brand", "window"],
    "$._.ünïcode9": ["$", "_", "ünïcode9"],
  };
  for (const [path, names] of Object.entries(paths)) {
    it(`"${path}" leads through ${JSON.stringify(names)}`, () => {
      expect(parsePath(path)).to.deep.equal(names);
    });
  }

  const refused = [
    "",
    " ",
    ".",
    "brand.",
    ".brand",
    "brand..chat",
    "brand chat",
    "brand.9",
    "brand['chat']",
    "brand[0]",
    "brand.chat()",
    "brand-chat",
    "brand;alert",
    "brand\n",
    "__proto__",
    "brand.__proto__",
    "constructor",
    "brand.constructor.chat",
    "window.prototype",
  ];
  for (const path of refused) {
    it(`${JSON.stringify(path)} is refused`, () => {
      expect(parsePath(path)).to.equal(undefined);
    });
  }
});

describe("what a path leads to", () => {
  const page = window as unknown as Record<string, unknown>;

  afterEach(() => {
    Reflect.deleteProperty(window, "brandOfTest");
    document.body.replaceChildren();
  });

  it("is found from the global scope, with and without its name", () => {
    page["brandOfTest"] = { chat: { limit: 5, none: null, name: "" } };
    expect(resolvePath("brandOfTest.chat.limit")).to.equal(5);
    expect(resolvePath("window.brandOfTest.chat.limit")).to.equal(5);
    expect(resolvePath("brandOfTest.chat.none")).to.equal(null);
    expect(resolvePath("brandOfTest.chat.name")).to.equal("");
  });

  it("is looked for anew each time", () => {
    expect(resolvePath("brandOfTest")).to.equal(undefined);
    page["brandOfTest"] = 1;
    expect(resolvePath("brandOfTest")).to.equal(1);
  });

  it("is nothing where a part is missing, or no object", () => {
    page["brandOfTest"] = { text: "a", none: null };
    for (const path of ["missing.chat", "none.chat", "none.chat.more", "text.missing"]) {
      expect(resolvePath(`brandOfTest.${path}`), path).to.equal(undefined);
    }
  });

  it("is nothing where the path is none, or reaches a prototype", () => {
    page["brandOfTest"] = { a: 1 };
    for (const path of [
      "",
      "brandOfTest.",
      "brandOfTest['a']",
      "brandOfTest.a()",
      "brandOfTest.__proto__",
      "brandOfTest.constructor",
      "Array.prototype",
    ]) {
      expect(resolvePath(path), path).to.equal(undefined);
    }
  });

  it("is nothing that is only inherited, nor an element of that name", () => {
    page["brandOfTest"] = Object.create({ getToken: () => "inherited" });
    expect(resolvePath("brandOfTest.getToken")).to.equal(undefined);
    expect(resolvePath("brandOfTest.toString")).to.equal(undefined);
    const form = document.createElement("form");
    form.id = "clobberedByTest";
    document.body.append(form);
    expect(page["clobberedByTest"]).to.equal(form);
    expect(resolvePath("clobberedByTest")).to.equal(undefined);
  });

  it("is a method that keeps what it is a method of", () => {
    page["brandOfTest"] = {
      token: "mine",
      getToken(this: { token?: string } | undefined, ...given: unknown[]) {
        return [this?.token, ...given];
      },
    };
    const getToken = resolvePath("brandOfTest.getToken") as (...given: unknown[]) => unknown;
    expect(getToken("a", "b")).to.deep.equal(["mine", "a", "b"]);
  });
});
