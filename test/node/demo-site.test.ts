import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";

import { createRemoteJWKSet, jwtVerify } from "jose";

import { CONNECTORS, ACCOUNTS } from "../../demo/scenarios.js";
import { createUserAgent, makePkce, type UserAgent } from "./support/user-agent.js";
import { useServers } from "./support/use-servers.js";

const ADA = "7c0b1f52-9d7e-4f3a-8a41-5b8de0c97e16";

describe("the demo's site vouches for whoever is signed in there", () => {
  const stage = useServers({ slowMs: 100 });
  let agent: UserAgent;

  beforeEach(() => {
    agent = createUserAgent(stage.demo);
    stage.demo.site.endSessions();
  });

  const ask = (query = "", form: Record<string, string> = {}): Promise<Response> =>
    agent.request(`${stage.demo.siteUrl}/api/messaging-credential${query}`, {
      method: "POST",
      headers: { origin: stage.demo.siteUrl },
      body: new URLSearchParams(form),
    });
  const account = (action: string, form: Record<string, string> = {}): Promise<Response> =>
    agent.request(`${stage.demo.siteUrl}/account/${action}`, {
      method: "POST",
      body: new URLSearchParams(form),
    });
  const signIn = async (): Promise<void> => {
    assert.equal((await account("sign-in", { consumer: "ada" })).status, 204);
  };

  it("with an ID token that the provider's key verifies", async () => {
    await signIn();
    const response = await ask();
    assert.equal(response.status, 200);
    const { id_token } = (await response.json()) as { id_token: string };
    const { payload } = await jwtVerify(
      id_token,
      createRemoteJWKSet(new URL(`${stage.demo.idpUrl}/jwks`)),
      { issuer: stage.demo.idpUrl, audience: "messaging-implicit", subject: ADA },
    );
    assert.equal(payload["given_name"], "Ada");
    assert.equal(payload["acr"], "urn:alder:1");
  });

  it("to a script of its own pages only", async () => {
    await signIn();
    const address = `${stage.demo.siteUrl}/api/messaging-credential`;
    assert.equal((await agent.request(address)).status, 405);
    const headers = { origin: "https://elsewhere.example" };
    assert.equal((await agent.request(address, { method: "POST", headers })).status, 403);
  });

  it("and for nobody else, with 401 or 204 as it is asked", async () => {
    assert.equal((await ask()).status, 401);
    assert.equal((await ask("?nobody=204")).status, 204);
    await signIn();
    assert.deepEqual(stage.demo.site.signedIn(), ["ada"]);
    assert.equal((await account("sign-out")).status, 204);
    assert.equal((await ask()).status, 401);
    assert.equal((await account("sign-in", { consumer: "mallory" })).status, 400);
    await signIn();
    assert.equal(stage.demo.site.endSessions(), 1);
    assert.equal((await ask()).status, 401);
  });

  it("keeps the session to itself, and sends forms nowhere else", async () => {
    const response = await account("sign-in", { consumer: "ada", return_to: "/?setup=endpoint" });
    assert.deepEqual(
      [response.status, response.headers.get("location")],
      [303, "/?setup=endpoint"],
    );
    assert.match(response.headers.get("set-cookie")!, /; HttpOnly; SameSite=Lax$/);
    const away = await account("sign-in", { consumer: "ada", return_to: "//elsewhere.example" });
    assert.equal(away.headers.get("location"), null);
  });

  it("fails as the scenario or a test wants", async () => {
    await signIn();
    assert.equal((await ask("?trouble=down")).status, 500);
    const html = await ask("?trouble=html");
    assert.match(html.headers.get("content-type")!, /^text\/html/);
    await assert.rejects(ask("?trouble=cut"));
    assert.equal((await ask("?trouble=slow")).status, 200);
    const before = stage.demo.counters.site.credential;
    stage.demo.site.interrupt({ path: "credential", status: 429, retryAfter: 1 });
    assert.equal((await ask()).status, 429);
    assert.equal((await ask()).status, 200);
    assert.equal(stage.demo.counters.site.credential, before + 2);
  });

  describe("with a code", () => {
    const connector = CONNECTORS.endpointCode;
    const cloud = async (path: string, body: unknown): Promise<Response> =>
      fetch(`${stage.demo.cloudUrl}/api/account/${ACCOUNTS.normal}/app/${connector}/${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
    const challengeOf = async (): Promise<{ handle: string; codeChallenge: string }> =>
      (await (await cloud("pkce", {})).json()) as { handle: string; codeChallenge: string };
    const codeFor = async (challenge: string): Promise<{ code: string; redirect_uri: string }> => {
      const response = await ask("", {
        code_challenge: challenge,
        code_challenge_method: "S256",
      });
      return (await response.json()) as { code: string; redirect_uri: string };
    };

    it("that the cloud exchanges once, with the verifier that only it knows", async () => {
      await signIn();
      const { handle, codeChallenge } = await challengeOf();
      const answer = await codeFor(codeChallenge);
      assert.equal(answer.redirect_uri, `${stage.demo.siteUrl}/callback.html`);
      assert.equal((await cloud("authenticate?v=3.0", { ...answer, handle })).status, 200);

      const another = await challengeOf();
      const again = await cloud("authenticate?v=3.0", { ...answer, handle: another.handle });
      assert.deepEqual(await again.json(), { internalErrorCode: "9011" });
    });

    it("that no other window's verifier fits, and no other return address", async () => {
      await signIn();
      const [mine, other] = [await challengeOf(), await challengeOf()];
      const stolen = await cloud("authenticate?v=3.0", {
        ...(await codeFor(mine.codeChallenge)),
        handle: other.handle,
      });
      assert.deepEqual(await stolen.json(), { internalErrorCode: "9011" });

      const elsewhere = await cloud("authenticate?v=3.0", {
        ...(await codeFor(mine.codeChallenge)),
        redirect_uri: "https://liveperson.net",
        handle: mine.handle,
      });
      assert.deepEqual(await elsewhere.json(), { internalErrorCode: "9011" });
    });

    it("that is worth nothing to a page, which has no secret", async () => {
      await signIn();
      const { verifier, challenge } = makePkce();
      const { code, redirect_uri } = await codeFor(challenge);
      const response = await fetch(`${stage.demo.siteUrl}/account/token`, {
        method: "POST",
        body: new URLSearchParams({
          grant_type: "authorization_code",
          code,
          redirect_uri,
          code_verifier: verifier,
        }),
      });
      assert.equal(response.status, 401);
    });

    it("that needs no challenge where the page asks for a code", async () => {
      await signIn();
      const answer = (await (await ask("?mode=code")).json()) as Record<string, string>;
      assert.deepEqual(Object.keys(answer).sort(), ["code", "redirect_uri"]);
      assert.equal((await ask("", { code_challenge: "short" })).status, 400);
    });
  });
});
