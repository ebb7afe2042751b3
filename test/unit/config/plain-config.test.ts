import { expect } from "@esm-bundle/chai";

import { checkConfig, optionNames } from "../../../src/config/check-config.js";
import { readPlainConfig } from "../../../src/config/plain-config.js";
import { createRandom } from "../../support/random.js";

type Dataset = Readonly<Record<string, string>>;

const code: Dataset = {
  accountId: "1",
  issuer: "https://login.example.com",
  clientId: "brand",
  redirectUri: "/callback.html",
};

const read = (dataset: Dataset): ReturnType<typeof readPlainConfig> => readPlainConfig(dataset);

/** What is taken must be what the checker takes, to the letter. */
function expectSame(dataset: Dataset, what: string): void {
  expect(checkConfig(dataset), what).to.deep.equal({
    config: read(dataset),
    mistakes: [],
  });
}

describe("the attributes of a script tag that says nothing unusual", () => {
  const plain: readonly [string, Dataset][] = [
    ["the least of the code flow", code],
    ["a page for known people", { ...code, accountId: "", engagement: "authenticated" }],
    ["the implicit flow", { ...code, flow: "implicit" }],
    ["an exchange in the page", { ...code, exchange: "widget" }],
    ["the defaults, written out", { ...code, flow: "code", exchange: "window", scope: "openid" }],
    [
      "an authorization endpoint",
      { ...code, authorizationEndpoint: "https://a.example/authorize" },
    ],
    ["no anonymous people", { ...code, anonymous: "false" }],
    ["another place of the method", { ...code, jsContext: "brand", jsMethodName: "getToken" }],
    ["a wider scope", { ...code, scope: "openid profile email" }],
    ["a return page in a folder", { ...code, redirectUri: "/a-b/c.d/callback.html" }],
    ["an issuer with a path", { ...code, issuer: "https://login.example.com/tenant/v2.0/" }],
    ["anonymous people alone", { accountId: "brand-1", engagement: "unauthenticated" }],
  ];
  for (const [what, { accountId, ...others }] of plain) {
    it(`are taken, as the checker would: ${what}`, () => {
      const dataset: Dataset = accountId ? { ...others, accountId } : others;
      expect(read(dataset)).not.to.equal(undefined);
      expectSame(dataset, what);
      expect(Object.isFrozen(read(dataset))).to.equal(true);
    });
  }

  const unusual: readonly [string, Dataset][] = [
    ["nothing", {}],
    ["no account", { ...code, accountId: "" }],
    ["no client", { accountId: "1", issuer: code["issuer"]!, redirectUri: "/callback.html" }],
    ["no issuer", { accountId: "1", clientId: "brand", redirectUri: "/callback.html" }],
    ["no return page", { accountId: "1", clientId: "brand", issuer: code["issuer"]! }],
    ["an implicit exchange", { ...code, flow: "implicit", exchange: "widget" }],
    ["nobody to be", { accountId: "1", engagement: "unauthenticated", anonymous: "false" }],
    ["a secret", { ...code, clientSecret: "hush" }],
    ["another's attribute", { ...code, cfasync: "false" }],
    ["a wrong spelling", { ...code, clientid: "brand" }],
    ["what an object inherits", { ...code, toString: "x" }],
    ["a return page elsewhere", { ...code, redirectUri: "//evil.example/callback.html" }],
    ["a return page with a back slash", { ...code, redirectUri: "/\\evil.example/callback.html" }],
    ["a full return page", { ...code, redirectUri: `${location.origin}/callback.html` }],
    ["an issuer on plain http", { ...code, issuer: "http://login.example.com" }],
    ["an issuer with a user", { ...code, issuer: "https://a:b@login.example.com" }],
    ["an issuer with a port that is none", { ...code, issuer: "https://login.example.com:99999" }],
    ["an issuer whose host is no number", { ...code, issuer: "https://1.2.3.4.5" }],
    ["an issuer whose host can't be", { ...code, issuer: "https://xn--" }],
    ["an endpoint whose host can't be", { ...code, authorizationEndpoint: "https://999.1.1.1/" }],
    ["a prototype for its context", { ...code, jsContext: "prototype" }],
    ["a constructor for its context", { ...code, jsContext: "constructor" }],
    ["a constructor for its method", { ...code, jsMethodName: "constructor" }],
    ["a scope without openid", { ...code, scope: "profile" }],
    ["a scope that begins alike", { ...code, scope: "openid2" }],
    ["a line break", { ...code, accountId: "1\n" }],
    ["an empty client", { ...code, clientId: " " }],
    ["anonymous people, said aloud", { ...code, anonymous: "true" }],
  ];
  for (const [what, dataset] of unusual) {
    it(`are left to the checker: ${what}`, () => {
      expect(read(dataset)).to.equal(undefined);
    });
  }

  it("never are what the checker would not take, or would take otherwise", () => {
    const random = createRandom();
    const values: Readonly<Record<string, readonly string[]>> = {
      accountId: ["1", "brand-1", "a b", ""],
      flow: ["code", "implicit", "hybrid"],
      exchange: ["window", "widget", "cloud"],
      engagement: ["either", "authenticated", "unauthenticated", "unauthenticate"],
      issuer: [
        "https://a.example",
        "https://a.example/b",
        "http://localhost",
        "brand",
        "https:///",
      ],
      authorizationEndpoint: [
        "https://a.example/a",
        "https://a.example?b=c",
        "/a",
        "https://a/../..",
      ],
      clientId: ["brand", " b ", " "],
      scope: ["openid", "openid a", "openid ", "a openid", "openid\t"],
      redirectUri: ["/a.html", "/a/b", "/..", "/a/../b", "a.html", "//a", "/a b", "/a%20b", "/"],
      jsMethodName: ["a", "get9", "$", "__proto__", "constructor", "9", "prototype"],
      jsContext: ["window", "lpMethods", "a.b", "__proto__", "a-b"],
      anonymous: ["false", "true", "", "no"],
      jwtPublicKey: ["x"],
      constructor: ["x"],
    };
    const names = Object.keys(values);
    let taken = 0;
    for (let count = 0; count < 20_000; count++) {
      const dataset: Record<string, string> = {};
      const isBold = random.next() < 0.1;
      for (const name of names) {
        const [usual, ...others] = values[name]!;
        const known = (optionNames as readonly string[]).includes(name) && name !== "jwtPublicKey";
        if (random.next() > (known ? 0.7 : 0.02)) continue;
        dataset[name] =
          random.next() < (isBold ? 0.5 : 0.9) ? usual! : random.pick(others.concat(usual!));
      }
      if (!read(dataset)) continue;
      taken++;
      expectSame(dataset, `seed ${random.seed}, dataset ${count}: ${JSON.stringify(dataset)}`);
    }
    expect(taken, `seed ${random.seed}`).to.be.above(500);
  });

  it("leave the defaults to the next page as they are", () => {
    const first = read(code);
    expect(() => (first?.cloudHosts as string[]).push("evil.example")).to.throw(TypeError);
    expect(read(code)?.cloudHosts).not.to.include("evil.example");
  });
});
