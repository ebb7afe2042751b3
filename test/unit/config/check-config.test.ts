import { expect } from "@esm-bundle/chai";

import { checkConfig, optionNames } from "../../../src/config/check-config.js";
import type { ConsumerAuthConfig } from "../../../src/config/options.js";
import { createPublicKeyLine } from "../../support/rsa-keys.js";

const code: ConsumerAuthConfig = {
  accountId: "1",
  clientId: "brand",
  redirectUri: "/callback.html",
  issuer: "https://login.example.com",
};

const inPage: ConsumerAuthConfig = { exchange: "widget" };

/** The mistakes, as `option:problem` or the contradiction's name. */
const mistakesOf = (config: object): string[] =>
  checkConfig(config as ConsumerAuthConfig).mistakes.map((mistake) =>
    "option" in mistake ? `${mistake.option}:${mistake.wrong}` : mistake.wrong,
  );

describe("a configuration", () => {
  it("is completed by the defaults that the documentation names", () => {
    const { config, mistakes } = checkConfig(code);
    expect(mistakes).to.deep.equal([]);
    expect(config).to.deep.equal({
      ...code,
      redirectUri: `${location.origin}/callback.html`,
      flow: "code",
      exchange: "window",
      engagement: "either",
      scope: "openid",
      jsMethodName: "lpGetAuthenticationToken",
      jsContext: "window",
      anonymous: true,
      silent: true,
      transport: "auto",
      domainApi: "https://api.liveperson.net",
      cloudHosts: ["liveperson.net", "lpsnmedia.net"],
      answerTimeout: 20_000,
      requestTimeout: 10_000,
      interactionTimeout: 300_000,
      clockTolerance: 60,
    });
  });

  it("is frozen, and leaves what the brand wrote as it was", () => {
    const written = { ...code, answerTimeout: "5000" };
    const { config } = checkConfig(written as unknown as ConsumerAuthConfig);
    expect(config.answerTimeout).to.equal(5000);
    expect(written).to.deep.equal({ ...code, answerTimeout: "5000" });
    expect(Object.isFrozen(config)).to.equal(true);
    expect(() => Object.assign(config, { issuer: "https://evil.example" })).to.throw(TypeError);
  });

  it("may leave an option undefined or null: the default stands", () => {
    const { config, mistakes } = checkConfig({ ...code, scope: undefined, flow: null } as never);
    expect(mistakes).to.deep.equal([]);
    expect(config.scope).to.equal("openid");
    expect(config.flow).to.equal("code");
  });

  it("takes every option from an object and, as text, from an attribute", async () => {
    const values: Required<ConsumerAuthConfig> = {
      accountId: "brand-1",
      flow: "code",
      exchange: "widget",
      engagement: "either",
      issuer: "https://login.example.com/tenant/",
      authorizationEndpoint: "https://login.example.com/authorize",
      tokenEndpoint: "https://login.example.com/token",
      jwksEndpoint: "https://login.example.com/jwks",
      endSessionEndpoint: "https://login.example.com/logout",
      revocationEndpoint: "https://login.example.com/revoke",
      pushedAuthorizationRequestEndpoint: "https://login.example.com/par",
      jwtPublicKey: await createPublicKeyLine(2048),
      clientId: "brand",
      scope: "profile openid email",
      responseType: "code",
      redirectUri: `${location.origin}/callback.html`,
      postLogoutRedirectUri: `${location.origin}/goodbye.html`,
      jsMethodName: "getToken",
      jsContext: "brand.chat",
      credentialEndpoint: "https://www.example.com/credential",
      provider: "brand.getCredential",
      host: "brandApp",
      identity: "brand.getIdentity",
      newPage: false,
      sections: ["shop", "shoes"],
      transport: "redirect",
      embeddedBrowsers: "refused",
      silent: false,
      refreshTokenStorage: "encrypted",
      dpop: true,
      fedcmConfigUrl: "https://login.example.com/fedcm.json",
      connectorId: "connector-1",
      connectorApi: "https://connectors.example.com",
      acrValues: "gold silver",
      maxAge: 0,
      prompt: "login consent",
      loginHint: "zoe@example.com",
      uiLocales: "fr-CA fr en",
      authorizationParameters: { audience: "https://api.example.com", tenant: "a b&c=d" },
      anonymous: false,
      domainApi: "https://api.example.com",
      cloudHosts: ["a.example", "b.example:8443"],
      brandName: "Brand & Söhne",
      answerTimeout: 1,
      requestTimeout: 86_400_000,
      silentTimeout: 100,
      interactionTimeout: 60_000,
      clockTolerance: 0,
    };
    expect(Object.keys(values).sort()).to.deep.equal([...optionNames].sort());
    const asText = Object.entries(values).map(([option, value]) => [
      option,
      Array.isArray(value)
        ? value.join(" ")
        : typeof value === "object"
          ? new URLSearchParams(value as Record<string, string>).toString()
          : String(value),
    ]);
    for (const written of [values, Object.fromEntries(asText) as ConsumerAuthConfig]) {
      expect(checkConfig(written)).to.deep.equal({ config: values, mistakes: [] });
    }
  });

  it("takes functions and objects of the page as they are", () => {
    const provider = () => null;
    const tell = () => null;
    const who = { iss: "https://login.example.com", sub: "4711" };
    for (const identity of [tell, who]) {
      const { config, mistakes } = checkConfig({ ...code, provider, identity });
      expect(mistakes).to.deep.equal([]);
      expect(config.provider).to.equal(provider);
      expect(config.identity).to.deep.equal(identity);
    }
  });

  it("keeps of an identity what counts, and nobody can change it", () => {
    const who = { iss: "https://login.example.com", sub: "4711", email: "zoe@example.com" };
    const { config } = checkConfig({ ...code, identity: who });
    who.sub = "4712";
    expect(config.identity).to.deep.equal({ iss: "https://login.example.com", sub: "4711" });
    expect(Object.isFrozen(config.identity)).to.equal(true);
  });

  it("makes addresses of the page's own site absolute", () => {
    const { config, mistakes } = checkConfig({
      ...code,
      credentialEndpoint: "/messaging/credential?v=1",
      postLogoutRedirectUri: "goodbye.html",
    });
    expect(mistakes).to.deep.equal([]);
    expect(config.credentialEndpoint).to.equal(`${location.origin}/messaging/credential?v=1`);
    expect(config.postLogoutRedirectUri).to.equal(new URL("goodbye.html", location.href).href);
  });

  const wrong: readonly [keyof ConsumerAuthConfig, unknown, string][] = [
    ["accountId", "1/../2", "accountId"],
    ["flow", "hybrid", "choice"],
    ["exchange", "cloud", "choice"],
    ["engagement", "both", "choice"],
    ["authorizationEndpoint", "http://login.example.com/", "https"],
    ["tokenEndpoint", "https://a:b@login.example.com/", "credentials"],
    ["pushedAuthorizationRequestEndpoint", "/par", "absolute"],
    ["jwksEndpoint", "https://login.example.com/#keys", "fragment"],
    ["jwtPublicKey", "key", "key"],
    ["clientId", " ", "text"],
    ["scope", "profile", "scope"],
    ["scope", "openid2", "scope"],
    ["redirectUri", "https://elsewhere.example/", "origin"],
    ["jsMethodName", "lpMethods.getToken", "methodName"],
    ["jsMethodName", "window.getToken", "methodName"],
    ["jsMethodName", "__proto__", "methodName"],
    ["jsMethodName", "constructor", "methodName"],
    ["jsMethodName", "get-token", "methodName"],
    ["jsContext", "brand.__proto__", "path"],
    ["jsContext", "constructor.prototype", "path"],
    ["anonymous", "maybe", "boolean"],
    ["domainApi", "http://api.liveperson.net", "https"],
    ["cloudHosts", [""], "hosts"],
    ["brandName", "", "text"],
    ["answerTimeout", 0, "milliseconds"],
    ["requestTimeout", "soon", "milliseconds"],
    ["interactionTimeout", 86_400_001, "milliseconds"],
    ["silentTimeout", 0, "milliseconds"],
    ["clockTolerance", -1, "seconds"],
    ["endSessionEndpoint", "http://login.example.com/", "https"],
    ["revocationEndpoint", "/revoke", "absolute"],
    ["pushedAuthorizationRequestEndpoint", "https://a:b@login.example.com/", "credentials"],
    ["postLogoutRedirectUri", "javascript:alert(1)", "https"],
    ["credentialEndpoint", "http://www.example.com/", "https"],
    ["credentialEndpoint", "//", "absolute"],
    ["responseType", "id_token", "choice"],
    ["provider", "getCredential()", "function"],
    ["provider", { then: 1 }, "function"],
    ["provider", "brand.__proto__", "function"],
    ["host", "brand.app", "name"],
    ["host", "__proto__", "name"],
    ["identity", { iss: "https://login.example.com" }, "identity"],
    ["identity", { iss: "", sub: "4711" }, "identity"],
    ["identity", "who()", "identity"],
    ["identity", false, "identity"],
    ["newPage", "yes", "boolean"],
    ["sections", ["shop", 1], "names"],
    ["transport", "frame", "choice"],
    ["embeddedBrowsers", "blocked", "choice"],
    ["silent", 1, "boolean"],
    ["refreshTokenStorage", "localStorage", "choice"],
    ["dpop", "yes", "boolean"],
    ["fedcmConfigUrl", "http://login.example.com/", "https"],
    ["connectorId", "1/2", "accountId"],
    ["connectorApi", "http://accdn.lpsnmedia.net", "https"],
    ["acrValues", " ", "text"],
    ["maxAge", -1, "age"],
    ["maxAge", "soon", "age"],
    ["prompt", "none", "prompt"],
    ["prompt", "login none", "prompt"],
    ["prompt", "", "prompt"],
    ["loginHint", "", "text"],
    ["uiLocales", " ", "text"],
    ["authorizationParameters", { a: 1 }, "parameters"],
    ["authorizationParameters", ["a", "b"], "parameters"],
    ["authorizationParameters", "", "parameters"],
    ["authorizationParameters", "state=mine", "reserved"],
    ["authorizationParameters", { redirect_uri: "https://evil.example" }, "reserved"],
    ["authorizationParameters", "a=1&client_secret=hush", "reserved"],
  ];
  for (const [option, value, problem] of wrong) {
    it(`does not take ${JSON.stringify(value).slice(0, 40)} for ${option}`, () => {
      const needed = /^(dpop|refreshTokenStorage)$/.test(option) ? inPage : {};
      expect(mistakesOf({ ...code, ...needed, [option]: value })).to.deep.equal([
        `${option}:${problem}`,
      ]);
    });
  }

  it("does not take maybe for dpop", () => {
    const config = { ...code, exchange: "widget", dpop: "maybe" };
    expect(mistakesOf(config)).to.deep.equal(["dpop:boolean"]);
  });

  it("has every option checked", () => {
    const checked = new Set(["issuer", "dpop", ...wrong.map(([option]) => option)]);
    expect(optionNames.filter((option) => !checked.has(option))).to.deep.equal([]);
  });

  it("knows no other option, not even one that an object inherits or that names a prototype", () => {
    expect(mistakesOf({ ...code, clientID: "x", toString: "x" })).to.deep.equal([
      "clientID:unknown",
      "toString:unknown",
    ]);
    const parsed = JSON.parse('{"__proto__":{"flow":"implicit"},"constructor":1}') as object;
    expect(mistakesOf({ engagement: "unauthenticated", accountId: "1" })).to.deep.equal([]);
    expect(mistakesOf(parsed).slice(0, 2)).to.deep.equal([
      "__proto__:unknown",
      "constructor:unknown",
    ]);
  });

  const inherited = Object.create({ accountId: "inherited" }) as ConsumerAuthConfig;

  const contradictory: readonly [string, object, readonly string[]][] = [
    ["nothing at all", {}, ["noAccount", "noClient", "noRedirect", "noEndpoint"]],
    [
      "options that are only inherited",
      inherited,
      ["noAccount", "noClient", "noRedirect", "noEndpoint"],
    ],
    ["no account", { ...code, accountId: undefined }, ["noAccount"]],
    ["no client", { ...code, clientId: undefined }, ["noClient"]],
    ["no return page", { ...code, redirectUri: undefined }, ["noRedirect"]],
    ["nowhere to sign in", { ...code, issuer: undefined }, ["noEndpoint"]],
    [
      "an issuer that nothing can be discovered from",
      { ...code, issuer: "brand" },
      ["noDiscovery"],
    ],
    ["an issuer on plain http", { ...code, issuer: "http://login.example" }, ["noDiscovery"]],
    ["proofs for what the window exchanges", { ...code, dpop: true }, ["noExchange"]],
    ["an exchange without a code", { ...code, flow: "implicit", exchange: "widget" }, ["noCode"]],
    [
      "an implicit flow that can't verify",
      { ...code, flow: "implicit", issuer: undefined, authorizationEndpoint: "https://a.example" },
      ["noIssuer"],
    ],
    [
      "an exchange that can't verify",
      {
        ...code,
        exchange: "widget",
        issuer: undefined,
        authorizationEndpoint: "https://a.example",
      },
      ["noIssuer"],
    ],
    [
      "nobody to be",
      { accountId: "1", engagement: "unauthenticated", anonymous: false },
      ["noAnonymous"],
    ],
    ["anonymous people of no account", { engagement: "unauthenticated" }, ["noAccount"]],
    ["a refresh token of the cloud's", { ...code, refreshTokenStorage: "memory" }, ["noExchange"]],
    ["proof of a key for a token of the cloud's", { ...code, dpop: true }, ["noExchange"]],
    [
      "a refresh token of the cloud's, without a proof",
      { ...code, dpop: false, refreshTokenStorage: "encrypted" },
      ["noExchange"],
    ],
    [
      "an ID token beside a code that is exchanged here",
      { ...code, ...inPage, responseType: "code id_token" },
      ["noHybrid"],
    ],
    [
      "an ID token beside a code in the implicit flow",
      { ...code, flow: "implicit", responseType: "code id_token" },
      ["noHybrid"],
    ],
    [
      "an ID token beside the code, of nobody",
      {
        ...code,
        responseType: "code id_token",
        issuer: undefined,
        authorizationEndpoint: "https://a.example",
      },
      ["noIssuer"],
    ],
    [
      "tokens of its own that it can't verify",
      { ...code, clientId: undefined, issuer: undefined, flow: "implicit", provider: "getToken" },
      ["noIssuer"],
    ],
    [
      "tokens of its own, and an issuer without keys",
      { ...code, clientId: undefined, issuer: "brand", flow: "implicit", provider: "getToken" },
      ["noDiscovery"],
    ],
    [
      "a source of its own and half a login",
      { ...code, redirectUri: undefined, provider: "getToken" },
      ["noRedirect"],
    ],
  ];
  for (const [what, config, contradictions] of contradictory) {
    it(`with ${what} says so`, () => {
      expect(mistakesOf(config)).to.deep.equal(contradictions);
    });
  }

  it("with tokens of its own may name their client without a login", () => {
    const { accountId, issuer, clientId } = code;
    const own = { accountId, issuer, clientId, flow: "implicit", provider: "getToken" } as const;
    expect(mistakesOf(own)).to.deep.equal([]);
  });

  it("has an issuer that is a text", () => {
    const authorizationEndpoint = "https://login.example.com/authorize";
    for (const issuer of ["", " ", 5, {}]) {
      const mistakes = mistakesOf({ ...code, authorizationEndpoint, issuer });
      expect(mistakes, JSON.stringify(issuer)).to.deep.equal(["issuer:text"]);
    }
  });

  const sufficient: readonly [string, object][] = [
    [
      "an issuer may be any name where nothing needs to be discovered from it",
      { ...code, issuer: "brand", authorizationEndpoint: "https://login.example.com/authorize" },
    ],
    [
      "anonymous people alone need an account only",
      { engagement: "unauthenticated", accountId: "1" },
    ],
    [
      "a page without anonymous people needs no account",
      { ...code, accountId: undefined, anonymous: false },
    ],
    [
      "a page for known people needs no account",
      { ...code, accountId: undefined, engagement: "authenticated" },
    ],
    ["a page with a source of its own needs no login", { accountId: "1", provider: "getCode" }],
    [
      "a page whose site has a source needs no login",
      { accountId: "1", credentialEndpoint: "/credential" },
    ],
    ["a page inside of the brand's app needs no login", { accountId: "1", host: "brandApp" }],
    ["a page may say that it wants no proof of a key", { ...code, dpop: false }],
    [
      "a code for the window needs no issuer",
      { ...code, issuer: undefined, authorizationEndpoint: "https://login.example.com/authorize" },
    ],
  ];
  for (const [what, config] of sufficient) {
    it(`is enough: ${what}`, () => {
      expect(mistakesOf(config)).to.deep.equal([]);
    });
  }

  it("is told about a refused option once, not as missing too", () => {
    expect(
      mistakesOf({ ...code, clientId: " ", redirectUri: "//", jwksEndpoint: "no" }),
    ).to.deep.equal(["clientId:text", "redirectUri:absolute", "jwksEndpoint:absolute"]);
  });
});
