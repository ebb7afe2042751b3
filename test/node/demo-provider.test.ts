import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it, mock } from "node:test";

import {
  createRemoteJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  jwtVerify,
  SignJWT,
} from "jose";

import {
  askForTokens,
  authorizationAddress,
  createUserAgent,
  makePkce,
  refresh,
  signInAt,
  submit,
  tokensFor,
  type UserAgent,
} from "./support/user-agent.js";
import { useServers } from "./support/use-servers.js";

/** The servers' clock goes on, since they run in this process. */
function moveClock(milliseconds: number): void {
  const { now } = Date;
  mock.method(Date, "now", () => now() + milliseconds);
}

afterEach(() => {
  mock.restoreAll();
});

describe("the demo's identity provider", () => {
  const stage = useServers();
  let agent: UserAgent;

  beforeEach(() => {
    agent = createUserAgent(stage.demo);
  });

  const silently = async (parameters: Record<string, string> = {}): Promise<URLSearchParams> => {
    const { challenge } = makePkce();
    const { address } = await agent.follow(
      authorizationAddress(stage.demo, {
        prompt: "none",
        code_challenge: challenge,
        code_challenge_method: "S256",
        ...parameters,
      }),
    );
    return address.searchParams;
  };

  describe("refresh tokens", () => {
    it("rotate at every use, and a used one ends the whole family", async () => {
      const before = stage.demo.counters.idp.refresh;
      const first = await tokensFor(stage.demo, agent);
      const second = await refresh(stage.demo, first.body["refresh_token"]);
      assert.equal(second.status, 200);
      assert.notEqual(second.body["refresh_token"], first.body["refresh_token"]);
      assert.equal(decodeJwt(second.body["id_token"]!)["nonce"], "nonce");

      const reused = await refresh(stage.demo, first.body["refresh_token"]);
      assert.deepEqual([reused.status, reused.body["error"]], [400, "invalid_grant"]);
      const orphan = await refresh(stage.demo, second.body["refresh_token"]);
      assert.deepEqual([orphan.status, orphan.body["error"]], [400, "invalid_grant"]);
      assert.equal(stage.demo.counters.idp.refresh, before + 3);
    });

    it("leave the session as it is when their family ends: the next sign-in is silent", async () => {
      const { body } = await tokensFor(stage.demo, agent);
      await refresh(stage.demo, body["refresh_token"]);
      await refresh(stage.demo, body["refresh_token"]);
      assert.ok((await silently()).has("code"));
    });

    it("die with the session, by a revocation, and when they are forgotten", async () => {
      const session = await tokensFor(stage.demo, agent);
      assert.ok(stage.demo.idp.endSessions() > 0);
      assert.equal((await refresh(stage.demo, session.body["refresh_token"])).status, 400);

      const revoked = await tokensFor(stage.demo, agent);
      const answer = await fetch(`${stage.demo.idpUrl}/token/revocation`, {
        method: "POST",
        headers: { origin: stage.demo.siteUrl },
        body: new URLSearchParams({
          client_id: "messaging-page",
          token: revoked.body["refresh_token"]!,
        }),
      });
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get("access-control-allow-origin"), stage.demo.siteUrl);
      assert.equal((await refresh(stage.demo, revoked.body["refresh_token"])).status, 400);

      const forgotten = await tokensFor(stage.demo, agent);
      stage.demo.idp.forgetRefreshTokens();
      assert.equal((await refresh(stage.demo, forgotten.body["refresh_token"])).status, 400);
    });

    it("outlive the session where offline access was consented to", async () => {
      const { body } = await tokensFor(stage.demo, agent, {
        scope: "openid offline_access",
        prompt: "consent",
      });
      stage.demo.idp.endSessions();
      assert.equal((await refresh(stage.demo, body["refresh_token"])).status, 200);
    });

    it("are not given to another origin", async () => {
      const { body } = await tokensFor(stage.demo, agent);
      const { headers } = await askForTokens(
        stage.demo,
        { grant_type: "refresh_token", refresh_token: body["refresh_token"]! },
        { origin: "https://elsewhere.example" },
      );
      assert.equal(headers.get("access-control-allow-origin"), null);
    });

    it("are refused where the session is over by the scenario's trouble", async () => {
      const { body } = await tokensFor(stage.demo, agent);
      const response = await fetch(`${stage.demo.idpUrl}/token?demo_trouble=ended`, {
        method: "POST",
        headers: { origin: stage.demo.siteUrl },
        body: new URLSearchParams({
          grant_type: "refresh_token",
          client_id: "messaging-page",
          refresh_token: body["refresh_token"]!,
        }),
      });
      assert.equal(response.status, 400);
      assert.equal(response.headers.get("access-control-allow-origin"), stage.demo.siteUrl);
    });
  });

  describe("a silent request", () => {
    it("is answered by the session, until that ends", async () => {
      assert.equal((await silently()).get("error"), "login_required");
      await tokensFor(stage.demo, agent);
      assert.ok((await silently()).has("code"));
      assert.ok(stage.demo.idp.signedIn().includes("ada"));
      stage.demo.idp.endSessions();
      assert.deepEqual(stage.demo.idp.signedIn(), []);
      assert.equal((await silently()).get("error"), "login_required");
    });

    it("is counted, and can't see the session where cookies are blocked", async () => {
      await tokensFor(stage.demo, agent);
      const before = stage.demo.counters.idp.silent;
      const framed = { demo_trouble: "no-cookies" };
      assert.equal((await silently(framed)).get("error"), "login_required");
      assert.ok((await silently()).has("code"), "the browser's cookie is still good");
      assert.equal(stage.demo.counters.idp.silent, before + 2);
    });

    it("asks for the consumer where the session is too weak or too old", async () => {
      await tokensFor(stage.demo, agent);
      const strong = await silently({ acr_values: "urn:alder:2" });
      assert.equal(strong.get("error"), "interaction_required");
      assert.ok((await silently({ max_age: "60" })).has("code"));
      moveClock(61_000);
      assert.equal((await silently({ max_age: "60" })).get("error"), "login_required");
    });
  });

  it("sets cookies that reach a frame of another site, or not, as the option says", async () => {
    const cookies = async (): Promise<string> => {
      const response = await agent.request(
        authorizationAddress(stage.demo, {
          code_challenge: makePkce().challenge,
          code_challenge_method: "S256",
        }),
      );
      return response.headers.getSetCookie().join("\n");
    };
    assert.match(await cookies(), /samesite=none/i);
    assert.match(await cookies(), /secure/i);
    assert.doesNotMatch(await cookies(), /samesite=lax/i);
  });

  it("asks for a second proof where the request wants the second level", async () => {
    const { verifier, challenge } = makePkce();
    const login = await agent.follow(
      authorizationAddress(stage.demo, {
        code_challenge: challenge,
        code_challenge_method: "S256",
        acr_values: "urn:alder:2",
        login_hint: "grace@example.com",
        ui_locales: "ar de",
      }),
    );
    const html = await login.response.text();
    assert.match(html, /lang="ar" dir="rtl"/);
    assert.match(html, /data-consumer="grace"\s+data-suggested autofocus/);
    const proof = await submit(agent, login.address, { consumer: "grace" });
    assert.match(await proof.response.text(), /id="prove"/);
    const { address } = await submit(agent, login.address, { consumer: "grace", proof: "1" });
    const { body } = await askForTokens(stage.demo, {
      grant_type: "authorization_code",
      code: address.searchParams.get("code")!,
      redirect_uri: `${stage.demo.siteUrl}/callback.html`,
      code_verifier: verifier,
    });
    const claims = decodeJwt(body["id_token"]!);
    assert.equal(claims["acr"], "urn:alder:2");
    assert.equal(typeof claims["auth_time"], "number");

    // The session is strong now: nobody is asked twice.
    assert.ok((await silently({ acr_values: "urn:alder:2" })).has("code"));
  });

  it("signs with a new key after a rotation, and keeps the old one published or not", async () => {
    const keys = async (): Promise<string[]> => {
      const response = await fetch(`${stage.demo.idpUrl}/jwks`);
      const body = (await response.json()) as { keys: { kid: string }[] };
      return body.keys.map(({ kid }) => kid);
    };
    const { body } = await tokensFor(stage.demo, agent);
    const old = decodeProtectedHeader(body["id_token"]!).kid;
    const kept = await stage.demo.idp.rotateKeys();
    const fresh = await refresh(stage.demo, body["refresh_token"]);
    assert.equal(decodeProtectedHeader(fresh.body["id_token"]!).kid, kept);
    assert.deepEqual(await keys(), [kept, old]);
    const only = await stage.demo.idp.rotateKeys({ keepOld: false });
    assert.deepEqual(await keys(), [only]);
    assert.ok((await silently()).has("code"), "sessions outlive the rotation");
  });

  it("changes the lifetime of ID tokens while it runs", async () => {
    stage.demo.idp.setIdTokenLifetime(7);
    const { exp, iat } = decodeJwt((await tokensFor(stage.demo, agent)).body["id_token"]!);
    stage.demo.idp.setIdTokenLifetime(3600);
    assert.equal(exp! - iat!, 7);
  });

  it("answers the hybrid flow with a code and an ID token that vouches for it", async () => {
    const response = await signInAt(stage.demo, agent, {
      client_id: "messaging-hybrid",
      response_type: "code id_token",
    });
    const { payload } = await jwtVerify(
      response.get("id_token")!,
      createRemoteJWKSet(new URL(`${stage.demo.idpUrl}/jwks`)),
    );
    assert.equal(typeof payload["c_hash"], "string");
    assert.ok(response.get("code"));
  });

  it("takes pushed requests, and nothing else from the client that must push", async () => {
    const { challenge } = makePkce();
    const parameters = {
      client_id: "messaging-par",
      code_challenge: challenge,
      code_challenge_method: "S256",
    };
    const direct = await agent.follow(authorizationAddress(stage.demo, parameters));
    assert.equal(direct.address.searchParams.get("error"), "invalid_request");

    const request = new URL(authorizationAddress(stage.demo, parameters)).searchParams;
    const pushed = await fetch(`${stage.demo.idpUrl}/request`, {
      method: "POST",
      headers: { origin: stage.demo.siteUrl },
      body: request,
    });
    assert.equal(pushed.status, 201);
    assert.equal(pushed.headers.get("access-control-allow-origin"), stage.demo.siteUrl);
    const { request_uri } = (await pushed.json()) as { request_uri: string };
    const short = new URLSearchParams({ client_id: "messaging-par", request_uri });
    const login = await agent.follow(`${stage.demo.idpUrl}/auth?${short}`);
    const { address } = await submit(agent, login.address, { consumer: "ada" });
    assert.ok(address.searchParams.get("code"));
    assert.equal(stage.demo.counters.idp.pushed, 1);
  });

  it("binds tokens to a key, and demands nonces where it is told to", async () => {
    const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
    const jwk = await exportJWK(publicKey);
    const prove = (nonce?: string): Promise<string> =>
      new SignJWT({
        htm: "POST",
        htu: `${stage.demo.idpUrl}/token`,
        jti: crypto.randomUUID(),
        ...(nonce ? { nonce } : {}),
      })
        .setProtectedHeader({ alg: "ES256", typ: "dpop+jwt", jwk })
        .setIssuedAt()
        .sign(privateKey);
    const codeFor = async (): Promise<Record<string, string>> => {
      const { verifier, challenge } = makePkce();
      const response = await signInAt(stage.demo, agent, {
        client_id: "messaging-dpop",
        code_challenge: challenge,
        code_challenge_method: "S256",
      });
      return {
        client_id: "messaging-dpop",
        grant_type: "authorization_code",
        code: response.get("code")!,
        redirect_uri: `${stage.demo.siteUrl}/callback.html`,
        code_verifier: verifier,
      };
    };

    assert.equal((await askForTokens(stage.demo, await codeFor())).status, 400);
    const bound = await askForTokens(stage.demo, await codeFor(), { dpop: await prove() });
    assert.equal(bound.body["token_type"], "DPoP");
    assert.match(bound.headers.get("access-control-expose-headers") ?? "", /DPoP-Nonce/);

    const again = { client_id: "messaging-dpop", grant_type: "refresh_token" };
    const token = { refresh_token: bound.body["refresh_token"]! };
    assert.equal((await askForTokens(stage.demo, { ...again, ...token })).status, 400);

    stage.demo.idp.requireDpopNonce(true);
    const asked = await askForTokens(stage.demo, { ...again, ...token }, { dpop: await prove() });
    assert.equal(asked.body["error"], "use_dpop_nonce");
    const nonce = asked.headers.get("dpop-nonce")!;
    const { status } = await askForTokens(
      stage.demo,
      { ...again, ...token },
      { dpop: await prove(nonce) },
    );
    stage.demo.idp.requireDpopNonce(false);
    assert.equal(status, 200);
  });

  it("signs out without a question where the ID token is of who is signed in", async () => {
    const { body } = await tokensFor(stage.demo, agent);
    const query = new URLSearchParams({
      id_token_hint: body["id_token"]!,
      post_logout_redirect_uri: `${stage.demo.siteUrl}/callback.html`,
      state: "out",
    });
    const page = await agent.request(`${stage.demo.idpUrl}/session/end?${query}`);
    const html = await page.text();
    assert.match(html, /submit\.js/);
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(html)?.[1] ?? "";
    const { address } = await submit(agent, new URL(`${stage.demo.idpUrl}/session/end/confirm`), {
      xsrf,
      logout: "yes",
    });
    assert.equal(address.href, `${stage.demo.siteUrl}/callback.html?state=out`);
    assert.equal((await silently()).get("error"), "login_required");

    await tokensFor(stage.demo, agent);
    const unasked = await agent.request(
      `${stage.demo.idpUrl}/session/end?client_id=messaging-page`,
    );
    assert.doesNotMatch(await unasked.text(), /submit\.js/);
  });

  it("fails as it is told to, as often as it is told to", async () => {
    const { body } = await tokensFor(stage.demo, agent);
    stage.demo.idp.interrupt({ path: "refresh", status: 503, retryAfter: 2, times: 2 });
    for (let time = 0; time < 2; time += 1) {
      const { status, headers } = await refresh(stage.demo, body["refresh_token"]);
      assert.equal(status, 503);
      assert.equal(headers.get("retry-after"), "2");
      assert.equal(headers.get("access-control-allow-origin"), stage.demo.siteUrl);
    }
    assert.equal((await refresh(stage.demo, body["refresh_token"])).status, 200);

    stage.demo.idp.interrupt({ path: "keys", cut: true });
    await assert.rejects(fetch(`${stage.demo.idpUrl}/jwks`));
    stage.demo.idp.interrupt({ path: "discovery", hang: true, times: Infinity });
    const discovery = `${stage.demo.idpUrl}/.well-known/openid-configuration`;
    await assert.rejects(fetch(discovery, { signal: AbortSignal.timeout(200) }));
    stage.demo.idp.restore();
    assert.equal((await fetch(discovery)).status, 200);
  });
});

describe("the demo's identity provider, with cookies of its own site only", () => {
  const stage = useServers({ idpCookies: "lax", refreshTokenLifetime: 60 });

  it("keeps its cookies out of frames", async () => {
    const response = await createUserAgent(stage.demo).request(
      authorizationAddress(stage.demo, {
        code_challenge: makePkce().challenge,
        code_challenge_method: "S256",
      }),
    );
    const cookies = response.headers.getSetCookie().join("\n");
    assert.match(cookies, /samesite=lax/i);
    assert.doesNotMatch(cookies, /secure/i);
  });

  it("gives refresh tokens the lifetime that it was told", async () => {
    const { body } = await tokensFor(stage.demo, createUserAgent(stage.demo));
    moveClock(59_000);
    const { status, body: next } = await refresh(stage.demo, body["refresh_token"]);
    assert.equal(status, 200);
    moveClock(61_000);
    const late = await refresh(stage.demo, next["refresh_token"]);
    assert.equal(late.body["error"], "invalid_grant");
  });
});
