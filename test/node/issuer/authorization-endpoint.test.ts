import assert from "node:assert/strict";
import { after, afterEach, before, describe, it, mock } from "node:test";
import {
  createAuthorizationCodes,
  createAuthorizationEndpoint,
  createTokenEndpoint,
  createTokenIssuer,
  type AuthorizationEndpointOptions,
  type CodeStore,
  type ConsumerClaims,
  type FindConsumer,
  type IssuerError,
} from "../../../src/issuer.js";
import { CLOUD, exchange, makePkce, OTHER } from "./support/clients.js";
import { readByHand } from "./support/independent.js";
import { makeKey } from "./support/keys.js";
import { refused } from "./support/refused.js";
import { serve, type Served } from "./support/serving.js";

const ISSUER = "https://www.brand.example";
const REDIRECT_URI = "https://www.brand.example/callback.html";
const WINDOW = "https://window.cloud.example/external?dialect=rfc";
/** Milliseconds: a machine that is busy is no site that hangs. */
const PATIENCE = 30_000;
const key = makeKey();
const issuer = await createTokenIssuer({ issuer: ISSUER, signingKey: key.pem });
const ADA: ConsumerClaims = { sub: "ada", auth_time: 1_795_000_000 };

describe("the authorization endpoint", () => {
  const errors: IssuerError[] = [];
  const failing: CodeStore = {
    put: () => Promise.reject(new Error("down")),
    take: () => Promise.reject(new Error("down")),
  };
  const signedIn: FindConsumer = ({ headers }) =>
    headers.get("cookie") === "session=ada" ? ADA : null;
  let findConsumer = signedIn;
  let served: Served;

  before(async () => {
    const codes = createAuthorizationCodes();
    const shared: AuthorizationEndpointOptions = {
      issuer,
      codes,
      clients: [
        { ...CLOUD, redirectUris: [REDIRECT_URI, WINDOW] },
        { ...OTHER, redirectUris: ["https://other.example/"], requirePkce: true },
      ],
      findConsumer: (request, context) => findConsumer(request, context),
      timeout: PATIENCE,
      onError: (error) => errors.push(error),
    };
    served = await serve({
      "/authorize": createAuthorizationEndpoint({ ...shared, loginPage: "/login?lang=en" }),
      "/impatient": createAuthorizationEndpoint({ ...shared, timeout: 300 }),
      "/without-login": createAuthorizationEndpoint(shared),
      "/broken": createAuthorizationEndpoint({
        ...shared,
        codes: createAuthorizationCodes({ store: failing }),
      }),
      "/token": createTokenEndpoint({ issuer, codes, clients: [CLOUD] }),
    });
  });
  after(() => served.close());
  afterEach(() => {
    findConsumer = signedIn;
    errors.length = 0;
    mock.timers.reset();
  });

  const GOOD = {
    client_id: CLOUD.clientId,
    response_type: "code",
    redirect_uri: REDIRECT_URI,
    scope: "openid",
    state: "s/+ &=1",
  };
  const go = (
    query: Record<string, string> | string,
    cookie = "session=ada",
    path = "/authorize",
  ): Promise<Response> =>
    fetch(`${served.origin}${path}?${new URLSearchParams(query)}`, {
      headers: { cookie },
      redirect: "manual",
    });
  const withGood = (
    more: Record<string, string>,
    cookie?: string,
    path?: string,
  ): Promise<Response> => go({ ...GOOD, ...more }, cookie, path);
  const target = (response: Response): URL =>
    new URL(response.headers.get("location") ?? "", served.origin);
  const answerOf = (response: Response): Record<string, string> => {
    assert.equal(response.status, 302);
    const { origin, pathname, searchParams } = target(response);
    assert.equal(`${origin}${pathname}`, REDIRECT_URI);
    return Object.fromEntries(searchParams);
  };

  it("sends who is signed in back with a code, the state as it came, and iss", async () => {
    const { verifier, challenge } = makePkce();
    const response = await withGood({
      nonce: "n-1",
      code_challenge: challenge,
      code_challenge_method: "S256",
    });
    assert.equal(response.headers.get("cache-control"), "no-store");
    assert.equal(response.headers.get("referrer-policy"), "no-referrer");
    const { code = "", ...rest } = answerOf(response);
    assert.deepEqual(rest, { state: GOOD.state, iss: ISSUER });
    const { body } = await exchange(`${served.origin}/token`, {
      grant_type: "authorization_code",
      code,
      redirect_uri: REDIRECT_URI,
      code_verifier: verifier,
    });
    const { claims } = readByHand(body["id_token"] ?? "", key.publicKey);
    assert.deepEqual(
      [claims["sub"], claims["aud"], claims["nonce"], claims["auth_time"]],
      ["ada", CLOUD.clientId, "n-1", ADA.auth_time],
    );
  });

  it("leaves the query of a redirect URI as it is", async () => {
    const response = await withGood({ redirect_uri: WINDOW });
    assert.ok(response.headers.get("location")?.startsWith(`${WINDOW}&code=`));
  });

  it("sends others to the login page, which sends them back to the same request", async () => {
    const response = await withGood({ nonce: "n-1" }, "");
    assert.equal(response.status, 302);
    const { pathname, searchParams } = target(response);
    assert.equal(pathname, "/login");
    assert.equal(searchParams.get("lang"), "en");
    const returnTo = searchParams.get("return_to") ?? "";
    assert.match(returnTo, /^\/authorize\?/);
    const again = await go(returnTo.slice("/authorize?".length));
    assert.ok(answerOf(again)["code"]);
  });

  it("asks nobody where the client says so, or where there is no login page", async () => {
    const rest = { state: GOOD.state, iss: ISSUER };
    assert.deepEqual(answerOf(await withGood({ prompt: "none" }, "")), {
      error: "login_required",
      ...rest,
    });
    assert.deepEqual(answerOf(await withGood({}, "", "/without-login")), {
      error: "login_required",
      ...rest,
    });
    assert.ok(answerOf(await withGood({ prompt: "none" }))["code"]);
  });

  it("wants a sign-in that is not longer ago than the client allows", async () => {
    mock.timers.enable({ apis: ["Date"], now: 1_795_000_100_000 });
    assert.ok(answerOf(await withGood({ max_age: "100", prompt: "none" }))["code"]);
    const late = await withGood({ max_age: "99", prompt: "none" });
    assert.equal(answerOf(late)["error"], "login_required");
    assert.equal(target(await withGood({ max_age: "99" })).pathname, "/login");
    findConsumer = () => ({ sub: "ada" });
    assert.equal(answerOf(await withGood({ max_age: "99" }))["error"], "server_error");
    assert.match(errors[0]?.message ?? "", /auth_time/);
  });

  describe("sends nobody to an address that the client hasn't registered", () => {
    const good = `${new URLSearchParams(GOOD)}`;
    const QUERIES: Readonly<Record<string, string | Record<string, string>>> = {
      "an unknown client": { ...GOOD, client_id: "unknown" },
      "a client called __proto__": { ...GOOD, client_id: "__proto__" },
      "no client": { ...GOOD, client_id: "" },
      "another address": { ...GOOD, redirect_uri: "https://elsewhere.example/" },
      "another client's address": { ...GOOD, redirect_uri: "https://other.example/" },
      "more of an address": { ...GOOD, redirect_uri: `${REDIRECT_URI}/more` },
      "a query": { ...GOOD, redirect_uri: `${REDIRECT_URI}?a=1` },
      "a fragment": { ...GOOD, redirect_uri: `${REDIRECT_URI}#` },
      "a user name": { ...GOOD, redirect_uri: "https://a@www.brand.example/callback.html" },
      capitals: { ...GOOD, redirect_uri: "https://WWW.brand.example/callback.html" },
      "a path that leads there": {
        ...GOOD,
        redirect_uri: "https://www.brand.example/x/../callback.html",
      },
      "the port of https": { ...GOOD, redirect_uri: "https://www.brand.example:443/callback.html" },
      "no address": { ...GOOD, redirect_uri: "" },
      "two addresses": `${good}&redirect_uri=${encodeURIComponent("https://elsewhere.example/")}`,
      "two clients": `${good}&client_id=${OTHER.clientId}`,
      nothing: "",
    };
    for (const [name, query] of Object.entries(QUERIES)) {
      it(`: ${name}`, async () => {
        const response = await go(query);
        assert.equal(response.status, 400);
        assert.equal(response.headers.get("location"), null);
        assert.match(response.headers.get("content-type") ?? "", /^text\/plain/);
        assert.equal((await response.text()).includes("elsewhere"), false);
      });
    }
  });

  describe("tells the client what is wrong with its request", () => {
    const { challenge } = makePkce();
    const WRONG: Readonly<Record<string, [Record<string, string>, error: string]>> = {
      "no response_type": [{ response_type: "" }, "unsupported_response_type"],
      "a token": [{ response_type: "id_token" }, "unsupported_response_type"],
      "another scope": [{ scope: "profile" }, "invalid_scope"],
      "another response mode": [{ response_mode: "fragment" }, "invalid_request"],
      "a challenge that is no S256 one": [{ code_challenge: challenge }, "invalid_request"],
      plain: [{ code_challenge: challenge, code_challenge_method: "plain" }, "invalid_request"],
      "a short challenge": [
        { code_challenge: "short", code_challenge_method: "S256" },
        "invalid_request",
      ],
      "a method without a challenge": [{ code_challenge_method: "S256" }, "invalid_request"],
      "a prompt that isn't known": [{ prompt: "login" }, "invalid_request"],
      "two prompts": [{ prompt: "none login" }, "invalid_request"],
      "an age that is none": [{ max_age: "-1" }, "invalid_request"],
      "a huge nonce": [{ nonce: "n".repeat(300) }, "invalid_request"],
      "a request object": [{ request: "eyJ" }, "request_not_supported"],
      "an address of one": [{ request_uri: "https://x.example" }, "request_uri_not_supported"],
    };
    for (const [name, [more, error]] of Object.entries(WRONG)) {
      it(`${name}: ${error}`, async () => {
        for (const cookie of ["", "session=ada"]) {
          assert.deepEqual(answerOf(await withGood(more, cookie)), {
            error,
            state: GOOD.state,
            iss: ISSUER,
          });
        }
      });
    }

    it("a parameter that comes twice", async () => {
      const good = `${new URLSearchParams(GOOD)}`;
      const twice = answerOf(await go(`${good}&scope=openid`));
      assert.deepEqual(twice, { error: "invalid_request", state: GOOD.state, iss: ISSUER });
      // Which of them is the right one, nobody knows.
      const states = answerOf(await go(`${good}&state=other`));
      assert.deepEqual(states, { error: "invalid_request", iss: ISSUER });
    });

    it("no challenge, where a client has PKCE", async () => {
      const of = { client_id: OTHER.clientId, redirect_uri: "https://other.example/" };
      const response = await withGood(of);
      assert.equal(target(response).searchParams.get("error"), "invalid_request");
    });

    it("trouble of ours, without a word of what it is", async () => {
      const broken = await withGood({}, "session=ada", "/broken");
      assert.equal(answerOf(broken)["error"], "temporarily_unavailable");
      findConsumer = () => Promise.reject(new Error("password"));
      const failed = await withGood({});
      assert.equal(answerOf(failed)["error"], "server_error");
      assert.equal(failed.headers.get("location")?.includes("password"), false);
      findConsumer = () => new Promise(() => undefined);
      const late = await withGood({}, "session=ada", "/impatient");
      assert.equal(answerOf(late)["error"], "temporarily_unavailable");
      findConsumer = () => ({ sub: "" });
      assert.equal(answerOf(await withGood({}))["error"], "server_error");
      assert.deepEqual(
        errors.map(({ code }) => code),
        ["store_failed", "consumer_lookup_failed", "request_timeout", "invalid_claims"],
      );
    });
  });

  it("answers no other method, and no endless address", async () => {
    for (const method of ["POST", "PUT", "HEAD", "OPTIONS"]) {
      const response = await fetch(`${served.origin}/authorize`, { method });
      assert.deepEqual([response.status, response.headers.get("allow")], [405, "GET"]);
    }
    assert.equal((await withGood({ state: "s".repeat(9000) })).status, 414);
  });

  it("is not made of wrong options", async () => {
    const good = {
      issuer,
      codes: createAuthorizationCodes(),
      clients: [{ ...CLOUD, redirectUris: [REDIRECT_URI] }],
      findConsumer: signedIn,
    };
    for (const [option, wrong] of [
      ["clients[].redirectUris", { clients: [CLOUD] }],
      ["clients[].redirectUris", { clients: [{ ...CLOUD, redirectUris: ["/callback"] }] }],
      ["clients", { clients: undefined }],
      ["findConsumer", { findConsumer: undefined }],
      ["loginPage", { loginPage: "login" }],
      ["loginPage", { loginPage: "//elsewhere.example" }],
      ["loginPage", { loginPage: "/\\elsewhere.example" }],
      ["loginPage", { loginPage: "http://www.brand.example/login" }],
      ["loginPage", { loginPage: "https://www.brand.example/#login" }],
    ] as const) {
      const options = { ...good, ...wrong } as unknown as AuthorizationEndpointOptions;
      const error = await refused(() => createAuthorizationEndpoint(options), "invalid_config");
      assert.ok(error.message.startsWith(option), `${option}: ${error.message}`);
    }
  });
});
