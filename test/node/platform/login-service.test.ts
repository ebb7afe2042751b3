import assert from "node:assert/strict";
import { afterEach, describe, it, mock } from "node:test";

import { ACCOUNTS } from "../../../demo/scenarios.js";
import {
  createDomainApi,
  createLoginService,
  type LoginService,
  type LoginServiceOptions,
  type LoginSession,
} from "../../../src/platform.js";
import { useServers } from "../support/use-servers.js";
import { json, useAnswering, type Answer } from "./support/answering.js";
import { assertNowhere, caught, codeOf } from "./support/caught.js";
import { inBrowser } from "./support/in-browser.js";
import { passUntil, restoreTime, stopTime } from "./support/passing-time.js";

const minute = 60_000;
const PASSWORD = "pass~word 'ä'";
const BEARER = "b3arer0123456789";
const CSRF = "csrf0123456789";
const COOKIE = "cookie0123456789";
const SECRETS = [PASSWORD, BEARER, CSRF, COOKIE];
const USER = { username: "mary", password: PASSWORD };

/** Over a connection of its own: one that is kept has timers, which would stand still, or jump, with the tests. */
const afresh = (url: string, init: RequestInit): Promise<Response> => {
  const headers = new Headers(init.headers);
  headers.set("connection", "close");
  return fetch(url, { ...init, headers });
};

