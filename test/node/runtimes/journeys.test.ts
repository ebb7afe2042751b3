import assert from "node:assert/strict";
import { randomBytes, type JsonWebKey } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";

import { APPS, DESK_CALLBACK } from "../../../demo/cloud/sentinel/apps.js";
import { ACCOUNTS } from "../../../demo/scenarios.js";
import type { Demo } from "../../../demo/servers.js";
import { visitCloud } from "../applications/support/applications.js";
import { basic, CLOUD, exchange, makePkce } from "../issuer/support/clients.js";
import { readByHand } from "../issuer/support/independent.js";
import { makeKey } from "../issuer/support/keys.js";
import { useServers } from "../support/use-servers.js";
import { RUNTIMES, type Running } from "./support/runtimes.js";

const ISSUER = "https://www.brand.example";
const RETURN_PAGE = "https://www.brand.example/callback.html";
const KEY = makeKey();
const SIGNED_IN = { cookie: "other=1; signed-in=ada" };

const usersOf = ({ cloudUrl }: Demo): string =>
  `${cloudUrl}/api/account/${ACCOUNTS.normal}/configuration/le-users/users`;

/** All that the server of `server/app.js` is told; it is the same in every runtime. */
function settingsFor(demo: Demo, troubles: string): unknown {
  const { appKey, secret, accessToken, accessTokenSecret } = demo.cloud.credentials.application;
  return {
    issuer: { issuer: ISSUER, signingKey: KEY.pem },
    clients: [{ ...CLOUD, redirectUris: [RETURN_PAGE], requirePkce: true }],
    pageOrigin: ISSUER,
    domains: {
      accountId: ACCOUNTS.normal,
      domainApi: demo.cloudUrl,
      allowedHosts: [new URL(demo.cloudUrl).hostname],
    },
    slowDomains: { domainApi: troubles, requestTimeout: 2000, retryFor: 0 },
    apiKey: {
      consumerKey: appKey,
      consumerSecret: secret,
      token: accessToken,
      tokenSecret: accessTokenSecret,
    },
    bearerUrl: usersOf(demo),
    machine: { clientId: APPS.connector, clientSecret: demo.appSecrets.connector },
    application: {
      clientId: APPS.desk,
      clientSecret: demo.appSecrets.desk,
      redirectUri: `${demo.applicationUrl}${DESK_CALLBACK}`,
    },
    handlers: { cookieSecrets: [randomBytes(32).toString("base64")] },
    callback: DESK_CALLBACK,
  };
}

