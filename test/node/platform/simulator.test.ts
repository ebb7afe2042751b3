import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { ACCOUNTS } from "../../../demo/scenarios.js";
import { useServers } from "../support/use-servers.js";

interface LoggedIn {
  readonly bearer: string;
  readonly csrf: string;
  readonly sessionTTl: unknown;
}

describe("the demo's Login Service", () => {
  const stage = useServers();

  const post = (
    action: string,
    body: unknown,
    headers: Record<string, string> = {},
    account: string = ACCOUNTS.normal,
  ): Promise<Response> =>
    fetch(`${stage.demo.cloudUrl}/api/account/${account}/${action}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  const statusOf = async (answer: Promise<Response>): Promise<number> => (await answer).status;
  const cookieOf = (response: Response): string =>
    response.headers.getSetCookie()[0]?.split(";")[0] ?? "";

  it("takes whole credentials of a user or a bot, in version 1.3, and nothing else", async () => {
    const { user, application } = stage.demo.cloud.credentials;
    const response = await post("login?v=1.3", user);
    assert.equal(response.status, 200);
    assert.equal(((await response.json()) as LoggedIn).sessionTTl, "28800000");
    assert.equal(await statusOf(post("login?v=1.3", application)), 200);
    assert.equal(await statusOf(post("login", user)), 400);
    assert.equal(await statusOf(post("login?v=1.3", { username: user.username })), 400);
    assert.equal(await statusOf(post("login?v=1.3", { ...user, more: "x" })), 400);
    assert.equal(await statusOf(post("login?v=1.3", { ...user, password: "x" })), 401);
    assert.equal(await statusOf(post("login?v=1.3", { ...application, appKey: "x" })), 401);
    assert.equal(await statusOf(post("login?v=1.3", user, {}, "1")), 401);
    assert.equal(await statusOf(post("login?v=1.3", user, { "content-type": "text/plain" })), 415);
  });

  it("takes cookie and CSRF token of one session together, and the cookie that it gave last", async () => {
    const { user } = stage.demo.cloud.credentials;
    const [one, other] = [await post("login?v=1.3", user), await post("login?v=1.3", user)];
    const { csrf, bearer } = (await one.json()) as LoggedIn;
    const { csrf: foreign } = (await other.json()) as LoggedIn;
    const cookie = cookieOf(one);
    for (const action of ["refresh", "logout"]) {
      assert.equal(await statusOf(post(action, { csrf })), 401);
      assert.equal(await statusOf(post(action, { csrf }, { cookie: "Session_id=x" })), 401);
      assert.equal(await statusOf(post(action, { csrf: foreign }, { cookie })), 401);
      assert.equal(await statusOf(post(action, {}, { cookie })), 401);
      assert.equal(await statusOf(post(action, { csrf }, { cookie }, ACCOUNTS.noStepUp)), 401);
      const both = `${cookie}; ${cookieOf(other)}`;
      assert.equal(await statusOf(post(action, { csrf }, { cookie: both })), 401);
    }
    const refreshed = await post("refresh", { csrf }, { cookie });
    assert.equal(refreshed.status, 200);
    assert.equal(await statusOf(post("refresh", { csrf }, { cookie })), 401);
    const newer = { cookie: cookieOf(refreshed) };
    assert.equal(await statusOf(post("logout", { csrf }, newer)), 200);
    assert.equal(await statusOf(post("logout", { csrf }, newer)), 401);

    const users = `${stage.demo.cloudUrl}/api/account/${ACCOUNTS.normal}/configuration/le-users/users`;
    for (const authorization of [`Bearer ${bearer}`, "Bearer x", `Basic ${bearer}`, "OAuth x"]) {
      assert.equal(await statusOf(fetch(users, { headers: { authorization } })), 401);
    }
    assert.equal(await statusOf(fetch(users)), 401);
  });
});