describe("the Login Service", () => {
  const stage = useServers();
  afterEach(() => {
    stage.demo.cloud.restore();
    stage.demo.cloud.sessionLifetime = 28_800_000;
    restoreTime();
  });

  const service = (): LoginService =>
    createLoginService({
      domains: createDomainApi({
        accountId: ACCOUNTS.normal,
        domainApi: stage.demo.cloudUrl,
        allowedHosts: ["127.0.0.1"],
        fetch: afresh,
      }),
      retryFor: 0,
      fetch: afresh,
    });
  const counters = () => stage.demo.counters.cloud;
  const credentials = () => stage.demo.cloud.credentials;
  const users = (): string =>
    `${stage.demo.cloudUrl}/api/account/${ACCOUNTS.normal}/configuration/le-users/users`;
  const statusWith = async (authorization: string): Promise<number> =>
    (await fetch(users(), { headers: { authorization } })).status;

  it("logs a user in, and an application", async () => {
    for (const one of [credentials().user, credentials().application]) {
      const session = await service().logIn(one);
      assert.equal(session.accountId, ACCOUNTS.normal);
      assert.equal(session.config["loginName"], one.username);
      assert.ok("agentGroupsData" in session.accountData);
      assert.equal(session.isOver, false);
      assert.equal(await statusWith(session.authorization()), 200);
      const response = await session.fetch(users());
      assert.equal(response.status, 200);
      await session.logOut();
    }
  });

  it("refuses who has other credentials, and tells none of them", async () => {
    const { user, application } = credentials();
    for (const one of [
      { ...user, password: PASSWORD },
      { ...user, username: "nobody", password: PASSWORD },
      { ...application, secret: PASSWORD },
      { ...application, accessTokenSecret: PASSWORD },
    ]) {
      const error = await caught(service().logIn(one));
      assert.deepEqual([error.code, error.status], ["access_denied", 401]);
      assertNowhere([...SECRETS, ...Object.values(one).slice(1)], error);
    }
  });

  it("counts the session's end from the last answer", async () => {
    stopTime();
    stage.demo.cloud.sessionLifetime = 20 * minute;
    const session = await service().logIn(credentials().user);
    assert.equal(session.expiresAt, Date.now() + 20 * minute);
    mock.timers.tick(15 * minute);
    const expiresAt = await session.refresh();
    assert.equal(expiresAt, Date.now() + 20 * minute);
    assert.equal(session.expiresAt, expiresAt);
    mock.timers.tick(20 * minute - 1);
    assert.equal(session.isOver, false);
    mock.timers.tick(1);
    assert.equal(session.isOver, true);
    assert.equal(await codeOf(() => session.authorization()), "access_denied");
  });

  it("refreshes once for all who ask at the same time, with the cookie that it gave last", async () => {
    const session = await service().logIn(credentials().user);
    const before = counters().refresh;
    await Promise.all([session.refresh(), session.refresh(), session.refresh()]);
    assert.equal(counters().refresh, before + 1);
    await session.refresh();
    assert.equal(counters().refresh, before + 2);
    await session.logOut();
  });

  it("ends a session here and there", async () => {
    const session = await service().logIn(credentials().user);
    const authorization = session.authorization();
    const before = counters().logout;
    await Promise.all([session.logOut(), session.logOut()]);
    await session.logOut();
    assert.equal(counters().logout, before + 1);
    assert.equal(session.isOver, true);
    assert.equal(await statusWith(authorization), 401);
    assert.equal(await codeOf(() => session.authorization()), "access_denied");
    assert.equal(await codeOf(session.refresh()), "access_denied");
    assert.equal(await codeOf(session.fetch(users())), "access_denied");
  });

  it("ends it at the end of its block", async () => {
    const before = counters().logout;
    const session = await service().logIn(credentials().user);
    await session[Symbol.asyncDispose]();
    assert.equal(counters().logout, before + 1);
    assert.equal(session.isOver, true);
  });

  it("can be told again of a logout that failed", async () => {
    const session = await service().logIn(credentials().user);
    const authorization = session.authorization();
    stage.demo.cloud.interrupt({ path: "logout", status: 500 });
    assert.equal(await codeOf(session.logOut()), "service_failed");
    assert.equal(session.isOver, true);
    assert.equal(await statusWith(authorization), 200);
    await session.logOut();
    assert.equal(await statusWith(authorization), 401);
  });

  describe("keeps a session alive", () => {
    it("every four minutes, until the logout", async () => {
      stopTime();
      stage.demo.cloud.sessionLifetime = 10 * minute;
      const session = await service().logIn(credentials().user);
      const before = counters().refresh;
      const ends: number[] = [];
      const began = Date.now();
      const alive = (async () => {
        for await (const end of session.keepAlive()) {
          ends.push(end - began);
          if (ends.length === 3) await session.logOut();
        }
      })();
      await passUntil(alive, 1 * minute);
      assert.deepEqual(ends, [14 * minute, 18 * minute, 22 * minute]);
      assert.equal(counters().refresh, before + 3);
    });

    it("sooner where it would be over by then, or where one wants it", async () => {
      stopTime();
      stage.demo.cloud.sessionLifetime = 2 * minute;
      const session = await service().logIn(credentials().user);
      assert.equal(await passUntil(session.keepAlive().next(), 10_000), 1 * minute);
      const often = session.keepAlive({ interval: 20_000 });
      assert.equal(await passUntil(often.next(), 10_000), 20_000);
    });

    it("until somebody leaves, without another request or a timer", async () => {
      const session = await service().logIn(credentials().user);
      const before = counters().refresh;
      for (const leave of ["return", "abort", "logout"] as const) {
        const stop = new AbortController();
        const alive = session.keepAlive({ signal: stop.signal });
        const next = alive.next();
        if (leave === "return") await alive.return?.();
        if (leave === "abort") stop.abort();
        if (leave === "logout") await session.logOut();
        assert.deepEqual(await next, { done: true, value: undefined }, leave);
        assert.deepEqual(await alive.next(), { done: true, value: undefined }, leave);
      }
      assert.equal(counters().refresh, before);
    });

    it("until the service refuses: then it says so", async () => {
      stopTime();
      const session = await service().logIn(credentials().user);
      const other = session.keepAlive();
      stage.demo.cloud.interrupt({ path: "refresh", status: 401 });
      const outcome = codeOf(session.keepAlive().next());
      await passUntil(outcome, 1 * minute);
      assert.equal(await outcome, "access_denied");
      assert.equal(session.isOver, true);
      const next = codeOf(other.next());
      await passUntil(next, 1 * minute);
      assert.equal(await next, "access_denied");
    });

    it("until the service fails: then one may begin anew", async () => {
      stopTime();
      const session = await service().logIn(credentials().user);
      stage.demo.cloud.interrupt({ path: "refresh", status: 503 });
      const alive = session.keepAlive();
      const outcome = codeOf(alive.next());
      await passUntil(outcome, 1 * minute);
      assert.equal(await outcome, "service_failed");
      assert.equal(session.isOver, false);
      assert.deepEqual(await alive.next(), { done: true, value: undefined });
      const anew = session.keepAlive().next();
      await passUntil(anew, 1 * minute);
      assert.equal((await anew).value, session.expiresAt);
    });

    it("only at an interval that can be meant", async () => {
      const session = await service().logIn(credentials().user);
      for (const interval of [0, -1, 999, NaN, Infinity, "240000"]) {
        assert.equal(
          await codeOf(() => session.keepAlive({ interval: interval as number })),
          "invalid_config",
        );
      }
      await session.logOut();
    });
  });
});

