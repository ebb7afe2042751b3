import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";

import type { Browser, BrowserContext, Page } from "puppeteer-core";

import { listen, type Listener } from "../../demo/listening.js";
import { createSystemClock } from "../../src/base/clock.js";
import { createProofOfPossession } from "../../src/oidc/dpop.js";
import { serveBrandSite } from "./support/brand-site.js";
import { launch, PATIENCE, popupOf, visit } from "./support/browser.js";
import { press, problem } from "./support/demo-page.js";
import {
  startStrictProvider,
  STRICT_CLIENTS,
  type SeenRequest,
  type StrictProvider,
} from "./support/strict-provider.js";
import { claimsOf } from "./support/tokens.js";

const listeners: Listener[] = [];
let browser: Browser;
let siteUrl: string;
/** Offers PAR and demands nonces. */
let provider: StrictProvider;
/** Demands PAR of everybody, and knows nothing of DPoP. */
let demanding: StrictProvider;
let context: BrowserContext;
let page: Page;

before(async () => {
  const listenOn = async (host: string): Promise<Listener> => {
    const listener = await listen({ host, port: 0 });
    listeners.push(listener);
    return listener;
  };
  const site = await listenOn("localhost");
  siteUrl = site.origin;
  provider = await startStrictProvider(await listenOn("127.0.0.1"), { siteOrigin: siteUrl });
  demanding = await startStrictProvider(await listenOn("127.0.0.1"), {
    siteOrigin: siteUrl,
    demandsPush: true,
    withoutDpop: true,
  });
  serveBrandSite(site, `${provider.issuer} ${demanding.issuer}`);
  browser = await launch();
});

after(async () => {
  await browser.close();
  await Promise.all(listeners.map((listener) => listener.close()));
});

beforeEach(async () => {
  provider.reset();
  demanding.reset();
  ({ context, page } = await visit(browser));
});

afterEach(async () => {
  await context.close();
});

type Options = Readonly<Record<string, string>>;

async function open(idp: StrictProvider, clientId: string, options: Options = {}): Promise<void> {
  const query = new URLSearchParams({
    engagement: "authenticated",
    exchange: "widget",
    silent: "false",
    issuer: idp.issuer,
    "client-id": clientId,
    "redirect-uri": "/callback.html",
    ...options,
  });
  await page.goto(`${siteUrl}/?${query}`);
  await page.evaluate("ConsumerAuth.ready.then(() => undefined)");
}

/** Clicks, signs in in the popup, and gives what the window is answered. */
async function ask(): Promise<[unknown, string | null]> {
  await popupOf(page, () => page.click("#ask"));
  return answer();
}

async function answer(): Promise<[unknown, string | null]> {
  // By the clock: a tab in the background draws no frames.
  await page.waitForFunction("window.answer", { polling: 50, timeout: PATIENCE });
  return (await page.evaluate("window.answer")) as [unknown, string | null];
}

/** What the window doesn't get to see: the answer of the token endpoint. */
async function tokenAnswer(): Promise<Record<string, string>> {
  const response = await page.waitForResponse(
    (one) => one.url().endsWith("/token") && one.request().method() === "POST" && one.ok(),
  );
  return (await response.json()) as Record<string, string>;
}

async function signInAnew(): Promise<void> {
  await page.evaluate("ConsumerAuth.ready.then((auth) => auth.signOut())");
  await popupOf(page, () => page.evaluate("void ConsumerAuth.ready.then((auth) => auth.signIn())"));
  await page.waitForFunction(
    "ConsumerAuth.ready.then((auth) => auth.session.state === 'authenticated')",
    { polling: 50 },
  );
}

const to = ({ seen }: StrictProvider, path: string): SeenRequest[] =>
  seen.filter((request) => request.path === path);

const proofOf = ({ headers }: SeenRequest): Record<string, unknown> => claimsOf(headers["dpop"]);

async function post(
  url: string,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(url, { method: "POST", body: new URLSearchParams(form), headers });
  return {
    status: response.status,
    body: (await response.json()) as Record<string, unknown>,
  };
}

