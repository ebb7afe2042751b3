import assert from "node:assert/strict";
import { after, before, describe, it, mock } from "node:test";

import { ACCOUNTS } from "../../../demo/scenarios.js";
import { useServers } from "../support/use-servers.js";
import { runExamples } from "./support/example.js";

describe("the examples of the docs", () => {
  const stage = useServers();
  const variables: Record<string, string> = {};

  before(() => {
    const { user, application } = stage.demo.cloud.credentials;
    Object.assign(variables, {
      CLOUD_PASSWORD: user.password,
      CLOUD_APP_KEY: application.appKey,
      CLOUD_SECRET: application.secret,
      CLOUD_ACCESS_TOKEN: application.accessToken,
      CLOUD_ACCESS_TOKEN_SECRET: application.accessTokenSecret,
    });
    Object.assign(process.env, variables);
    mock.method(console, "log", () => undefined);
  });
  after(() => {
    for (const name of Object.keys(variables)) Reflect.deleteProperty(process.env, name);
    mock.restoreAll();
  });

  const ofDemo = (): Record<string, string> => ({
    'accountId: "12345678"': `accountId: "${ACCOUNTS.normal}", domainApi: "${stage.demo.cloudUrl}", allowedHosts: ["127.0.0.1"]`,
  });
  const withPaths = (): Record<string, string> => ({
    ...ofDemo(),
    "/account/12345678/": `/account/${ACCOUNTS.normal}/`,
  });

  it("of the Domain API", async () => {
    const { login, services, there, reason, words } = await runExamples("domain-api.md", ofDemo(), [
      "login",
      "services",
      "there",
      "reason",
      "words",
    ]);
    assert.equal(login, stage.demo.cloudUrl);
    assert.ok((services as Map<string, string>).has("sentinel"));
    assert.equal(there, "https://lo.agentvep.liveperson.net");
    assert.match(reason as string, /^service_failed: .*case sensitive/);
    assert.match(words as string, /does not match the connector's key/);
  });

  it("of the Login Service", async () => {
    const { logout } = stage.demo.counters.cloud;
    const { users, session, bot } = await runExamples("login-service.md", withPaths(), [
      "users",
      "session",
      "bot",
    ]);
    assert.equal((users as unknown[]).length, 2);
    assert.equal((session as { isOver: boolean }).isOver, true);
    assert.equal((bot as { isOver: boolean }).isOver, true);
    assert.equal(stage.demo.counters.cloud.logout, logout + 2);
  });

  it("of API keys", async () => {
    const { users, found } = await runExamples("api-keys.md", withPaths(), ["users", "found"]);
    assert.equal((users as unknown[]).length, 1);
    assert.equal((found as Response).status, 200);
  });
});
