import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { APPS, DESK_CALLBACK } from "../../../demo/cloud/sentinel/apps.js";
import { createApplication, type ApplicationOptions } from "../../../src/platform.js";
import { useServers } from "../support/use-servers.js";
import { applicationOf, failsWith, logIn, textOf, visitCloud } from "./support/applications.js";

describe("a login to an application", () => {
  const stage = useServers();

  it("asks the service that the Domain API names, as the vendor's documentation has it", async () => {
    const { url, transaction } = await applicationOf(stage.demo).startLogin();
    const { origin, pathname, searchParams } = new URL(url);
    assert.equal(origin, stage.demo.cloudUrl);
    assert.equal(pathname, "/sentinel/api/account/30412100/authorize");
    const { state, code_challenge, ...rest } = Object.fromEntries(searchParams);
    assert.deepEqual(rest, {
      v: "1.0",
      response_type: "code",
      client_id: APPS.desk,
      redirect_uri: `${stage.demo.applicationUrl}${DESK_CALLBACK}`,
      code_challenge_method: "S256",
    });
    assert.equal(state, transaction.state);
    assert.match(state, /^[\w-]{43}$/);
    assert.match(code_challenge ?? "", /^[\w-]{43}$/);
    assert.notEqual(code_challenge, transaction.codeVerifier);
  });

  it("never begins twice with the same secrets", async () => {
    const application = applicationOf(stage.demo, { nonce: true });
    const { transaction: one } = await application.startLogin();
    const { transaction: two } = await application.startLogin();
    const all = [one, two].flatMap((made) => [made.state, made.codeVerifier, made.nonce]);
    assert.equal(new Set(all).size, 6);
  });

  it("ends with tokens, and with who the user is", async () => {
    const tokens = await logIn(applicationOf(stage.demo));
    const { iat, exp, ...claims } = tokens.claims;
    assert.deepEqual(claims, {
      iss: "sentinel",
      sub: "3552833710",
      is_admin: true,
      is_lpa: false,
    });
    assert.equal(exp - iat, 600);
    assert.ok(stage.demo.cloud.sentinel.isLive(tokens.accessToken));
    assert.equal(tokens.expiresAt, tokens.receivedAt + 28_800_000);
    assert.ok(tokens.refreshToken);
  });

  it("tells administrators from others", async () => {
    const { claims } = await logIn(applicationOf(stage.demo), { agent: "dorothy" });
    assert.equal(claims.is_admin, false);
  });

  for (const [what, options] of [
    ["without PKCE", { pkce: false }],
    ["with a nonce", { nonce: true }],
  ] as const) {
    it(`works ${what}`, async () => {
      const application = applicationOf(stage.demo, options);
      const { url, transaction } = await application.startLogin();
      assert.equal(new URL(url).searchParams.has("code_challenge"), !("pkce" in options));
      const { claims } = await application.finishLogin(await visitCloud(url), transaction);
      assert.equal(claims.sub, "3552833710");
    });
  }

  it("works without a redirect URI where exactly one is registered", async () => {
    const { redirectUri, ...options } = optionsOf();
    const application = createApplication(options);
    const { url } = await application.startLogin();
    assert.ok(!new URL(url).searchParams.has("redirect_uri"));
    const callback = await visitCloud(url);
    assert.equal(`${callback.origin}${callback.pathname}`, redirectUri);
    assert.equal((await logIn(application)).claims.sub, "3552833710");
  });

  it("takes the callback as an address, a path or a query", async () => {
    const application = applicationOf(stage.demo);
    for (const shape of [
      (url: URL) => url,
      (url: URL) => url.href,
      (url: URL) => url.pathname + url.search,
      (url: URL) => url.searchParams,
    ]) {
      const { url, transaction } = await application.startLogin();
      const tokens = await application.finishLogin(shape(await visitCloud(url)), transaction);
      assert.equal(tokens.claims.sub, "3552833710");
    }
  });

  it("passes further parameters on, but not the request's own", async () => {
    const application = applicationOf(stage.demo);
    const { url } = await application.startLogin({ parameters: { ui_locales: "ar" } });
    assert.equal(new URL(url).searchParams.get("ui_locales"), "ar");
    for (const name of ["state", "client_id", "nonce", "code_challenge", "v"]) {
      await assert.rejects(
        application.startLogin({ parameters: { [name]: "x" } }),
        failsWith("invalid_config", new RegExp(name)),
      );
    }
  });

  describe("is refused", () => {
    it("where the user declines", async () => {
      const application = applicationOf(stage.demo);
      const { url, transaction } = await application.startLogin();
      const callback = await visitCloud(url, { deny: "1" });
      await assert.rejects(
        application.finishLogin(callback, transaction),
        failsWith("access_denied", /access_denied.*the user said no/),
      );
    });

    for (const [what, change] of [
      ["another state", (query: URLSearchParams) => query.set("state", "another")],
      ["no state", (query: URLSearchParams) => query.delete("state")],
      ["an empty state", (query: URLSearchParams) => query.set("state", "")],
      [
        "its state twice",
        (query: URLSearchParams) => query.append("state", query.get("state") ?? ""),
      ],
    ] as const) {
      it(`with ${what}, and the code is not sent`, async () => {
        const application = applicationOf(stage.demo);
        const { url, transaction } = await application.startLogin();
        const callback = await visitCloud(url);
        change(callback.searchParams);
        const before = stage.demo.counters.cloud.sentinel.token;
        await assert.rejects(
          application.finishLogin(callback, transaction),
          failsWith("login_unknown", /state/),
        );
        assert.equal(stage.demo.counters.cloud.sentinel.token, before);
      });
    }

    for (const [what, change] of [
      ["two codes", (query: URLSearchParams) => query.append("code", "second")],
      ["no code", (query: URLSearchParams) => query.delete("code")],
      ["an empty code", (query: URLSearchParams) => query.set("code", "")],
      ["the issuer of somebody else", (query: URLSearchParams) => query.set("iss", "other")],
      ["an ID token in the address", (query: URLSearchParams) => query.set("id_token", "e.e.e")],
      [
        "two errors",
        (query: URLSearchParams) => {
          query.set("error", "a");
          query.append("error", "b");
        },
      ],
      ["a packed answer", (query: URLSearchParams) => query.set("response", "e.e.e")],
    ] as const) {
      it(`with ${what}, and nothing is sent`, async () => {
        const application = applicationOf(stage.demo);
        const { url, transaction } = await application.startLogin();
        const callback = await visitCloud(url);
        change(callback.searchParams);
        const before = stage.demo.counters.cloud.sentinel.token;
        await assert.rejects(
          application.finishLogin(callback, transaction),
          failsWith("response_invalid"),
        );
        assert.equal(stage.demo.counters.cloud.sentinel.token, before);
      });
    }

    it("where a code comes again", async () => {
      const application = applicationOf(stage.demo);
      const { url, transaction } = await application.startLogin();
      const callback = await visitCloud(url);
      const tokens = await application.finishLogin(callback, transaction);
      await assert.rejects(
        application.finishLogin(callback, transaction),
        failsWith("access_denied", /invalid_grant.*sign in again/),
      );
      assert.ok(!stage.demo.cloud.sentinel.isLive(tokens.accessToken));
    });

    it("where the verifier is another one", async () => {
      const application = applicationOf(stage.demo);
      const { url, transaction } = await application.startLogin();
      const { transaction: other } = await application.startLogin();
      const callback = await visitCloud(url);
      await assert.rejects(
        application.finishLogin(callback, { ...other, state: transaction.state }),
        failsWith("access_denied", /invalid_grant/),
      );
    });

    it("where the nonce is another one", async () => {
      const application = applicationOf(stage.demo, { nonce: true });
      const { url, transaction } = await application.startLogin();
      const callback = await visitCloud(url);
      await assert.rejects(
        application.finishLogin(callback, { ...transaction, nonce: "another" }),
        failsWith("id_token_invalid", /nonce/),
      );
    });

    it("where the secret is wrong; it is in no error", async () => {
      const clientSecret = "a-wrong-secret-that-nobody-may-see";
      const application = applicationOf(stage.demo, { clientSecret });
      const { url, transaction } = await application.startLogin();
      const callback = await visitCloud(url);
      const error = await application
        .finishLogin(callback, transaction)
        .catch((one: unknown) => one);
      assert.ok(failsWith("access_denied", /clientSecret/)(error));
      for (const secret of [
        clientSecret,
        callback.searchParams.get("code"),
        transaction.codeVerifier,
        transaction.state,
      ]) {
        assert.ok(!textOf(error).includes(secret ?? "?"));
      }
    });
  });

  describe("needs its options", () => {
    const cases: Readonly<Record<string, Partial<Record<keyof ApplicationOptions, unknown>>[]>> = {
      clientId: [{ clientId: "" }, { clientId: undefined }, { clientId: 5 }],
      clientSecret: [{ clientSecret: "" }, { clientSecret: undefined }],
      redirectUri: [
        { redirectUri: "/callback" },
        { redirectUri: "https://app.example.com/#here" },
        { redirectUri: "javascript:alert(1)" },
        { redirectUri: "https://app.example.com/a b" },
      ],
      pkce: [{ pkce: "S256" }],
      nonce: [{ nonce: 1 }],
      issuer: [{ issuer: "" }],
      scope: [{ scope: 1 }],
      clockTolerance: [{ clockTolerance: -1 }, { clockTolerance: 601 }, { clockTolerance: "1" }],
      jwtPublicKey: [{ jwtPublicKey: "nonsense" }, { jwtPublicKey: 5 }],
      domains: [{ domains: undefined }, { domains: {} }],
      "endpoints.tokenEndpoint": [
        { endpoints: { tokenEndpoint: "http://app.example.com/token" } },
        { endpoints: { tokenEndpoint: "https://user:pass@app.example.com/token" } },
        { endpoints: { tokenEndpoint: "https://app.example.com/token#x" } },
        { endpoints: { tokenEndpoint: 5 } },
      ],
      requestTimeout: [{ requestTimeout: 0 }],
      retryFor: [{ retryFor: -1 }],
    };
    for (const [name, wrong] of Object.entries(cases)) {
      it(`${name}, and says what is wrong with it`, () => {
        for (const one of wrong) {
          const options = { ...optionsOf(), ...one } as ApplicationOptions;
          assert.throws(
            () => createApplication(options),
            failsWith("invalid_config", new RegExp(name.replace(".", "[.]"))),
          );
        }
      });
    }
  });

  it("refuses to run in a browser", () => {
    const options = optionsOf();
    const { process } = globalThis;
    Object.assign(globalThis, { document: {} });
    Object.defineProperty(globalThis, "process", { value: undefined, configurable: true });
    try {
      assert.throws(() => createApplication(options), failsWith("in_browser", /on your server/));
    } finally {
      Object.defineProperty(globalThis, "process", { value: process, configurable: true });
      Reflect.deleteProperty(globalThis, "document");
    }
  });

  function optionsOf(): ApplicationOptions {
    const domains = { accountId: "30412100", ...noDomains };
    return {
      clientId: APPS.desk,
      clientSecret: stage.demo.appSecrets.desk,
      redirectUri: `${stage.demo.applicationUrl}${DESK_CALLBACK}`,
      domains: { ...domains, baseUri: async () => stage.demo.cloudUrl },
    };
  }
});

const noDomains = { baseUris: async () => new Map<string, string>(), isAllowed: () => true };
