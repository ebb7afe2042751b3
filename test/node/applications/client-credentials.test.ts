import assert from "node:assert/strict";
import { describe, it, mock } from "node:test";
import { createRemoteJWKSet, decodeJwt, jwtVerify } from "jose";

import { APPS } from "../../../demo/cloud/sentinel/apps.js";
import {
  createClientCredentials,
  type ClientCredentials,
  type ClientCredentialsOptions,
} from "../../../src/platform.js";
import { useServers } from "../support/use-servers.js";
import { domainsOf, failsWith, textOf } from "./support/applications.js";
import { useFakeService } from "./support/fake-service.js";

describe("client credentials", () => {
  const stage = useServers();
  const asked = (): number => stage.demo.counters.cloud.sentinel.appToken;

  const machine = (options: Partial<ClientCredentialsOptions> = {}): ClientCredentials =>
    createClientCredentials({
      domains: domainsOf(stage.demo),
      clientId: APPS.connector,
      clientSecret: stage.demo.appSecrets.connector,
      retryFor: 0,
      ...options,
    });

  it("bring a token that is signed with the published keys: version 2", async () => {
    const { accessToken, expiresAt } = await machine().token();
    const keys = createRemoteJWKSet(new URL(`${stage.demo.cloudUrl}/sentinel/well-known/jwks`));
    const { payload } = await jwtVerify(accessToken, keys);
    assert.equal(payload["azp"], APPS.connector);
    assert.equal(payload.aud, "30412100");
    assert.ok(Math.abs(expiresAt - Date.now() - 3_600_000) < 5000);
  });

  it("bring one of version 1, whose end stands in it", async () => {
    const { accessToken, expiresAt } = await machine({ version: 1 }).token();
    assert.equal(decodeJwt(accessToken)["scope"], "msg.consumer");
    assert.ok(Math.abs(expiresAt - Date.now() - 3_600_000) < 5000);
  });

  it("are asked for once, and again shortly before the token ends", async () => {
    mock.timers.enable({ apis: ["Date"], now: Date.now() });
    try {
      const credentials = machine();
      const before = asked();
      const all = await Promise.all(Array.from({ length: 20 }, () => credentials.token()));
      assert.equal(new Set(all.map(({ accessToken }) => accessToken)).size, 1);
      mock.timers.tick(3_539_000);
      assert.deepEqual(await credentials.token(), all[0]);
      assert.equal(asked(), before + 1);
      mock.timers.tick(2000);
      assert.notEqual((await credentials.token()).accessToken, all[0]?.accessToken);
      assert.equal(asked(), before + 2);
    } finally {
      mock.timers.reset();
    }
  });

  it("make an Authorization header", async () => {
    const credentials = machine();
    assert.equal(
      await credentials.authorization(),
      `Bearer ${(await credentials.token()).accessToken}`,
    );
  });

  it("forget a token that a service refuses, and no other", async () => {
    const credentials = machine();
    const { accessToken } = await credentials.token();
    const before = asked();
    credentials.forget("another");
    await credentials.token();
    assert.equal(asked(), before);
    credentials.forget(accessToken);
    await credentials.token();
    assert.equal(asked(), before + 1);
  });

  it("leave the others their token when one gives up", async () => {
    const credentials = machine();
    const controller = new AbortController();
    const gone = credentials.token(controller);
    const stays = credentials.token();
    controller.abort();
    await assert.rejects(gone, failsWith("aborted"));
    assert.ok((await stays).accessToken);
  });

  it("can be asked for again after a failure", async () => {
    const credentials = machine();
    stage.demo.cloud.interrupt({ path: "appToken", status: 500 });
    await assert.rejects(credentials.token(), failsWith("service_failed", /500/));
    assert.ok((await credentials.token()).accessToken);
  });

  it("are refused with a wrong secret, which is in no error", async () => {
    const clientSecret = "wrong-secret-that-nobody-may-see";
    for (const version of [1, 2] as const) {
      const error = await machine({ clientSecret, version })
        .token()
        .catch((one: unknown) => one);
      assert.ok(failsWith("access_denied", /clientSecret/)(error));
      assert.ok(!textOf(error).includes(clientSecret));
    }
  });

  it("are refused to an application that is for users", async () => {
    const desk = machine({ clientId: APPS.desk, clientSecret: stage.demo.appSecrets.desk });
    await assert.rejects(desk.token(), failsWith("access_denied", /client_credentials/));
  });

  it("need their options", () => {
    for (const [name, value] of [
      ["clientId", ""],
      ["clientSecret", undefined],
      ["version", 3],
      ["version", "2"],
      ["scope", ""],
      ["domains", undefined],
      ["tokenEndpoint", "http://cloud.example.com/token"],
      ["tokenEndpoint", "/token"],
    ] as const) {
      assert.throws(
        () => machine({ [name]: value }),
        failsWith("invalid_config", new RegExp(name)),
        name,
      );
    }
  });
});

describe("client credentials, where the service is odd", () => {
  const service = useFakeService();
  const machine = (): ClientCredentials =>
    createClientCredentials({
      tokenEndpoint: `${service.origin}/token?v=1.0`,
      clientId: "the-machine",
      clientSecret: "the-machines-secret",
      scope: "msg.consumer",
      retryFor: 0,
    });

  it("go in the form, and nothing else does", async () => {
    service.script = { token: () => ({ body: { access_token: "t", token_type: "bearer" } }) };
    service.forms.length = 0;
    await machine().token();
    assert.deepEqual(Object.fromEntries(service.forms[0] ?? []), {
      grant_type: "client_credentials",
      scope: "msg.consumer",
      client_id: "the-machine",
      client_secret: "the-machines-secret",
    });
  });

  it("keep a token that doesn't say how long it holds for five minutes", async () => {
    service.script = { token: () => ({ body: { access_token: "opaque", token_type: "Bearer" } }) };
    const { expiresAt } = await machine().token();
    assert.ok(Math.abs(expiresAt - Date.now() - 300_000) < 5000);
  });

  it("give a token out that holds for a moment only, but don't keep it", async () => {
    service.script = {
      token: () => ({ body: { access_token: "brief", token_type: "Bearer", expires_in: 0 } }),
    };
    const credentials = machine();
    const before = service.forms.length;
    await credentials.token();
    await credentials.token();
    assert.equal(service.forms.length, before + 2);
  });

  for (const body of [
    {},
    { access_token: "t" },
    { access_token: "", token_type: "Bearer" },
    { access_token: "t", token_type: "mac" },
    { access_token: "t", token_type: "Bearer", expires_in: "soon" },
    [],
    "<h1>Hello</h1>",
  ]) {
    it(`don't take ${JSON.stringify(body)}`, async () => {
      service.script = { token: () => ({ body }) };
      await assert.rejects(machine().token(), failsWith("response_invalid"));
    });
  }
});