/** Services as no service should be. */
async function startTroubles(): Promise<Server> {
  const asked = new Set<string | undefined>();
  const server = createServer(({ url }, response) => {
    server.emit("asked");
    const [, service] = /service\/(\w+)\/baseURI/.exec(url ?? "") ?? [];
    // It is lost the first time, and there the second time.
    if (service !== undefined && asked.has(service)) {
      const { port } = server.address() as AddressInfo;
      response.end(JSON.stringify({ service, baseURI: `127.0.0.1:${port}` }));
    }
    asked.add(service);
    if (url === "/redirect") response.writeHead(302, { location: "/elsewhere" }).end();
    if (url === "/long") response.end(Buffer.alloc(1_500_000, "a"));
    if (url === "/elsewhere") response.end("reached");
    // What is left waits for ever.
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

describe("the modules for servers", () => {
  const stage = useServers();
  let troubles: Server;

  before(async () => {
    troubles = await startTroubles();
  });
  after(() => {
    troubles.close();
    troubles.closeAllConnections();
  });

  for (const [name, start] of Object.entries(RUNTIMES)) {
    describe(`in ${name}`, () => {
      let running: Running;
      const at = (path: string): string => `${running.origin}${path}`;
      const troublesAt = (path: string): string =>
        `http://127.0.0.1:${(troubles.address() as AddressInfo).port}${path}`;

      before(async () => {
        running = await start(settingsFor(stage.demo, troublesAt("")));
      });
      after(() => running.stop());

      const ask = (
        path: string,
        form: Record<string, string>,
        headers: Record<string, string> = SIGNED_IN,
      ) =>
        fetch(at(path), {
          method: "POST",
          headers: { origin: ISSUER, ...headers },
          body: new URLSearchParams(form),
        });

      async function verified(idToken: unknown): Promise<Readonly<Record<string, unknown>>> {
        const { keys } = (await (await fetch(at("/jwks"))).json()) as {
          keys: JsonWebKey[];
        };
        assert.equal(keys.length, 1);
        const byPublished = readByHand(String(idToken), keys[0]!);
        assert.equal(byPublished.header["kid"], keys[0]!["kid"]);
        return readByHand(String(idToken), KEY.publicKey).claims;
      }

      it("many at once may ask for the same", async () => {
        const answers = await Promise.all(
          Array.from({ length: 20 }, async () => {
            const response = await fetch(at("/service?name=agentVep"));
            return `${response.status} ${await response.text()}`;
          }),
        );
        assert.deepEqual(new Set(answers), new Set([`200 ${stage.demo.cloudUrl}`]));
        const tokens = await Promise.all(
          Array.from({ length: 20 }, async () => (await fetch(at("/machine"))).text()),
        );
        assert.equal(new Set(tokens).size, 1);
        assert.equal(tokens[0]!.split(".").length, 3, tokens[0]);
      });

      it("whoever goes away leaves the others an answer", async () => {
        const path = at(`/slow-service?name=of${name}`);
        const leave = new AbortController();
        const asked = once(troubles, "asked");
        const first = fetch(path, { signal: leave.signal });
        await asked;
        const second = fetch(path);
        leave.abort();
        await assert.rejects(first, { name: "AbortError" });
        // Those who share the lost request may get its error, but they get it in time.
        for (const { status } of await Promise.all([second, fetch(path)])) {
          assert.ok(status === 200 || status === 502, `${status}`);
        }
        const third = await fetch(path);
        assert.equal(third.status, 200, await third.text());
      });

      it("a session's cookie becomes an ID token", async () => {
        const response = await ask("/credential", { nonce: "n-1" });
        assert.equal(response.status, 200);
        assert.equal(response.headers.get("access-control-allow-origin"), ISSUER);
        const { id_token } = (await response.json()) as Record<string, string>;
        const { iat, exp, ...claims } = await verified(id_token);
        assert.equal(Number(exp) - Number(iat), 3600);
        assert.deepEqual(claims, {
          iss: ISSUER,
          aud: CLOUD.clientId,
          sub: "ada",
          given_name: "Ada",
          nonce: "n-1",
        });
        assert.equal((await ask("/credential", {}, {})).status, 204);
        assert.equal(
          (await ask("/credential", {}, { origin: "https://evil.example" })).status,
          403,
        );
        const preflight = await fetch(at("/credential"), {
          method: "OPTIONS",
          headers: { origin: ISSUER, "access-control-request-method": "POST" },
        });
        assert.equal(preflight.status, 204);
      });

      it("a code of the credential endpoint becomes an ID token, once", async () => {
        const { verifier, challenge } = makePkce();
        const asked = { code_challenge: challenge, code_challenge_method: "S256" };
        const given = (await (await ask("/code", asked)).json()) as Record<string, string>;
        const form = {
          grant_type: "authorization_code",
          code: given["code"] ?? "",
          redirect_uri: given["redirect_uri"] ?? "",
          code_verifier: verifier,
        };
        const { status, body } = await exchange(at("/token"), form);
        assert.equal(status, 200, JSON.stringify(body));
        assert.equal((await verified(body["id_token"]))["sub"], "ada");
        const again = await exchange(at("/token"), form);
        assert.deepEqual([again.status, again.body["error"]], [400, "invalid_code"]);
      });

      it("a sign-in by redirect becomes an ID token; a wrong secret is refused", async () => {
        const { verifier, challenge } = makePkce();
        const query = new URLSearchParams({
          response_type: "code",
          client_id: CLOUD.clientId,
          redirect_uri: RETURN_PAGE,
          scope: "openid",
          state: "the state & more",
          nonce: "n-2",
          code_challenge: challenge,
          code_challenge_method: "S256",
        });
        const authorize = async (): Promise<string> => {
          const response = await fetch(at(`/authorize?${query}`), {
            headers: SIGNED_IN,
            redirect: "manual",
          });
          const { origin, pathname, searchParams } = new URL(response.headers.get("location")!);
          assert.equal(`${origin}${pathname}`, RETURN_PAGE);
          assert.equal(searchParams.get("state"), "the state & more");
          return searchParams.get("code") ?? "";
        };
        const formOf = async () => ({
          grant_type: "authorization_code",
          code: await authorize(),
          redirect_uri: RETURN_PAGE,
          code_verifier: verifier,
        });
        const { status, body } = await exchange(at("/token"), await formOf());
        assert.equal(status, 200, JSON.stringify(body));
        assert.equal((await verified(body["id_token"]))["nonce"], "n-2");

        const wrong = basic(CLOUD.clientId, `${CLOUD.clientSecret}x`);
        const refused = await exchange(at("/token"), await formOf(), { authorization: wrong });
        assert.deepEqual([refused.status, refused.body["error"]], [401, "unauthorized_client"]);
        assert.match(refused.headers.get("www-authenticate") ?? "", /^Basic realm=/);
        const other = { ...(await formOf()), code_verifier: makePkce().verifier };
        const unbound = await exchange(at("/token"), other);
        assert.deepEqual([unbound.status, unbound.body["error"]], [400, "invalid_code"]);
      });

      it("a body that is too long is refused", async () => {
        const { status } = await ask("/credential", { nonce: "n".repeat(70_000) });
        assert.equal(status, 413);
      });

      it("requests are signed as the cloud wants them", async () => {
        const signed = (url: string) => fetch(at("/signed"), { method: "POST", body: url });
        const response = await signed(`${usersOf(stage.demo)}?v=1&login_name=mary.manager`);
        assert.equal(response.status, 200);
        assert.equal(((await response.json()) as unknown[]).length, 1);
        for (const [path, code] of [
          ["/redirect", "response_invalid"],
          ["/long", "response_invalid"],
          ["/never", "request_timeout"],
        ] as const) {
          const refused = (await (await signed(troublesAt(path))).json()) as { code: string };
          assert.equal(refused.code, code, path);
        }
        const nobody = (await (await signed("http://127.0.0.1:9/")).json()) as { code: string };
        assert.equal(nobody.code, "request_failed");
      });

      it("the services of an account are found", async () => {
        const services = (await (await fetch(at("/services"))).json()) as Record<string, string>;
        assert.equal(services["sentinel"], stage.demo.cloudUrl);
      });

      it("agents and bots log in, call a service, and log out", async () => {
        const { user, application } = stage.demo.cloud.credentials;
        const logIn = async (credentials: unknown): Promise<unknown> => {
          const body = JSON.stringify(credentials);
          return (await fetch(at("/agent"), { method: "POST", body })).json();
        };
        for (const credentials of [user, application]) {
          const { name, renewed, status, over } = (await logIn(credentials)) as Record<
            string,
            unknown
          >;
          assert.deepEqual([name, status, over], [credentials.username, 200, true]);
          assert.ok(Number(renewed) > Date.now());
        }
        const refused = (await logIn({ ...user, password: "wrong" })) as Record<string, string>;
        assert.equal(refused["code"], "access_denied");
      });

      it("users sign in to an application, are known by its cookie, and sign out", async () => {
        const cookies = new Map<string, string>();
        const visit = async (
          path: string,
          init: { method?: string; headers?: Record<string, string> } = {},
        ): Promise<Response> => {
          const cookie = [...cookies].map(([key, value]) => `${key}=${value}`).join("; ");
          const response = await fetch(at(path), {
            ...init,
            headers: { ...init.headers, cookie },
            redirect: "manual",
          });
          for (const line of response.headers.getSetCookie()) {
            const [, key = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
            assert.match(line, /; HttpOnly/);
            if (/; Max-Age=0\b/.test(line)) cookies.delete(key);
            else cookies.set(key, value);
          }
          return response;
        };
        const login = await visit("/login?return_to=/inbox");
        assert.equal(login.status, 302, await login.text());
        const callback = await visitCloud(login.headers.get("location")!);
        const back = await visit(`${callback.pathname}${callback.search}`);
        assert.equal(back.status, 303, await back.text());
        assert.equal(back.headers.get("location"), `${stage.demo.applicationUrl}/inbox`);
        assert.deepEqual([...cookies.keys()], ["application"]);

        const me = (await (await visit("/me")).json()) as Record<string, string>;
        assert.equal(me["sub"], "3552833710");
        const byForm = { method: "POST", headers: { origin: stage.demo.applicationUrl } };
        assert.equal((await visit("/refresh", byForm)).status, 204);
        assert.equal((await visit("/logout", { method: "POST" })).status, 403);
        assert.equal((await visit("/logout", byForm)).status, 303);
        assert.equal(await (await visit("/me")).json(), null);
        const replayed = await visit(`${callback.pathname}${callback.search}`);
        assert.equal(replayed.status, 400);
      });
    });
  }
});