describe("the Login Service's answers", () => {
  const server = useAnswering();
  afterEach(restoreTime);

  const service = (options: Partial<LoginServiceOptions> = {}): LoginService =>
    createLoginService({
      domains: createDomainApi({
        accountId: "12345678",
        domainApi: server.origin,
        hosts: { agentVep: server.host },
      }),
      ...options,
    });
  const body = { bearer: BEARER, csrf: CSRF, sessionTTl: "28800000", wsuk: "1", config: {} };
  const ok = (
    change: object = {},
    cookies: string[] = [`Session_id=${COOKIE}; Path=/`],
  ): Answer => ({
    ...json({ ...body, ...change }),
    headers: { "set-cookie": cookies },
  });
  const logIn = (): Promise<LoginSession> => service({ retryFor: 0 }).logIn(USER);

  it("come to requests as documented", async () => {
    server.answer(ok(), {});
    const session = await logIn();
    await session.refresh();
    await session.logOut();
    const at = "/api/account/12345678";
    assert.deepEqual(
      server.received.map(({ method, path, headers, body: sent }) => [
        `${method} ${path}`,
        headers["content-type"],
        headers.cookie,
        JSON.parse(sent) as unknown,
      ]),
      [
        [`POST ${at}/login?v=1.3`, "application/json", undefined, USER],
        [`POST ${at}/refresh`, "application/json", `Session_id=${COOKIE}`, { csrf: CSRF }],
        [`POST ${at}/logout`, "application/json", `Session_id=${COOKIE}`, { csrf: CSRF }],
      ],
    );
  });

  it("are refused where something is missing or wrong, and told without what is right", async () => {
    for (const change of [
      { bearer: undefined },
      { bearer: 1 },
      { bearer: "with\nline" },
      { bearer: "" },
      { csrf: undefined },
      { csrf: { a: 1 } },
      { sessionTTl: undefined },
      { sessionTTl: "soon" },
      { sessionTTl: 0 },
      { sessionTTl: -5 },
      { sessionTTl: 1.5 },
      { sessionTTl: ["1"] },
    ]) {
      server.answer(ok(change));
      const error = await caught(logIn());
      assert.equal(error.code, "response_invalid", JSON.stringify(change));
      assert.match(error.message, new RegExp(Object.keys(change)[0] ?? "-"));
      assertNowhere(SECRETS, error);
    }
    for (const cookies of [[], ["a=b; Domain=attacker.example"], ["a=b; Max-Age=0"]]) {
      server.answer(ok({}, cookies));
      const error = await caught(logIn());
      assert.match(error.message, /no session cookie/);
      assertNowhere(SECRETS, error);
    }
    server.answer(ok({ sessionTTl: 1000, config: [], accountData: "x" }));
    const lenient = await logIn();
    assert.deepEqual([lenient.config, lenient.accountData], [{}, {}]);
  });

  it("that are errors hold no secret, whatever the service echoes", async () => {
    const echo = JSON.stringify({ ...USER, ...body, cookie: COOKIE });
    for (const answer of [
      ...[400, 401, 403, 404, 429, 451, 500].map((status): Answer => ({ status, body: echo })),
      { body: `${echo},` },
      { body: `"${echo}` },
      { status: 302, headers: { location: `${server.origin}/${BEARER}` } },
      { body: echo.padEnd(1_000_001) },
      { by: (response) => response.destroy() },
    ] as Answer[]) {
      server.answer(answer);
      assertNowhere(SECRETS, await caught(logIn()));
      server.answer(ok(), answer);
      const session = await logIn();
      for (const work of [() => session.refresh(), () => session.logOut()]) {
        await work().catch((error: unknown) => {
          assertNowhere(SECRETS, error);
        });
      }
      assertNowhere(SECRETS, session);
    }
  });

  it("set cookies that go back where they belong, for as long as they live", async () => {
    mock.timers.enable({ apis: ["Date"], now: Date.UTC(2030, 0, 1) });
    const cookies = [
      "host=1; Path=/; HttpOnly; SameSite=None",
      "below=2; path=/api/account/12345678",
      "default=3",
      "other=4; Path=/other",
      "prefix=5; Path=/api/account/1234",
      "secure=6; Path=/; Secure",
      "short=7; Path=/; Max-Age=60",
      "dated=8; Path=/; Expires=Tue, 01 Jan 2030 00:02:00 GMT",
      "both=9; Path=/; Max-Age=300; Expires=Tue, 01 Jan 2019 00:00:00 GMT",
      "gone=10; Path=/; Expires=Tue, 01 Jan 2019 00:00:00 GMT",
      "own=11; Path=/; Domain=127.0.0.1",
      "foreign=12; Path=/; Domain=liveperson.net",
      `long=${"x".repeat(5000)}; Path=/`,
      "=nameless; Path=/",
      "spaced = a b = c ; Path=/",
    ];
    server.answer(
      ok({}, cookies),
      {},
      {},
      { headers: { "set-cookie": ["host=new; Path=/", "own=; Path=/; Max-Age=0"] } },
      {},
    );
    const session = await logIn();
    await session.refresh();
    const all = "host=1; below=2; default=3; short=7; dated=8; both=9; own=11; spaced=a b = c";
    assert.equal(server.received[1]?.headers.cookie, all);
    mock.timers.tick(60_000);
    await session.refresh();
    assert.equal(server.received[2]?.headers.cookie, all.replace(" short=7;", ""));
    mock.timers.tick(60_000);
    await session.refresh();
    await session.refresh();
    assert.equal(
      server.received[4]?.headers.cookie,
      "below=2; default=3; both=9; spaced=a b = c; host=new",
    );
  });

  it("may change the CSRF token", async () => {
    server.answer(ok(), json({ csrf: "another" }), {});
    const session = await logIn();
    await session.refresh();
    await session.logOut();
    assert.deepEqual(JSON.parse(server.received[2]?.body ?? ""), { csrf: "another" });
  });

  it("end the session where they refuse it, and a logout is none the worse", async () => {
    server.answer(ok(), json({ error: { internalCode: 10, message: "CSRF token invalid!" } }, 401));
    const session = await logIn();
    const error = await caught(session.refresh());
    assert.deepEqual([error.code, error.serviceCode], ["access_denied", "10"]);
    assert.match(error.message, /log in again/);
    assert.equal(session.isOver, true);
    assert.equal(await codeOf(session.refresh()), "access_denied");
    await session.logOut();
    assert.equal(server.received.length, 3);
  });

  it("send the bearer nowhere but to the cloud", async () => {
    server.answer(ok());
    const session = await logIn();
    for (const url of ["https://attacker.example/?x", "http://va.agentvep.liveperson.net/"]) {
      const error = await caught(session.fetch(url));
      assert.equal(error.code, "host_refused");
      assertNowhere(SECRETS, error);
    }
    server.answer({ status: 307, headers: { location: "https://attacker.example/" } });
    assert.equal(await codeOf(session.fetch(server.origin)), "response_invalid");
    server.answer({ status: 403 });
    const response = await session.fetch(new Request(server.origin, { headers: { "x-own": "1" } }));
    assert.equal(response.status, 403);
    const { headers } = server.received.at(-1) ?? assert.fail();
    assert.deepEqual([headers.authorization, headers["x-own"]], [`Bearer ${BEARER}`, "1"]);
  });

  it("come at the vendor's intervals where there are too many logins, or none is possible", async () => {
    stopTime();
    server.answer({ status: 429 }, ok());
    const busy = service().logIn(USER);
    assert.equal(await passUntil(busy, 1000), 5000);
    server.answer({ status: 500 }, { status: 503 }, ok());
    const down = service().logIn(USER);
    assert.equal(await passUntil(down, 1000), 15_000);
    await down;
  });

  it("are given up with the caller, or when the time is over", async () => {
    server.answer({ by: () => undefined });
    const stop = new AbortController();
    const outcome = codeOf(service().logIn(USER, stop));
    await server.hasReceived(1);
    stop.abort();
    assert.equal(await outcome, "aborted");
    const late = await caught(service({ requestTimeout: 50 }).logIn(USER));
    assert.equal(late.code, "request_timeout");
    assertNowhere(SECRETS, late);
  });

  it("aren't asked for with credentials that aren't whole", async () => {
    const key = { appKey: "a", secret: "b", accessToken: "c", accessTokenSecret: "d" };
    for (const [one, named] of [
      [undefined, /username/],
      [{ username: "mary" }, /password/],
      [{ username: "", password: PASSWORD }, /username/],
      [{ username: "mary", password: 1 }, /password/],
      [{ ...key, username: "mary", accessTokenSecret: undefined }, /accessTokenSecret/],
      [{ ...key, ...USER }, /not of both/],
    ] as const) {
      const error = await caught(service().logIn(one as typeof USER));
      assert.equal(error.code, "invalid_config");
      assert.match(error.message, named);
      assertNowhere(SECRETS, error);
    }
    server.answer(ok());
    await service().logIn({ ...USER, more: PASSWORD } as typeof USER);
    assert.deepEqual(JSON.parse(server.received[0]?.body ?? ""), USER);
  });

  it("aren't asked for by a service that is set up wrong, nor in a browser", async () => {
    const domains = createDomainApi({ accountId: "1" });
    for (const options of [{}, { domains: {} }, { domains, retryFor: NaN }]) {
      const made = () => createLoginService(options as LoginServiceOptions);
      assert.equal(await codeOf(made), "invalid_config");
    }
    assert.equal(
      await codeOf(() => inBrowser(() => createLoginService({ domains }))),
      "in_browser",
    );
  });
});
