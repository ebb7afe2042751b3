import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";

import { APPS, DESK_CALLBACK } from "../../../demo/cloud/sentinel/apps.js";
import { ACCOUNTS } from "../../../demo/scenarios.js";
import { useServers } from "../support/use-servers.js";
import { visitCloud } from "./support/applications.js";

const VERIFIER = "verifier-of-forty-three-characters-or-more-0";
const CHALLENGE = createHash("sha256").update(VERIFIER).digest("base64url");

describe("the demo's cloud, for applications", () => {
  const stage = useServers();
  const base = (account: string = ACCOUNTS.normal): string =>
    `${stage.demo.cloudUrl}/sentinel/api/account/${account}`;
  const callback = (): string => `${stage.demo.applicationUrl}${DESK_CALLBACK}`;

  const authorizeUrl = (changes: Record<string, string | null> = {}, account?: string): string => {
    const query: Record<string, string | null> = {
      v: "1.0",
      response_type: "code",
      client_id: APPS.desk,
      redirect_uri: callback(),
      state: "the state",
      ...changes,
    };
    const given = Object.entries(query).filter(([, value]) => value !== null);
    return `${base(account)}/authorize?${new URLSearchParams(given as [string, string][])}`;
  };

  const tokenRequest = (
    changes: Record<string, string | null> = {},
    { path = "/token?v=1.0", type = "application/x-www-form-urlencoded" } = {},
  ): Promise<Response> => {
    const form: Record<string, string | null> = {
      grant_type: "authorization_code",
      client_id: APPS.desk,
      client_secret: stage.demo.appSecrets.desk,
      redirect_uri: callback(),
      ...changes,
    };
    const given = Object.entries(form).filter(([, value]) => value !== null);
    return fetch(`${base()}${path}`, {
      method: "POST",
      headers: { "content-type": type },
      body: new URLSearchParams(given as [string, string][]).toString(),
    });
  };

  const errorOf = async (response: Response): Promise<[number, unknown]> => [
    response.status,
    ((await response.json()) as { error?: unknown }).error,
  ];

  const codeFor = async (changes?: Record<string, string | null>): Promise<string> =>
    (await visitCloud(authorizeUrl(changes))).searchParams.get("code") ?? "";

  it("never redirects where the client or its redirect URI isn't known", async () => {
    for (const [changes, status] of [
      [{ client_id: "unknown" }, 401],
      [{ client_id: null }, 401],
      [{ redirect_uri: "https://evil.example/" }, 400],
      [{ redirect_uri: `${callback()}/` }, 400],
      [{ redirect_uri: `${callback()}?a=b` }, 400],
      [{ redirect_uri: callback().toUpperCase() }, 400],
      [{ v: "2.0" }, 400],
      [{ v: null }, 400],
      [{ client_id: APPS.reports, redirect_uri: null }, 400],
    ] as const) {
      const response = await fetch(authorizeUrl(changes), { redirect: "manual" });
      assert.equal(response.status, status, JSON.stringify(changes));
      assert.equal(response.headers.get("location"), null);
    }
    const twice = await fetch(`${authorizeUrl()}&state=again`, { redirect: "manual" });
    assert.equal(twice.status, 400);
    for (const account of ["unknown", ACCOUNTS.noStepUp]) {
      const response = await fetch(authorizeUrl({}, account), { redirect: "manual" });
      assert.equal(response.status, 401);
    }
  });

  it("tells the application of what else is wrong, with its state", async () => {
    for (const [changes, error] of [
      [{ response_type: "token" }, "unsupported_response_type"],
      [{ response_type: null }, "unsupported_response_type"],
      [{ code_challenge: CHALLENGE, code_challenge_method: "plain" }, "invalid_request"],
      [{ code_challenge: CHALLENGE }, "invalid_request"],
      [{ code_challenge: "short", code_challenge_method: "S256" }, "invalid_request"],
    ] as const) {
      const response = await fetch(authorizeUrl(changes), { redirect: "manual" });
      assert.equal(response.status, 302);
      const { origin, pathname, searchParams } = new URL(response.headers.get("location") ?? "");
      assert.equal(`${origin}${pathname}`, callback());
      assert.equal(searchParams.get("error"), error);
      assert.equal(searchParams.get("state"), "the state");
      assert.equal(searchParams.get("code"), null);
    }
  });

  it("gives a code at once to a user who has a session", async () => {
    const asked = await fetch(authorizeUrl(), { redirect: "manual" });
    const login = new URL(asked.headers.get("location") ?? "", stage.demo.cloudUrl);
    const answer = await fetch(login, {
      method: "POST",
      body: new URLSearchParams({ agent: "mary" }),
      redirect: "manual",
    });
    const [cookie = ""] = answer.headers.getSetCookie();
    assert.match(cookie, /; HttpOnly; SameSite=Lax$/);
    const again = await fetch(authorizeUrl(), {
      redirect: "manual",
      headers: { cookie: cookie.split(";")[0] ?? "" },
    });
    assert.equal(again.status, 302);
    assert.ok(new URL(again.headers.get("location") ?? "").searchParams.get("code"));
    const over = await fetch(login);
    assert.equal(over.status, 400);
  });

  it("redeems a code once, for the application, the redirect URI and the verifier of its request", async () => {
    const pkce = { code_challenge: CHALLENGE, code_challenge_method: "S256" };
    const cases: readonly [Record<string, string>, Record<string, string | null>][] = [
      [{}, { redirect_uri: `${callback()}?` }],
      [{}, { redirect_uri: null }],
      [{}, { code_verifier: VERIFIER }],
      [pkce, {}],
      [pkce, { code_verifier: `${VERIFIER}x` }],
      [{}, { client_id: APPS.reports, client_secret: stage.demo.appSecrets.reports }],
      [{}, { code: "unknown" }],
    ];
    for (const [request, changes] of cases) {
      const code = await codeFor(request);
      assert.deepEqual(
        await errorOf(await tokenRequest({ code, ...changes })),
        [400, "invalid_grant"],
        JSON.stringify([request, changes]),
      );
    }
    const code = await codeFor(pkce);
    const good = await tokenRequest({ code, code_verifier: VERIFIER });
    const { access_token: accessToken } = (await good.json()) as { access_token: string };
    assert.ok(stage.demo.cloud.sentinel.isLive(accessToken));
    const again = await tokenRequest({ code, code_verifier: VERIFIER });
    assert.deepEqual(await errorOf(again), [400, "invalid_grant"]);
    assert.ok(!stage.demo.cloud.sentinel.isLive(accessToken));
  });

  it("is strict with the form", async () => {
    const code = await codeFor();
    for (const [changes, options, expected] of [
      [{ client_secret: "wrong" }, {}, [401, "invalid_client"]],
      [{ client_secret: null }, {}, [401, "invalid_client"]],
      [{ client_id: "unknown" }, {}, [401, "invalid_client"]],
      [{ code: null }, {}, [400, "invalid_request"]],
      [{ grant_type: "password" }, {}, [400, "unsupported_grant_type"]],
      [{ grant_type: null }, {}, [400, "unsupported_grant_type"]],
      [{}, { path: "/token" }, [400, "invalid_request"]],
      [{}, { path: "/token?v=3.0" }, [400, "invalid_request"]],
      [{}, { path: "/token?v=1.0&client_secret=x" }, [400, "invalid_request"]],
      [{}, { type: "application/json" }, [400, "invalid_request"]],
      [{}, { type: "text/plain" }, [400, "invalid_request"]],
    ] as const) {
      const response = await tokenRequest({ code, ...changes }, options);
      assert.deepEqual(await errorOf(response), expected, JSON.stringify([changes, options]));
    }
    const twice = await fetch(`${base()}/token?v=1.0`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: `code=${code}&code=${code}`,
    });
    assert.deepEqual(await errorOf(twice), [400, "invalid_request"]);
    const get = await fetch(`${base()}/token?v=1.0`);
    assert.equal(get.status, 405);
    const good = await tokenRequest(
      { code },
      { type: "application/x-www-form-urlencoded;charset=UTF-8" },
    );
    assert.equal(good.status, 200);
  });

  it("rotates refresh tokens, and ends the session of one that comes again", async () => {
    const first = (await (await tokenRequest({ code: await codeFor() })).json()) as Answer;
    const use = (token: string): Promise<Response> =>
      tokenRequest({ grant_type: "refresh_token", refresh_token: token, redirect_uri: null });
    const second = (await (await use(first.refresh_token)).json()) as Answer;
    assert.equal(second.id_token, undefined);
    assert.notEqual(second.refresh_token, first.refresh_token);
    assert.deepEqual(await errorOf(await use(first.refresh_token)), [400, "invalid_grant"]);
    assert.deepEqual(await errorOf(await use(second.refresh_token)), [400, "invalid_grant"]);
    assert.ok(!stage.demo.cloud.sentinel.isLive(second.access_token));
  });

  it("gives machines a token for what they were installed with", async () => {
    const form = {
      grant_type: "client_credentials",
      client_id: APPS.connector,
      client_secret: stage.demo.appSecrets.connector,
      redirect_uri: null,
    };
    const v1 = { path: "/app/token?v=1.0" };
    assert.equal((await tokenRequest(form, v1)).status, 200);
    assert.deepEqual(await errorOf(await tokenRequest(form, { path: "/app/token" })), [
      400,
      "invalid_request",
    ]);
    assert.deepEqual(await errorOf(await tokenRequest({ ...form, client_secret: "x" }, v1)), [
      401,
      "invalid_client",
    ]);
    assert.deepEqual(await errorOf(await tokenRequest({ ...form, grant_type: "code" }, v1)), [
      400,
      "unsupported_grant_type",
    ]);
    const desk = { client_id: APPS.desk, client_secret: stage.demo.appSecrets.desk };
    assert.deepEqual(await errorOf(await tokenRequest({ ...form, ...desk }, v1)), [
      400,
      "unauthorized_client",
    ]);
    const users = await fetch(authorizeUrl({ client_id: APPS.connector, redirect_uri: null }));
    assert.equal(users.status, 400);
  });
});

interface Answer {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly id_token?: string;
}
