import { expect } from "@esm-bundle/chai";

import { loaded } from "../../../src/base/loaded.js";
import { caught } from "../../support/caught.js";

describe("a part that is loaded when it is needed", () => {
  it("is there once it has loaded", async () => {
    const part = { create: 1 };
    expect(await loaded(Promise.resolve(part))).to.equal(part);
  });

  it("says what to look at where it did not load, with the browser's error underneath", async () => {
    const url = URL.createObjectURL(new Blob(["syntax error"], { type: "text/javascript" }));
    const { code, message, cause } = await caught(loaded(import(url)));
    URL.revokeObjectURL(url);
    expect(code).to.equal("load_failed");
    expect(message).to.match(/did not load.*dist/);
    expect(cause).to.be.instanceOf(SyntaxError);
  });
});
