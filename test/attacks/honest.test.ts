import { expectCredential } from "./support/attack.js";

describe("the provider of the attacks, while it is honest", () => {
  it("implicit flow", () => expectCredential("implicit flow", {}));
  it("exchange in the page", () => expectCredential("exchange in the page", {}));
  it("code to the window", () => expectCredential("code to the window", {}));
});
