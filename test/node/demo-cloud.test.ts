import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { LEAKED_SECRET } from "../../demo/cloud/connectors.js";
import type { AgentView } from "../../demo/cloud/sessions.js";
import { ACCOUNTS, CONNECTORS } from "../../demo/scenarios.js";
import { createUserAgent, makePkce, signInAt, tokensFor } from "./support/user-agent.js";
import { useServers } from "./support/use-servers.js";

interface Listed {
  readonly id: unknown;
  readonly configuration?: Readonly<Record<string, unknown>> | null;
}

describe("the demo's cloud", () => {
  const stage = useServers();

  const urlOf = (account: string, path: string): string =>
    `${stage.demo.cloudUrl}/api/account/${account}/${path}`;

  const post = async (
    account: string,
    path: string,
    body: unknown = {},
  ): Promise<{ status: number; body: Record<string, string> }> => {
    const response = await fetch(urlOf(account, path), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, string> };
  };

  describe("tells everybody of its connectors", () => {
    const list = async (account: string): Promise<readonly (Listed | null)[]> => {
      const response = await fetch(urlOf(account, "configuration/le-connectors/all-connectors"));
      return (await response.json()) as Listed[];
    };
    const idsOf = async (account: string): Promise<unknown[]> =>
      (await list(account)).map((one) => one?.id);

    it("all of them, one of them preferred, none with its secret", async () => {
      const before = stage.demo.counters.cloud.connectors;
      for (const [account, preferred] of [
        [ACCOUNTS.normal, CONNECTORS.implicit],
        [ACCOUNTS.preferred, CONNECTORS.implicitJwks],
      ] as const) {
        const connectors = await list(account);
        assert.equal(connectors.length, Object.keys(CONNECTORS).length);
        assert.deepEqual(
          connectors
            .filter((one) => one?.configuration?.["preferred"] === true)
            .map((one) => one?.id),
          [preferred],
        );
        assert.doesNotMatch(JSON.stringify(connectors), /secret/i);
      }
      assert.equal(stage.demo.counters.cloud.connectors, before + 2);
    });

    it("one beside the unauthenticated one, or that one alone", async () => {
      assert.deepEqual(await idsOf(ACCOUNTS.oneConnector), [
        CONNECTORS.anonymous,
        CONNECTORS.implicitJwks,
      ]);
      assert.deepEqual(await idsOf(ACCOUNTS.noConnector), [CONNECTORS.anonymous]);
    });

    it("in a form that nobody has promised not to come", async () => {
      const connectors = await list(ACCOUNTS.oddConnectors);
      assert.match(JSON.stringify(connectors), new RegExp(LEAKED_SECRET));
      assert.ok(connectors.includes(null));
      assert.ok(connectors.some((one) => typeof one?.id === "number"));
    });

    it("or not, when a test wants it so", async () => {
      stage.demo.cloud.interrupt({ path: "connectors", status: 503 });
      const address = urlOf(ACCOUNTS.normal, "configuration/le-connectors/all-connectors");
      assert.equal((await fetch(`${address}?from=window`)).status, 200);
      assert.equal((await fetch(address)).status, 503);
      assert.equal((await fetch(address)).status, 200);
    });
  });

  describe("keeps conversations", () => {
    const enter = async (
      account: string,
      connector: string,
      idToken: string | undefined,
      window: string,
    ): Promise<AgentView> => {
      const { status, body } = await post(account, `app/${connector}/authenticate?v=3.0`, {
        id_token: idToken,
        window,
      });
      assert.equal(status, 200);
      const response = await fetch(urlOf(account, "agent-view"), {
        headers: { authorization: `Bearer ${body["token"] ?? ""}` },
      });
      return (await response.json()) as AgentView;
    };
    const guest = async (account: string): Promise<string | undefined> =>
      (await post(account, "anonymous/authorize")).body["token"];
    const consumer = async (who = "ada"): Promise<string | null> => {
      const response = await signInAt(
        stage.demo,
        createUserAgent(stage.demo),
        { client_id: "messaging-implicit", response_type: "id_token" },
        who,
      );
      return response.get("id_token");
    };
    const run = async (account: string) => {
      const window = crypto.randomUUID();
      const anonymous = await guest(account);
      const before = await enter(account, CONNECTORS.anonymous, anonymous, window);
      const after = await enter(account, CONNECTORS.implicitJwks, (await consumer())!, window);
      return { window, anonymous, before, after };
    };

    it("that go on when a guest signs in, and tells the agent of the change", async () => {
      const { before, after } = await run(ACCOUNTS.normal);
      assert.equal(before.authenticated, false);
      assert.equal(after.authenticated, true);
      assert.equal(after.conversation.id, before.conversation.id);
      assert.equal(after.conversation.steppedUpFrom, before.customerInfo["customerId"]);
    });

    it("that don't where the account has no step-up, nor in another window", async () => {
      const { before, after } = await run(ACCOUNTS.noStepUp);
      assert.notEqual(after.conversation.id, before.conversation.id);

      const guests = await enter(
        ACCOUNTS.normal,
        CONNECTORS.anonymous,
        await guest(ACCOUNTS.normal),
        crypto.randomUUID(),
      );
      const other = await enter(
        ACCOUNTS.normal,
        CONNECTORS.implicitJwks,
        (await consumer("alan"))!,
        crypto.randomUUID(),
      );
      assert.notEqual(other.conversation.id, guests.conversation.id);
    });

    it("that are hidden after the sign-out, and there again after the next sign-in", async () => {
      const { window, anonymous, after } = await run(ACCOUNTS.normal);
      const down = await enter(ACCOUNTS.normal, CONNECTORS.anonymous, anonymous, window);
      assert.notEqual(down.conversation.id, after.conversation.id);
      const again = await enter(
        ACCOUNTS.normal,
        CONNECTORS.implicitJwks,
        (await consumer())!,
        crypto.randomUUID(),
      );
      assert.equal(again.conversation.id, after.conversation.id);
    });

    it("until the proof runs out", async () => {
      stage.demo.idp.setIdTokenLifetime(100);
      const view = await enter(
        ACCOUNTS.normal,
        CONNECTORS.implicitJwks,
        (await consumer())!,
        "window",
      );
      stage.demo.idp.setIdTokenLifetime(3600);
      assert.ok(view.expiresIn <= 100 && view.expiresIn > 90, String(view.expiresIn));
    });
  });

  it("exchanges the code of the hybrid flow", async () => {
    const response = await signInAt(stage.demo, createUserAgent(stage.demo), {
      client_id: "messaging-hybrid",
      response_type: "code id_token",
    });
    const { status } = await post(ACCOUNTS.normal, `app/${CONNECTORS.hybrid}/authenticate?v=3.0`, {
      code: response.get("code"),
      redirect_uri: `${stage.demo.siteUrl}/callback.html`,
    });
    assert.equal(status, 200);
  });

  it("takes a code only with the challenge that it made itself", async () => {
    const path = `app/${CONNECTORS.codePkce}`;
    const made = (await post(ACCOUNTS.normal, `${path}/pkce`)).body;
    const codeFor = async (challenge: string): Promise<string | null> => {
      const response = await signInAt(stage.demo, createUserAgent(stage.demo), {
        client_id: "messaging-code-pkce",
        code_challenge: challenge,
        code_challenge_method: "S256",
      });
      return response.get("code");
    };
    const hand = async (code: string | null, handle: string | undefined) =>
      (
        await post(ACCOUNTS.normal, `${path}/authenticate?v=3.0`, {
          code,
          handle,
          redirect_uri: `${stage.demo.siteUrl}/callback.html`,
        })
      ).body;
    const foreign = await hand(await codeFor(makePkce().challenge), made["handle"]);
    assert.equal(foreign["internalErrorCode"], "9011");
    const spent = await hand(await codeFor(made["codeChallenge"]!), made["handle"]);
    assert.equal(spent["internalErrorCode"], "1057");
    const fresh = (await post(ACCOUNTS.normal, `${path}/pkce`)).body;
    assert.ok((await hand(await codeFor(fresh["codeChallenge"]!), fresh["handle"]))["token"]);
  });

  it("finds a new key of the brand's at once, and no longer takes one that is gone", async () => {
    const authenticate = async (token: string | undefined) =>
      post(ACCOUNTS.normal, `app/${CONNECTORS.implicitJwks}/authenticate?v=3.0`, {
        id_token: token,
      });
    const before = await tokensFor(stage.demo, createUserAgent(stage.demo));
    assert.equal((await authenticate(before.body["id_token"])).status, 200);
    await stage.demo.idp.rotateKeys({ keepOld: false });
    const after = await tokensFor(stage.demo, createUserAgent(stage.demo));
    assert.equal((await authenticate(after.body["id_token"])).status, 200);
    const gone = await authenticate(before.body["id_token"]);
    assert.equal(gone.body["internalErrorCode"], "1041");
  });

  it("counts page views and calls of newPage", async () => {
    const { identities, newPage } = stage.demo.counters.cloud;
    for (const event of ["load", "newPage"]) {
      await fetch(urlOf(ACCOUNTS.normal, `page-view?event=${event}`), { method: "POST" });
    }
    assert.equal(stage.demo.counters.cloud.identities, identities + 2);
    assert.equal(stage.demo.counters.cloud.newPage, newPage + 1);
  });
});
