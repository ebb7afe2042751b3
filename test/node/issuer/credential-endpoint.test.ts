import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { after, afterEach, before, describe, it } from "node:test";
import {
  createAuthorizationCodes,
  createCredentialEndpoint,
  createTokenEndpoint,
  createTokenIssuer,
  type ConsumerClaims,
  type CredentialEndpointOptions,
  type FindConsumer,
  type IssuerError,
} from "../../../src/issuer.js";
import { CLOUD, exchange, makePkce } from "./support/clients.js";
import { readByHand } from "./support/independent.js";
import { makeKey } from "./support/keys.js";
import { refused } from "./support/refused.js";
import { serve, type Served } from "./support/serving.js";

const PAGE = "https://www.brand.example";
const SHOP = "https://shop.brand.example";
/** Milliseconds: a machine that is busy is no site that hangs. */
const PATIENCE = 30_000;
const key = makeKey();
const issuer = await createTokenIssuer({ issuer: PAGE, signingKey: key.pem });

describe("the credential endpoint", () => {
  const codes = createAuthorizationCodes();
  const errors: IssuerError[] = [];
  const signedIn: FindConsumer<IncomingMessage> = ({ headers }) =>
    headers.get("cookie") === "session=ada" ? { sub: "ada", given_name: "Ada" } : null;
  let findConsumer = signedIn;
  let served: Served;

  before(async () => {
    const shared: CredentialEndpointOptions<IncomingMessage> = {
      issuer,
      allowedOrigins: [PAGE, SHOP],
      findConsumer: (request, context) => findConsumer(request, context),
      timeout: PATIENCE,
      onError: (error) => errors.push(error),
    };
    const { clientId } = CLOUD;
    served = await serve({
      "/credential": createCredentialEndpoint({ ...shared, clientId: "page" }),
      "/impatient": createCredentialEndpoint({ ...shared, timeout: 300 }),
      "/code": createCredentialEndpoint({ ...shared, clientId, codes }),
      "/pkce": createCredentialEndpoint({ ...shared, clientId, codes, requirePkce: true }),
      "/token": createTokenEndpoint({ issuer, codes, clients: [CLOUD] }),
    });
  });
  after(() => served.close());
  afterEach(() => {
    findConsumer = signedIn;
    errors.length = 0;
  });

  const ask = (
    path: string,
    form: Record<string, string> = {},
    headers: Record<string, string> = {},
    method = "POST",
  ): Promise<Response> =>
    fetch(`${served.origin}${path}`, {
      method,
      headers: { origin: PAGE, cookie: "session=ada", ...headers },
      ...(method === "POST" && { body: new URLSearchParams(form) }),
    });
  const bodyOf = async (response: Response): Promise<Record<string, string>> =>
    (await response.json()) as Record<string, string>;

  it("gives the page an ID token of who is signed in", async () => {
    const response = await ask("/credential", { nonce: "n-1" });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("cache-control"), "no-store");
    const body = await bodyOf(response);
    assert.deepEqual(Object.keys(body), ["id_token"]);
    const { claims } = readByHand(body["id_token"] ?? "", key.publicKey);
    assert.deepEqual(
      [claims["sub"], claims["aud"], claims["nonce"], claims["given_name"]],
      ["ada", "page", "n-1", "Ada"],
    );
  });

  it("says that nobody is, with 204 and nothing else", async () => {
    for (const nobody of [null, undefined]) {
      findConsumer = () => nobody;
      const response = await ask("/credential");
      assert.deepEqual([response.status, await response.text()], [204, ""]);
      assert.equal(response.headers.get("cache-control"), "no-store");
    }
    assert.equal((await ask("/credential", {}, { cookie: "session=mallory" })).status, 204);
  });

  it("lets findConsumer see the request, and what the server knows besides", async () => {
    let seen: unknown;
    findConsumer = (request, context) => {
      seen = [request.headers.get("cookie"), context.method, context.socket.remoteAddress];
      return null;
    };
    await ask("/credential");
    assert.deepEqual(seen, ["session=ada", "POST", "127.0.0.1"]);
  });

  it("gives a code that only the cloud can exchange, bound to the window's challenge", async () => {
    const { verifier, challenge } = makePkce();
    for (const path of ["/code", "/pkce"]) {
      const response = await ask(path, {
        code_challenge: challenge,
        code_challenge_method: "S256",
      });
      const { code = "", redirect_uri = "", ...more } = await bodyOf(response);
      assert.equal(redirect_uri, "https://liveperson.net");
      assert.deepEqual(more, {});
      const form = { grant_type: "authorization_code", code, redirect_uri };
      const answer = await exchange(`${served.origin}/token`, { ...form, code_verifier: verifier });
      assert.equal(answer.status, 200);
      const { claims } = readByHand(answer.body["id_token"] ?? "", key.publicKey);
      assert.deepEqual([claims["sub"], claims["aud"]], ["ada", CLOUD.clientId]);
    }
  });

  it("gives a code without a challenge where the connector has no PKCE, and only there", async () => {
    assert.equal((await ask("/code")).status, 200);
    assert.equal((await ask("/pkce")).status, 400);
  });

  const CHALLENGES: Readonly<Record<string, Record<string, string>>> = {
    "too short": { code_challenge: "short", code_challenge_method: "S256" },
    plain: { code_challenge: makePkce().challenge, code_challenge_method: "plain" },
    "without a method": { code_challenge: makePkce().challenge },
    "that isn't there": { code_challenge_method: "S256" },
    empty: { code_challenge: "", code_challenge_method: "S256" },
  };
  for (const [name, form] of Object.entries(CHALLENGES)) {
    it(`refuses a challenge ${name}`, async () => {
      const response = await ask("/code", form);
      assert.deepEqual(
        [response.status, (await bodyOf(response))["error"]],
        [400, "invalid_request"],
      );
    });
  }

  it("binds no ID token to a challenge: the set-up is wrong", async () => {
    const form = { code_challenge: makePkce().challenge, code_challenge_method: "S256" };
    assert.equal((await ask("/credential", form)).status, 400);
  });

  describe("answers pages of the allowed origins, and no others", () => {
    const handler = createCredentialEndpoint<IncomingMessage>({
      issuer,
      allowedOrigins: [PAGE],
      findConsumer: (request, context) => findConsumer(request, context),
    });
    const direct = (headers: Record<string, string>): Promise<Response> =>
      handler(new Request(PAGE, { method: "POST", headers }));

    const REFUSED: Readonly<Record<string, Record<string, string>>> = {
      "another origin": { origin: "https://elsewhere.example" },
      "an origin that looks like it": { origin: `${PAGE}.elsewhere.example` },
      "another scheme": { origin: "http://www.brand.example" },
      "another port": { origin: `${PAGE}:8443` },
      "a page without an origin": { origin: "null" },
      "several origins": { origin: `${PAGE} ${PAGE}` },
      "an origin with a path": { origin: `${PAGE}/` },
      capitals: { origin: PAGE.toUpperCase() },
      "another site, whatever its origin says": {
        origin: "https://elsewhere.example",
        "sec-fetch-site": "same-origin",
      },
      "a person's address bar": { "sec-fetch-site": "none" },
      "a form that is sent": { "sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate" },
      "an image": { "sec-fetch-site": "same-origin", "sec-fetch-mode": "no-cors" },
    };
    for (const [name, headers] of Object.entries(REFUSED)) {
      it(`not ${name}`, async () => {
        let isAsked = false;
        findConsumer = () => {
          isAsked = true;
          return null;
        };
        // Node's fetch has a Sec-Fetch-Mode of its own.
        const response = await direct({ origin: PAGE, ...headers });
        assert.equal(response.status, 403);
        assert.equal(response.headers.get("access-control-allow-origin"), null);
        assert.equal(isAsked, false);
      });
    }

    it("not one that says nothing of where it comes from", async () => {
      assert.equal((await direct({})).status, 403);
      assert.equal((await direct({ "sec-fetch-site": "same-site" })).status, 403);
      assert.equal((await direct({ "sec-fetch-site": "cross-site" })).status, 403);
      assert.equal((await direct({ "sec-fetch-site": "same-origin" })).status, 204);
    });

    it("and lets those read the answer, the bad ones too", async () => {
      for (const form of [{}, { code_challenge: "short" }]) {
        const response = await ask("/credential", form, {
          origin: SHOP,
          "sec-fetch-site": "same-site",
        });
        assert.equal(response.headers.get("access-control-allow-origin"), SHOP);
        assert.equal(response.headers.get("access-control-allow-credentials"), "true");
        assert.equal(response.headers.get("vary"), "Origin");
      }
      findConsumer = () => Promise.reject(new Error("down"));
      const failed = await ask("/credential", {}, { origin: SHOP });
      assert.deepEqual(
        [failed.status, failed.headers.get("access-control-allow-origin")],
        [500, SHOP],
      );
    });

    it("and their preflight, without a look at who is signed in", async () => {
      const response = await ask("/credential", {}, { origin: SHOP }, "OPTIONS");
      assert.equal(response.status, 204);
      assert.equal(response.headers.get("access-control-allow-methods"), "POST");
      assert.equal(response.headers.get("access-control-allow-origin"), SHOP);
      const elsewhere = { origin: "https://elsewhere.example" };
      assert.equal((await ask("/credential", {}, elsewhere, "OPTIONS")).status, 403);
    });

    it("and no other method", async () => {
      for (const method of ["GET", "HEAD", "PUT", "DELETE"]) {
        const response = await ask("/credential", {}, {}, method);
        assert.deepEqual([response.status, response.headers.get("allow")], [405, "POST"]);
      }
    });
  });

  it("reads forms only, each parameter once, no more than 64 KB", async () => {
    const send = async (body: string, type: string): Promise<number> => {
      const headers = { origin: PAGE, "content-type": type };
      return (await fetch(`${served.origin}/credential`, { method: "POST", headers, body })).status;
    };
    const form = "application/x-www-form-urlencoded";
    assert.equal(await send("{}", "application/json"), 400);
    assert.equal(await send("nonce=a&nonce=b", form), 400);
    assert.equal(await send(`nonce=${"a".repeat(300)}`, form), 400);
    assert.equal(await send("nonce=%FF%FE", form), 400);
    assert.equal(await send(`a=${"a".repeat(70_000)}`, form), 413);
  });

  describe("when the site is in trouble", () => {
    it("tells the page that there is, and the records what", async () => {
      findConsumer = () => {
        throw new Error("session store: password");
      };
      const response = await ask("/credential");
      const text = await response.text();
      assert.equal(response.status, 500);
      assert.equal(text.includes("password"), false);
      assert.equal(errors[0]?.code, "consumer_lookup_failed");
      assert.equal(errors[0].message.includes("password"), false);
    });

    it("doesn't wait longer than its deadline", async () => {
      findConsumer = () => new Promise(() => undefined);
      const response = await ask("/impatient");
      assert.deepEqual([response.status, response.headers.get("retry-after")], [503, "1"]);
      assert.equal(errors[0]?.code, "request_timeout");
    });

    it("signs no claims that are wrong, as a code neither", async () => {
      findConsumer = () => ({ sub: "a", email: 5 }) as unknown as ConsumerClaims;
      for (const path of ["/credential", "/code"]) {
        const response = await ask(path);
        assert.equal(response.status, 500);
        assert.equal((await response.text()).includes("email"), false);
      }
      assert.deepEqual(
        errors.map(({ code, mistakes }) => [code, ...mistakes]),
        Array(2).fill(["invalid_claims", "email: a string is wanted, a number came"]),
      );
    });
  });

  it("is not made of wrong options", async () => {
    const good = { issuer, findConsumer: signedIn, allowedOrigins: [PAGE] };
    for (const [option, wrong] of [
      ["allowedOrigins", { allowedOrigins: [] }],
      ["allowedOrigins", { allowedOrigins: ["*"] }],
      ["allowedOrigins", { allowedOrigins: [`${PAGE}/`] }],
      ["allowedOrigins", { allowedOrigins: ["http://www.brand.example"] }],
      ["allowedOrigins", { allowedOrigins: undefined }],
      ["findConsumer", { findConsumer: undefined }],
      ["clientId", { codes }],
      ["clientId", { clientId: "" }],
      ["redirectUri", { codes, clientId: "a", redirectUri: "http://www.brand.example" }],
      ["timeout", { timeout: 0 }],
      ["onError", { onError: "log" }],
    ] as const) {
      const options = { ...good, ...wrong } as unknown as CredentialEndpointOptions;
      const error = await refused(() => createCredentialEndpoint(options), "invalid_config");
      assert.ok(error.message.startsWith(option), `${option}: ${error.message}`);
    }
  });
});
