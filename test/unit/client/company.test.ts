import { expect } from "@esm-bundle/chai";

import { createConsumerAuth } from "../../../src/index.js";
import { until } from "../../browser/support/until.js";
import { turn } from "../../support/moving-timers.js";

const page = window as { lpTag?: { identities?: readonly unknown[] } };
const count = (): number => page.lpTag?.identities?.length ?? 0;

describe("who keeps a client company", () => {
  afterEach(() => {
    Reflect.deleteProperty(window, "lpTag");
    localStorage.clear();
  });

  it("leaves when all have left who wanted it, however often each of them says so", async () => {
    const auth = createConsumerAuth({
      engagement: "authenticated",
      silent: false,
      newPage: false,
      authorizationEndpoint: "https://login.example/authorize",
      clientId: "brand",
      redirectUri: "/callback.html",
      identity: { iss: "https://login.example", sub: "consumer-1" },
    });
    const first = auth.expose();
    const second = auth.expose();
    await until(() => count() === 1);
    first();
    first();
    await turn();
    expect(count()).to.equal(1);
    second();
    await until(() => count() === 0);
  });
});
