import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it, mock } from "node:test";

import {
  createApplicationHandlers,
  type ApplicationHandlers,
  type ApplicationHandlersOptions,
  type ApplicationTokens,
  type PlatformError,
} from "../../../src/platform.js";
import { failsWith } from "./support/applications.js";
import { createBrowser, type Browser } from "./support/browser.js";
import { useFakeService } from "./support/fake-service.js";

const ORIGIN = "https://app.example.com";
const SESSION = "__Host-application";
const LOGIN = "__Host-application-login";

describe("the handlers of an application", () => {
  const service = useFakeService();
  const secret = randomBytes(32).toString("base64");

  const handlersOf = (options: Partial<ApplicationHandlersOptions> = {}): ApplicationHandlers =>
    createApplicationHandlers({
      application: service.application(),
      cookieSecrets: [secret],
      ...options,
    });

  const begin = async (
    handlers: ApplicationHandlers,
    browser: Browser,
    path = "/login",
  ): Promise<string> => {
    const response = await browser.get(handlers.login, path);
    assert.equal(response.status, 302);
    return new URL(response.headers.get("location") ?? "").searchParams.get("state") ?? "";
  };

  const logIn = async (
    handlers: ApplicationHandlers,
    browser: Browser = createBrowser(ORIGIN),
    path?: string,
  ): Promise<{ browser: Browser; response: Response }> => {
    const state = await begin(handlers, browser, path);
    const response = await browser.get(handlers.callback, `/callback?code=c&state=${state}`);
    return { browser, response };
  };

  const who = async (
    handlers: ApplicationHandlers,
    browser: Browser,
  ): Promise<ApplicationTokens | undefined> => {
    let found: ApplicationTokens | undefined;
    await browser.get(async (request) => {
      found = await handlers.readSession(request);
      return new Response();
    }, "/");
    return found;
  };

  it("sign a user in, and know them afterwards", async () => {
    service.script = {};
    const handlers = handlersOf();
    const { browser, response } = await logIn(
      handlers,
      undefined,
      "/login?return_to=/inbox%3Fa=b%2523",
    );
    assert.equal(response.status, 303);
    assert.equal(response.headers.get("location"), `${ORIGIN}/inbox?a=b%23`);
    const session = await who(handlers, browser);
    assert.equal(session?.claims.sub, "3552833710");
    assert.equal(session.claims.is_admin, true);
    assert.equal(session.accessToken, "the-access-token");
    assert.equal(session.refreshToken, "the-refresh-token");
    assert.deepEqual([...browser.cookies.keys()], [SESSION]);
  });

  it("know nobody who hasn't signed in", async () => {
    assert.equal(await who(handlersOf(), createBrowser(ORIGIN)), undefined);
  });

  it("set cookies that only this host gets, over https, out of scripts' sight", async () => {
    const handlers = handlersOf();
    const browser = createBrowser(ORIGIN);
    const login = await browser.get(handlers.login, "/login");
    const state = new URL(login.headers.get("location")!).searchParams.get("state")!;
    const callback = await browser.get(handlers.callback, `/callback?code=c&state=${state}`);
    const lines = [...login.headers.getSetCookie(), ...callback.headers.getSetCookie()];
    const attributes = lines.map((line) => line.replace(/=[\w-]+[.][\w.-]+;/, "=…;"));
    assert.deepEqual(attributes, [
      `${LOGIN}=…; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=600`,
      `${LOGIN}=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0`,
      `${SESSION}=…; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=28800`,
    ]);
    for (const { headers } of [login, callback]) {
      assert.equal(headers.get("cache-control"), "no-store");
      assert.equal(headers.get("referrer-policy"), "no-referrer");
    }
  });

  it("do without https on localhost, and nowhere else", async () => {
    const origin = "http://localhost:3000";
    const handlers = handlersOf({ origin });
    const browser = createBrowser(origin);
    await begin(handlers, browser);
    assert.deepEqual([...browser.cookies.keys()], ["application-login"]);
    for (const wrong of ["http://app.example.com", "app.example.com", `${ORIGIN}/`, "null", ""]) {
      assert.throws(() => handlersOf({ origin: wrong }), failsWith("invalid_config", /origin/));
    }
  });

  it("keep what they know unreadable", async () => {
    const { browser } = await logIn(handlersOf());
    for (const value of browser.cookies.values()) {
      const parts = value.split(".").map((part) => Buffer.from(part, "base64url").toString());
      assert.doesNotMatch(value + parts.join(""), /access|refresh|3552833710/);
    }
  });

  describe("refuse a callback", () => {
    const refused = async (
      options: Partial<ApplicationHandlersOptions>,
      run: (handlers: ApplicationHandlers, browser: Browser) => Promise<Response>,
    ): Promise<PlatformError> => {
      const errors: PlatformError[] = [];
      const browser = createBrowser(ORIGIN);
      const before = service.forms.length;
      service.script = {};
      const response = await run(
        handlersOf({ onError: (error) => void errors.push(error), ...options }),
        browser,
      );
      assert.ok(response.status >= 400, `${response.status}`);
      assert.ok(!browser.cookies.has(SESSION));
      assert.equal(service.forms.length, before, "the code was sent");
      assert.equal(errors.length, 1);
      assert.match(await response.text(), new RegExp(errors[0]!.code));
      return errors[0]!;
    };

    it("without the login's cookie", async () => {
      const error = await refused({}, async (handlers, browser) => {
        const state = await begin(handlers, browser);
        browser.cookies.clear();
        return browser.get(handlers.callback, `/callback?code=c&state=${state}`);
      });
      assert.equal(error.code, "login_unknown");
    });

    it("of another browser: an attacker's login doesn't become the user's", async () => {
      const error = await refused({}, async (handlers, browser) => {
        const attacker = createBrowser(ORIGIN);
        const state = await begin(handlers, attacker);
        await begin(handlers, browser);
        return browser.get(handlers.callback, `/callback?code=c&state=${state}`);
      });
      assert.equal(error.code, "login_unknown");
    });

    for (const query of ["", "?code=c", "?code=c&state=", "?code=c&state=wrong", "?error=e"]) {
      it(`with ${query || "nothing"}`, async () => {
        const error = await refused({}, async (handlers, browser) => {
          await begin(handlers, browser);
          return browser.get(handlers.callback, `/callback${query}`);
        });
        assert.equal(error.code, "login_unknown");
      });
    }

    it("with its state twice", async () => {
      const error = await refused({}, async (handlers, browser) => {
        const state = await begin(handlers, browser);
        return browser.get(handlers.callback, `/callback?code=c&state=${state}&state=${state}`);
      });
      assert.equal(error.code, "login_unknown");
    });

    it("with a changed cookie, wherever it is changed", async () => {
      const errors: PlatformError[] = [];
      const handlers = handlersOf({ onError: (error) => void errors.push(error) });
      const browser = createBrowser(ORIGIN);
      const state = await begin(handlers, browser);
      const value = browser.cookies.get(LOGIN)!;
      const changes = [
        ...Array.from({ length: 12 }, (_, part) => {
          const at = Math.floor(((part + 0.5) * value.length) / 12);
          const letter = value[at] === "A" ? "B" : "A";
          return value.slice(0, at) + letter + value.slice(at + 1);
        }),
        value.slice(0, -4),
        value.split(".").reverse().join("."),
        "nonsense",
        "....",
      ];
      const before = service.forms.length;
      for (const changed of changes) {
        browser.cookies.set(LOGIN, changed);
        const response = await browser.get(handlers.callback, `/callback?code=c&state=${state}`);
        assert.equal(response.status, 400);
      }
      assert.deepEqual(new Set(errors.map(({ code }) => code)), new Set(["login_unknown"]));
      assert.equal(service.forms.length, before);
    });

    it("of a login that has been ended already", async () => {
      service.script = {};
      const handlers = handlersOf();
      const browser = createBrowser(ORIGIN);
      const state = await begin(handlers, browser);
      const path = `/callback?code=c&state=${state}`;
      assert.equal((await browser.get(handlers.callback, path)).status, 303);
      assert.equal((await browser.get(handlers.callback, path)).status, 400);
    });

    it("that comes too late", async () => {
      mock.timers.enable({ apis: ["Date"], now: Date.now() });
      try {
        const error = await refused({ loginLifetime: 60_000 }, async (handlers, browser) => {
          const state = await begin(handlers, browser);
          mock.timers.tick(61_000);
          return browser.get(handlers.callback, `/callback?code=c&state=${state}`);
        });
        assert.equal(error.code, "login_unknown");
      } finally {
        mock.timers.reset();
      }
    });

    it("of a user who declined; the login is over then", async () => {
      const errors: PlatformError[] = [];
      const handlers = handlersOf({ onError: (error) => void errors.push(error) });
      const browser = createBrowser(ORIGIN);
      const state = await begin(handlers, browser);
      const path = `/callback?error=access_denied&state=${state}`;
      assert.equal((await browser.get(handlers.callback, path)).status, 403);
      assert.equal(browser.cookies.size, 0);
      assert.equal((await browser.get(handlers.callback, path)).status, 400);
      assert.deepEqual(
        errors.map(({ code }) => code),
        ["access_denied", "login_unknown"],
      );
    });

    it("whose code is refused; the login is over then", async () => {
      service.script = { token: () => ({ status: 400, body: { error: "invalid_grant" } }) };
      const { browser, response } = await logIn(handlersOf());
      assert.equal(response.status, 403);
      assert.equal(browser.cookies.size, 0);
      assert.match(await response.text(), /not signed in.*access_denied/);
    });
  });

  it("answer for the service's trouble with the status that fits", async () => {
    const statuses = new Map<number | undefined, number>();
    for (const status of [500, 200]) {
      service.script = { token: () => ({ status, body: "nonsense" }) };
      const { response } = await logIn(handlersOf());
      statuses.set(status, response.status);
    }
    service.script = { token: () => ({ cut: true }) };
    statuses.set(undefined, (await logIn(handlersOf())).response.status);
    assert.deepEqual([...statuses.values()], [502, 502, 502]);
  });

  it("show the application's own page for an error, where it has one", async () => {
    service.script = {};
    const handlers = handlersOf({
      onError: ({ code }) => new Response(`Sorry: ${code}`, { status: 418 }),
    });
    const browser = createBrowser(ORIGIN);
    const response = await browser.get(handlers.callback, "/callback?state=x");
    assert.equal(response.status, 418);
    assert.equal(await response.text(), "Sorry: login_unknown");
    assert.equal(response.headers.get("cache-control"), "no-store");
  });

  it("answer where the application's own page for an error fails", async () => {
    service.script = {};
    const handlers = handlersOf({
      onError: () => {
        throw new Error("a mistake of the page");
      },
    });
    const response = await createBrowser(ORIGIN).get(handlers.callback, "/callback?state=x");
    assert.equal(response.status, 400);
    assert.match(await response.text(), /login_unknown/);
  });

  it("let several logins be under way in tabs of one browser", async () => {
    service.script = {};
    const handlers = handlersOf();
    const browser = createBrowser(ORIGIN);
    const states = [];
    for (let tab = 0; tab < 6; tab++) {
      states.push(await begin(handlers, browser, `/login?return_to=/tab/${tab}`));
    }
    const results = [];
    for (const state of states) {
      const response = await browser.get(handlers.callback, `/callback?code=c&state=${state}`);
      results.push(response.headers.get("location") ?? response.status);
    }
    assert.deepEqual(results, [400, 400, ...[2, 3, 4, 5].map((tab) => `${ORIGIN}/tab/${tab}`)]);
  });

  it("drop the oldest login where the cookie would become too long", async () => {
    const handlers = handlersOf();
    const browser = createBrowser(ORIGIN);
    for (let tab = 0; tab < 4; tab++) {
      await begin(handlers, browser, `/login?return_to=/${"x".repeat(1000)}`);
      assert.ok(`${LOGIN}=${browser.cookies.get(LOGIN)!}`.length < 4096);
    }
  });

  describe("lead back", () => {
    const good: Readonly<Record<string, string>> = {
      "/": "/",
      "/inbox": "/inbox",
      "/inbox?of=me&and=you#there": "/inbox?of=me&and=you#there",
      "/a/../b": "/b",
      "/a//b": "/a//b",
      "/caf%C3%A9": "/caf%C3%A9",
      "/@evil.example": "/@evil.example",
      "/?next=https://evil.example": "/?next=https://evil.example",
    };
    for (const [path, location] of Object.entries(good)) {
      it(`to ${path}`, async () => {
        service.script = {};
        const asked = `/login?return_to=${encodeURIComponent(path)}`;
        const { response } = await logIn(handlersOf(), undefined, asked);
        assert.equal(response.headers.get("location"), `${ORIGIN}${location}`);
      });
    }

    const bad = [
      "",
      "inbox",
      "//evil.example",
      "///evil.example",
      "/\\evil.example",
      "\\/evil.example",
      "\\\\evil.example",
      "/\t/evil.example",
      "/\n/evil.example",
      "\t//evil.example",
      " //evil.example",
      "/ /evil.example",
      "/a/..//evil.example",
      "/.//evil.example",
      "/./\\evil.example",
      "/%2e//evil.example",
      "/a/%2E%2E//evil.example",
      "https://evil.example",
      "https:evil.example",
      "https:/evil.example",
      "http://app.example.com/",
      "https://app.example.com/",
      "https://app.example.com@evil.example/",
      "javascript:alert(1)",
      "data:text/html,x",
      "?x",
      "#x",
      "/\u0000",
      "/\r\nSet-Cookie: a=b",
      "/é",
      "/\u202e",
      '/"',
      `/${"x".repeat(1024)}`,
    ];
    for (const path of bad) {
      it(`never to ${JSON.stringify(path.slice(0, 40))}`, async () => {
        const handlers = handlersOf();
        const browser = createBrowser(ORIGIN);
        const asked = `/login?return_to=${encodeURIComponent(path)}`;
        const response = await browser.get(handlers.login, asked);
        assert.equal(response.status, 400);
        assert.equal(response.headers.get("location"), null);
        assert.equal(browser.cookies.size, 0);
        for (const handler of [handlers.logout, handlers.refresh, handlers.logoutEverywhere]) {
          const other = await browser.post(handler, asked);
          assert.equal(other.status, 400);
          assert.equal(other.headers.get("location"), null);
        }
      });
    }

    it("never to the login itself, nor to two places", async () => {
      const handlers = handlersOf();
      for (const query of [
        "return_to=/login",
        "return_to=/x/../login?a",
        "return_to=/a&return_to=/b",
      ]) {
        const response = await createBrowser(ORIGIN).get(handlers.login, `/login?${query}`);
        assert.equal(response.status, 400);
      }
    });
  });

  it("answer to one method each", async () => {
    const handlers = handlersOf();
    for (const name of ["login", "callback", "refresh", "logout", "logoutEverywhere"] as const) {
      const only = name === "login" || name === "callback" ? "GET" : "POST";
      for (const method of ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]) {
        if (method === only) continue;
        const request = new Request(`${ORIGIN}/x`, { method, headers: { origin: ORIGIN } });
        const response = await handlers[name](request);
        assert.equal(response.status, 405, `${method} ${name}`);
        assert.equal(response.headers.get("allow"), only);
        assert.deepEqual(response.headers.getSetCookie(), []);
      }
    }
  });

  it("read no address without end", async () => {
    const handlers = handlersOf();
    const response = await createBrowser(ORIGIN).get(
      handlers.callback,
      `/callback?${"x".repeat(9000)}`,
    );
    assert.equal(response.status, 414);
  });

  describe("do what a user wants, and not what another site wants", () => {
    const foreign: readonly Record<string, string>[] = [
      {},
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: `${ORIGIN}.evil.example` },
      { origin: ORIGIN, "sec-fetch-site": "cross-site" },
      { origin: ORIGIN, "sec-fetch-site": "same-site" },
      { "sec-fetch-site": "none" },
    ];
    for (const headers of foreign) {
      it(`with ${JSON.stringify(headers)}: nothing happens`, async () => {
        service.script = {};
        const handlers = handlersOf();
        const { browser } = await logIn(handlers);
        const before = service.forms.length;
        for (const handler of [handlers.refresh, handlers.logout, handlers.logoutEverywhere]) {
          const response = await browser.post(handler, "/x", headers);
          assert.equal(response.status, 403);
          assert.deepEqual(response.headers.getSetCookie(), []);
        }
        assert.equal(service.forms.length, before);
        assert.ok(await who(handlers, browser));
      });
    }

    it("from an own page that sends no referrer, and so no origin", async () => {
      service.script = {};
      const handlers = handlersOf();
      const { browser } = await logIn(handlers);
      const headers = { origin: "null", "sec-fetch-site": "same-origin" };
      assert.equal((await browser.post(handlers.logout, "/x", headers)).status, 303);
    });
  });

  it("sign out here, and lead where that is wanted", async () => {
    service.script = {};
    const handlers = handlersOf({ afterLogout: "/bye" });
    for (const [path, location] of [
      ["/logout", "/bye"],
      ["/logout?return_to=/home", "/home"],
    ] as const) {
      const { browser } = await logIn(handlers);
      const before = service.requests.revoke;
      const response = await browser.post(handlers.logout, path);
      assert.equal(response.status, 303);
      assert.equal(response.headers.get("location"), `${ORIGIN}${location}`);
      assert.equal(browser.cookies.size, 0);
      assert.equal(service.requests.revoke, before);
    }
  });

  it("sign out everywhere; here even where the service fails", async () => {
    service.script = {};
    const handlers = handlersOf();
    const { browser } = await logIn(handlers);
    const before = service.requests.revoke;
    assert.equal((await browser.post(handlers.logoutEverywhere, "/x")).status, 303);
    assert.equal(service.requests.revoke, before + 1);
    assert.equal(browser.cookies.size, 0);
    assert.equal((await browser.post(handlers.logoutEverywhere, "/x")).status, 303);
    assert.equal(service.requests.revoke, before + 1);

    const { browser: other } = await logIn(handlers);
    service.script = { revoke: () => ({ status: 500 }) };
    assert.equal((await other.post(handlers.logoutEverywhere, "/x")).status, 502);
    assert.equal(other.cookies.size, 0);
  });

  describe("keep sessions", () => {
    it("that open with any of the secrets, and are sealed with the first", async () => {
      service.script = {};
      const old = secret;
      const fresh = randomBytes(32);
      const { browser } = await logIn(handlersOf({ cookieSecrets: [old] }));
      assert.ok(await who(handlersOf({ cookieSecrets: [new Uint8Array(fresh), old] }), browser));
      assert.equal(
        await who(handlersOf({ cookieSecrets: [new Uint8Array(fresh)] }), browser),
        undefined,
      );
      const { browser: next } = await logIn(
        handlersOf({ cookieSecrets: [new Uint8Array(fresh), old] }),
      );
      assert.equal(await who(handlersOf({ cookieSecrets: [old] }), next), undefined);
    });

    it("that are of this application, this origin and this purpose alone", async () => {
      service.script = {};
      const handlers = handlersOf();
      const { browser } = await logIn(handlers);
      const value = browser.cookies.get(SESSION)!;
      const elsewhere = handlersOf({ origin: "https://other.example.com" });
      assert.equal(await who(elsewhere, browser), undefined);
      const another = handlersOf({ application: service.application({ clientId: "another" }) });
      assert.equal(await who(another, browser), undefined);
      const login = createBrowser(ORIGIN);
      await begin(handlers, login);
      login.cookies.set(SESSION, login.cookies.get(LOGIN)!);
      assert.equal(await who(handlers, login), undefined);
      login.cookies.set(LOGIN, value);
      assert.equal((await login.get(handlers.callback, "/callback?state=x")).status, 400);
    });

    it("that no change survives", async () => {
      service.script = {};
      const handlers = handlersOf();
      const { browser } = await logIn(handlers);
      const value = browser.cookies.get(SESSION)!;
      assert.ok(await who(handlers, browser));
      for (let part = 0; part < 24; part++) {
        const at = Math.floor(((part + 0.5) * value.length) / 24);
        const letter = value[at] === "A" ? "B" : "A";
        browser.cookies.set(SESSION, value.slice(0, at) + letter + value.slice(at + 1));
        assert.equal(await who(handlers, browser), undefined, `${at}`);
      }
    });

    it("until they have lasted as long as they may", async () => {
      service.script = {};
      mock.timers.enable({ apis: ["Date"], now: Date.now() });
      try {
        const handlers = handlersOf({ sessionLifetime: 60_000 });
        const { browser } = await logIn(handlers);
        mock.timers.tick(59_000);
        assert.ok(await who(handlers, browser));
        mock.timers.tick(2_000);
        assert.equal(await who(handlers, browser), undefined);
      } finally {
        mock.timers.reset();
      }
    });

    it("that fit into a cookie, and say it where they don't", async () => {
      service.script = {
        token: async () => ({ body: await service.tokens({ refresh_token: "x".repeat(1800) }) }),
      };
      assert.equal((await logIn(handlersOf())).response.status, 303);
      service.script = {
        token: async () => ({ body: await service.tokens({ refresh_token: "x".repeat(3000) }) }),
      };
      const errors: PlatformError[] = [];
      const { browser, response } = await logIn(
        handlersOf({ onError: (error) => void errors.push(error) }),
      );
      assert.equal(response.status, 502);
      assert.ok(!browser.cookies.has(SESSION));
      assert.ok(
        failsWith("response_invalid", /browsers keep 4096.*session of your own/)(errors[0]),
      );
    });
  });

  describe("need their options", () => {
    const cases: Readonly<Record<string, unknown[]>> = {
      cookieSecrets: [
        undefined,
        [],
        ["too short"],
        [secret, ""],
        secret,
        [new Uint8Array(31)],
        [5],
      ],
      cookieName: ["", "a b", "a=b", "x".repeat(65)],
      afterLogin: ["", "//evil.example", "home", "https://app.example.com/"],
      afterLogout: ["//evil.example"],
      loginLifetime: [0, NaN, "600000"],
      sessionLifetime: [0],
      refreshAfter: [999],
      application: [{}, undefined],
    };
    for (const [name, values] of Object.entries(cases)) {
      it(name, () => {
        for (const value of values) {
          assert.throws(
            () => handlersOf({ [name]: value }),
            failsWith("invalid_config", new RegExp(name)),
          );
        }
      });
    }
  });
});