describe("tokens that are bound to the page's key", () => {
  it("come of a provider that demands its nonce, and are of no use to whoever copies them", async () => {
    await open(provider, STRICT_CLIENTS.bound, {
      dpop: "true",
      "authorization-endpoint": `${provider.issuer}/auth`,
      "token-endpoint": `${provider.issuer}/token`,
      "jwks-endpoint": `${provider.issuer}/jwks`,
    });
    const tokens = tokenAnswer();
    const [token, reason] = await ask();
    assert.equal(reason, null);
    assert.equal(claimsOf(token)["sub"], "consumer-1");

    const thumbprint = to(provider, "/auth")[0]?.query.get("dpop_jkt");
    assert.match(String(thumbprint), /^[\w-]{43}$/);
    // The first try learns the nonce, the second one has it.
    const [first, second, ...more] = to(provider, "/token").map(proofOf);
    assert.ok(first && second);
    assert.equal(more.length, 0);
    assert.equal(first["nonce"], undefined);
    assert.equal(typeof second["nonce"], "string");
    assert.equal(second["htu"], `${provider.issuer}/token`);
    assert.notEqual(second["jti"], first["jti"]);

    const { access_token, refresh_token, token_type } = await tokens;
    assert.equal(token_type, "DPoP");
    const introspection = await post(
      `${provider.issuer}/token/introspection`,
      { token: String(access_token) },
      {
        authorization: `Basic ${btoa(`${STRICT_CLIENTS.api}:${provider.apiSecret}`)}`,
      },
    );
    assert.equal(introspection.body["active"], true);
    assert.deepEqual(introspection.body["cnf"], { jkt: thumbprint });

    const refresh = {
      grant_type: "refresh_token",
      client_id: STRICT_CLIENTS.bound,
      refresh_token: String(refresh_token),
    };
    const endpoint = `${provider.issuer}/token`;
    const refuses = async (answer: Promise<{ status: number }>, because: RegExp): Promise<void> => {
      assert.equal((await answer).status, 400);
      assert.match(String(provider.refusals.at(-1)), because);
    };
    await refuses(post(endpoint, refresh), /DPoP proof JWT not provided/);
    const copied = String(to(provider, "/token")[1]?.headers["dpop"]);
    await refuses(post(endpoint, refresh, { dpop: copied }), /Replay/);
    const thief = createProofOfPossession(createSystemClock());
    const body = new URLSearchParams(refresh);
    await refuses(thief.request(endpoint, { timeout: PATIENCE, body }), /failed jkt verification/);
  });

  it("are of one key for one page, and the next login knows the nonce already", async () => {
    await open(provider, STRICT_CLIENTS.bound, { dpop: "" });
    assert.equal((await ask())[1], null);
    const before = to(provider, "/token").length;
    await signInAnew();
    assert.equal(to(provider, "/token").length, before + 1);
    const [one, another] = provider.boundTo;
    assert.match(String(one), /^[\w-]{43}$/);
    assert.equal(one, another);
  });

  it("are refused where they come as bearer tokens after all", async () => {
    await open(demanding, STRICT_CLIENTS.bearer, { dpop: "true" });
    const tokens = tokenAnswer();
    const [token, reason] = await ask();
    assert.equal((await tokens)["token_type"], "Bearer");
    assert.equal(token, "");
    assert.match(String(reason), /^token_request_failed: .*bound/);
  });

  it("need a page that proves its key: without dpop the provider refuses", async () => {
    await open(provider, STRICT_CLIENTS.bound);
    const [token, reason] = await ask();
    assert.equal(token, "");
    assert.match(String(reason), /^grant_expired: .*invalid_grant/);
    assert.equal(to(provider, "/auth")[0]?.query.has("dpop_jkt"), false);
  });

  it("can't be had where the provider hides its nonce, and the reason says what to mend", async () => {
    provider.intercept = (_request, response) => {
      const setHeader = response.setHeader.bind(response);
      response.setHeader = (name, value) =>
        /^access-control-expose/i.test(name) ? response : setHeader(name, value);
      return false;
    };
    await open(provider, STRICT_CLIENTS.bound, { dpop: "true" });
    const [, reason] = await ask();
    assert.match(
      String(reason),
      /^token_request_failed: .*Access-Control-Expose-Headers: DPoP-Nonce/,
    );
  });
});

