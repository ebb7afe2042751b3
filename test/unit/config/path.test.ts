import { expect } from "@esm-bundle/chai";

import { parsePath } from "../../../src/config/path.js";

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
