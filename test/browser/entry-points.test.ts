import { expect } from "@esm-bundle/chai";

import * as callback from "../../src/callback.js";
import * as element from "../../src/element.js";
import * as headless from "../../src/index.js";
import { checkConfig, optionNames } from "../../src/config/check-config.js";

describe("the entry points", () => {
  it("export what the README promises", () => {
    expect(Object.keys(headless).sort()).to.deep.equal([
      "ConfigError",
      "ConsumerAuthError",
      "createConsumerAuth",
      "loadConnector",
    ]);
    expect(Object.keys(element).sort()).to.deep.equal(["ConsumerAuthElement", "defineElements"]);
    expect(Object.keys(callback)).to.deep.equal(["relayAuthorizationResponse"]);
  });

  it("starts the page method as soon as the script runs", async () => {
    await import("../../src/script.js");
    const page = window as unknown as Record<string, unknown>;
    expect(page["lpGetAuthenticationToken"]).to.be.a("function");
    expect(page["ConsumerAuth"]).to.be.an("object");
    Reflect.deleteProperty(window, "lpGetAuthenticationToken");
    Reflect.deleteProperty(window, "ConsumerAuth");
  });

  it("has a property of the element for every option", () => {
    const { observedAttributes } = element.ConsumerAuthElement;
    for (const option of optionNames) {
      const attribute = option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      expect(observedAttributes).to.include(attribute);
    }
    expect(checkConfig({}).mistakes).not.to.be.empty;
  });
});