describe("pushed authorization requests", () => {
  it("a page that doesn't push is refused by the client's provider, and ours is taken", async () => {
    const address = new URL(`${provider.issuer}/auth`);
    address.search = String(
      new URLSearchParams({
        client_id: STRICT_CLIENTS.pushed,
        response_type: "code",
        redirect_uri: `${siteUrl}/callback.html`,
        scope: "openid",
        code_challenge: "c".repeat(43),
        code_challenge_method: "S256",
      }),
    );
    const refused = await fetch(address, { redirect: "manual" });
    assert.match(String(refused.headers.get("location")), /error=invalid_request/);
    provider.reset();

    await open(provider, STRICT_CLIENTS.pushed, { dpop: "true" });
    const [token, reason] = await ask();
    assert.equal(reason, null);
    assert.equal(claimsOf(token)["sub"], "consumer-1");
    const authorization = to(provider, "/auth")[0];
    assert.deepEqual([...(authorization?.query.keys() ?? [])], ["client_id", "request_uri"]);
    // The push learns the nonce, so the exchange needs one try only.
    assert.deepEqual(
      to(provider, "/request").map((push) => typeof proofOf(push)["nonce"]),
      ["undefined", "string"],
    );
    assert.equal(to(provider, "/token").length, 1);
    assert.match(String(provider.boundTo), /^[\w-]{43}$/);
  });

  it("are used once: the next login pushes its own, and the old one is worth nothing", async () => {
    await open(demanding, STRICT_CLIENTS.bearer);
    assert.equal((await ask())[1], null);
    await signInAnew();
    const uris = to(demanding, "/auth").map(({ query }) => String(query.get("request_uri")));
    assert.equal(uris.length, 2);
    assert.notEqual(uris[0], uris[1]);
    assert.equal(to(demanding, "/request").length, 2);
    const query = new URLSearchParams({
      client_id: STRICT_CLIENTS.bearer,
      request_uri: String(uris[0]),
    });
    const again = await fetch(`${demanding.issuer}/auth?${query}`, { redirect: "manual" });
    const location = new URL(String(again.headers.get("location")));
    assert.equal(location.searchParams.get("error"), "invalid_request_uri");
    assert.equal(location.searchParams.has("code"), false);
  });

  it("that expire before the popup gets there bring no answer, and the next try pushes anew", async () => {
    const { now } = Date;
    demanding.intercept = (request, response) => {
      if (!request.url?.startsWith("/auth?")) return false;
      Date.now = () => now() + 61_000;
      response.once("close", () => (Date.now = now));
      demanding.intercept = undefined;
      return false;
    };
    await open(demanding, STRICT_CLIENTS.bearer);
    const popup = await popupOf(page, () => page.click("#ask"));
    await popup.waitForFunction("location.pathname === '/callback.html'", { polling: 50 });
    await popup.close();
    await problem(page, /seems to be closed/);
    await popupOf(page, () => press(page, "Try again"));
    assert.equal((await answer())[1], null);
    const uris = to(demanding, "/auth").map(({ query }) => query.get("request_uri"));
    assert.equal(new Set(uris).size, 2);
  });

  it("need no preflight without a key", async () => {
    const preflights: string[] = [];
    demanding.intercept = (request) => {
      if (request.method === "OPTIONS") preflights.push(String(request.url));
      return false;
    };
    await open(demanding, STRICT_CLIENTS.bearer);
    assert.equal((await ask())[1], null);
    assert.deepEqual(preflights, []);
  });

  it("an endpoint that is down where pushing is demanded: the prompt says so, and the next try works", async () => {
    demanding.intercept = ({ url }, response) => {
      if (url !== "/request") return false;
      response.writeHead(503, { "access-control-allow-origin": "*" }).end();
      return true;
    };
    await open(demanding, STRICT_CLIENTS.bearer);
    await popupOf(page, () => page.click("#ask"));
    await problem(page, /did not work/);
    assert.equal(to(demanding, "/auth").length, 0);
    demanding.intercept = undefined;
    await popupOf(page, () => press(page, "Try again"));
    assert.equal((await answer())[1], null);
  });

  it("an endpoint that never answers where pushing is demanded: the prompt says so in time", async () => {
    demanding.intercept = ({ url }) => url === "/request";
    await open(demanding, STRICT_CLIENTS.bearer, { "request-timeout": "500" });
    await popupOf(page, () => page.click("#ask"));
    await problem(page, /too long to answer/);
    await press(page, "Cancel");
    assert.match(String((await answer())[1]), /^cancelled: /);
    assert.equal(to(demanding, "/auth").length, 0);
  });

  it("an endpoint that is only offered, and refuses the page by CORS: the login goes on without", async () => {
    provider.intercept = ({ url }, response) => {
      if (url !== "/request") return false;
      response.writeHead(201, { "content-type": "application/json" });
      response.end('{"request_uri":"urn:x","expires_in":60}');
      return true;
    };
    await open(provider, STRICT_CLIENTS.bearer);
    const [token, reason] = await ask();
    assert.equal(reason, null);
    assert.equal(claimsOf(token)["sub"], "consumer-1");
    assert.equal(to(provider, "/auth")[0]?.query.has("request_uri"), false);
  });

  it("go to the endpoint that the page names, for a code that the cloud exchanges as well", async () => {
    await open(demanding, STRICT_CLIENTS.bearer, {
      exchange: "window",
      "authorization-endpoint": `${demanding.issuer}/auth`,
      "pushed-authorization-request-endpoint": `${demanding.issuer}/request`,
    });
    await page.evaluate(
      `document.querySelector("#ask").onclick = () => window.lpGetAuthenticationToken(
        (credential, reason) => { window.answer = [credential, reason ?? null]; },
        "${"c".repeat(43)}",
      )`,
    );
    const [code, reason] = await ask();
    assert.equal(reason, null);
    assert.deepEqual(Object.keys(code as object).sort(), ["redirect_uri", "ssoKey"]);
    assert.deepEqual(
      [...(to(demanding, "/auth")[0]?.query.keys() ?? [])],
      ["client_id", "request_uri"],
    );
  });
});
