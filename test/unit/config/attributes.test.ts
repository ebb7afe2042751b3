import { expect } from "@esm-bundle/chai";

import { fromDataset, toAttribute } from "../../../src/config/attributes.js";
import { checkConfig, optionNames } from "../../../src/config/check-config.js";

function script(html: string): HTMLElement {
  return new DOMParser().parseFromString(`<script ${html}></script>`, "text/html").head
    .firstElementChild as HTMLElement;
}

describe("options as attributes", () => {
  it("are written in kebab case", () => {
    expect(toAttribute("clientId")).to.equal("client-id");
    expect(toAttribute("jwtPublicKey")).to.equal("jwt-public-key");
    expect(toAttribute("scope")).to.equal("scope");
  });

  it("come back from the data attributes of a script under the name of the option", () => {
    for (const option of optionNames) {
      const element = script(`data-${toAttribute(option)}="x"`);
      expect(fromDataset(element), option).to.deep.equal({ [option]: "x" });
    }
  });

  it("may be absent, and so may the script", () => {
    expect(fromDataset(script('src="x.js" id="y"'))).to.deep.equal({});
    expect(fromDataset(null)).to.deep.equal({});
  });

  it("that try to reach a prototype leave it alone", () => {
    const options = fromDataset(script('data-__proto__="x" data-constructor="y"'));
    expect(Object.getPrototypeOf(options)).to.equal(null);
    const { mistakes } = checkConfig({ ...options, engagement: "unauthenticated", accountId: "1" });
    expect(mistakes).to.deep.equal([
      { option: "__proto__", wrong: "unknown" },
      { option: "constructor", wrong: "unknown" },
    ]);
  });
});
