import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { after, before, describe, it } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

import { jwtVerify, SignJWT } from "jose";
import type { Browser, Page } from "puppeteer-core";

import { notFound, pathOf, readBody, send, type Reply } from "../../demo/http.js";
import { makeSigningKey, type SigningKey } from "../../demo/keys.js";
import { listen, type Listener } from "../../demo/listening.js";
import { clickAway, launch, visit } from "./support/browser.js";
import { addressOf, traverse } from "./support/peek.js";

const root = new URL("../../", import.meta.url);
const issuer = "https://login.example.com";

/** An example of the documentation. */
function example(language: "html" | "js", start: string): string {
  const text = readFileSync(new URL("docs/separate-window.md", root), "utf8");
  const fence = new RegExp(`\`\`\`${language}\\n(${start}[\\s\\S]*?)\`\`\``);
  const [, found] = fence.exec(text) ?? [];
  if (found === undefined) throw new Error(`The documentation has no example like ${start}.`);
  return found;
}

type Wanted = Readonly<Record<"responseType" | "redirectUri", string>> &
  Readonly<Partial<Record<"nonce" | "codeChallenge", string>>>;

/** The brand's server: a login form, sessions, and credentials for who is signed in. */
interface Brand {
  readonly key: SigningKey;
  /** What its codes are bound to. */
  readonly codes: Map<string, Wanted>;
  issue(wanted: Wanted): Promise<{ id_token: string } | { code: string }>;
  isSignedIn(request: IncomingMessage): boolean;
  /** The cookie of a new session, where the form's fields are right. */
  signIn(form: URLSearchParams): string | undefined;
}

async function createBrand(): Promise<Brand> {
  const key = await makeSigningKey("brand-1");
  const sessions = new Set<string>();
  const codes = new Map<string, Wanted>();
  return {
    key,
    codes,
    async issue(wanted) {
      if (wanted.responseType === "code") {
        const code = randomUUID();
        codes.set(code, wanted);
        return { code };
      }
      const { nonce } = wanted;
      const id_token = await new SignJWT({ ...(nonce && { nonce }) })
        .setProtectedHeader({ alg: "RS256", kid: key.kid })
        .setIssuer(issuer)
        .setAudience("messaging")
        .setSubject("consumer-1")
        .setIssuedAt()
        .setExpirationTime("5 minutes")
        .sign(key.privateKey);
      return { id_token };
    },
    isSignedIn: ({ headers }) =>
      sessions.has(/session=([\w-]+)/.exec(headers.cookie ?? "")?.[1] ?? ""),
    signIn(form) {
      if (form.get("email") !== "ada@brand.example" || form.get("password") !== "engine") return;
      const session = randomUUID();
      sessions.add(session);
      return `session=${session}; HttpOnly; SameSite=Lax; Path=/`;
    },
  };
}

const types = { html: "text/html; charset=utf-8", js: "text/javascript" };

const file = (type: keyof typeof types, body: string | Uint8Array): Reply => ({
  status: 200,
  headers: { "Content-Type": types[type] },
  body,
});

type Login = (request: IncomingMessage, response: ServerResponse) => Promise<unknown>;

/** The documentation's handler of a page that the server renders, with the parts that are the brand's. */
async function loadServerExample(folder: string, brand: Brand, adapt: (text: string) => string) {
  const yours = `
    const { brand, readForm } = globalThis.windowReturnExample;
    export async function findConsumer(request) {
      return brand.isSignedIn(request) || (request.method === "POST" && brand.signIn(await readForm(request)));
    }
    export const issueCredential = (consumer, wanted) => brand.issue(wanted);
    export const showForm = (response) => {
      response.writeHead(200, { "Content-Type": "text/html" });
      response.end('<form method="post"><input name="email"><input name="password"><button>Sign in</button></form>');
    };`;
  const readForm = async (request: IncomingMessage) => new URLSearchParams(await readBody(request));
  Object.assign(globalThis, { windowReturnExample: { brand, readForm } });
  writeFileSync(`${folder}/yours.js`, yours);
  const handler = example("js", "import \\{ readWindowRequest");
  writeFileSync(`${folder}/login.js`, adapt(handler));
  writeFileSync(`${folder}/package.json`, '{"type":"module"}');
  return ((await import(pathToFileURL(`${folder}/login.js`).href)) as { login: Login }).login;
}

describe("a login page written from docs/separate-window.md", () => {
  const stage = {} as {
    brand: Brand;
    browser: Browser;
    login: Listener;
    window: Listener;
    folder: string;
  };
  let asked = 0;
  let windowAddress: string;
  let openid: string;

  before(async () => {
    // Other hosts, so that the two are of different sites, as a brand and the cloud are.
    [stage.brand, stage.login, stage.window, stage.browser] = await Promise.all([
      createBrand(),
      listen({ host: "localhost", port: 0 }),
      listen({ host: "127.0.0.1", port: 0 }),
      launch(),
    ]);
    windowAddress = `${stage.window.origin}/index.html`;
    openid = `${windowAddress}?lpUnifiedWindowConfig=%7B%22skill%22%3A%22a%2Bb%22%7D`;
    const cache = fileURLToPath(new URL(".cache/", root));
    mkdirSync(cache, { recursive: true });
    stage.folder = mkdtempSync(`${cache}window-return-`);
    const adapt = (text: string): string =>
      text
        .replace("/consumer-auth/", "/dist/")
        .replace("https://window.example.com/index.html", windowAddress);
    const serverExample = await loadServerExample(
      stage.folder,
      stage.brand,
      // Inside this package the name leads to it only where its own package.json is the nearest.
      (text) =>
        adapt(text).replace(
          '"consumer-auth-widget/window-return"',
          JSON.stringify(new URL("dist/module/window-return.js", root).href),
        ),
    );
    const { brand } = stage;
    const files: Record<string, () => Reply> = {
      "/login": () => file("html", example("html", "<!doctype html>")),
      "/login.js": () => file("js", adapt(example("js", "import \\{ runWindowReturn"))),
      "/help": () => file("html", "<!doctype html><title>Help</title>"),
      "/dist/window-return.js": () =>
        file("js", readFileSync(new URL("dist/window-return.js", root))),
    };
    stage.login.serve(async (request, response) => {
      const { pathname } = pathOf(request);
      if (pathname === "/server/login") {
        await serverExample(request, response);
        return;
      }
      response.setHeader("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'");
      if (request.method === "POST" && pathname === "/session") {
        const cookie = brand.signIn(new URLSearchParams(await readBody(request)));
        const headers = cookie === undefined ? {} : { "Set-Cookie": cookie };
        return send(response, { status: cookie === undefined ? 403 : 204, headers });
      }
      if (request.method === "POST" && pathname === "/messaging-credential") {
        asked++;
        if (!brand.isSignedIn(request)) return send(response, { status: 401 });
        const wanted = JSON.parse(await readBody(request)) as Wanted;
        return send(response, {
          status: 200,
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify(await brand.issue(wanted)),
        });
      }
      // "no-store" would keep the login page out of the browser's cache of whole pages.
      const found = files[pathname]?.() ?? notFound();
      response.writeHead(found.status, { ...found.headers });
      response.end(found.body);
    });
    stage.window.serve((_request, response) => {
      send(response, file("html", "<!doctype html><title>The window</title>"));
    });
  });

  after(async () => {
    await stage.browser.close();
    await Promise.all([stage.login.close(), stage.window.close()]);
    rmSync(stage.folder, { recursive: true });
    Reflect.deleteProperty(globalThis, "windowReturnExample");
  });

  const requests = () => ({
    rfcImplicit: { response_type: "id_token", redirect_uri: windowAddress, nonce: "n-1", state },
    rfcCode: { response_type: "code", redirect_uri: windowAddress, state },
    openidImplicit: { response_type: "token", redirect_uri: openid },
    openidCode: { response_type: "code", redirect_uri: openid },
  });
  const state =
    '{"lpUnifiedWindowConfig":{"accountId":"12345678","skill":"Human + \'Skill\' 100% #1"}}';

  const loginAddress = (parameters: Readonly<Record<string, string>>, path = "/login"): string =>
    `${stage.login.origin}${path}?${new URLSearchParams({ client_id: "messaging", scope: "openid", ...parameters })}`;

  /** The parameters with which the window was reached. */
  async function response(page: Page): Promise<{ mode: string; found: URLSearchParams }> {
    await page.waitForFunction("document.title === 'The window'");
    const { hash, search } = new URL(await addressOf(page));
    return {
      mode: hash ? "fragment" : "query",
      found: new URLSearchParams(hash.slice(1) || search),
    };
  }

  async function fillIn(page: Page, password: string): Promise<void> {
    await page.waitForSelector("form:not([hidden])");
    await page.$eval("#password", (field) => {
      (field as HTMLInputElement).value = "";
    });
    await page.$eval("#email", (field) => {
      (field as HTMLInputElement).value = "ada@brand.example";
    });
    await page.type("#password", password);
    await clickAway(page, "form button");
  }

  /** Opens the page, signs in by its form, and gives what the window gets. */
  async function signInFor(parameters: Readonly<Record<string, string>>) {
    const { context, page } = await visit(stage.browser);
    await page.goto(loginAddress(parameters));
    await fillIn(page, "engine");
    const got = await response(page);
    const url = await addressOf(page);
    await context.close();
    return { ...got, url };
  }

  const verified = async (token: string | null) =>
    (await jwtVerify(String(token), stage.brand.key.publicKey, { issuer, audience: "messaging" }))
      .payload;

  it("gives an RFC connector its ID token and its state", async () => {
    const { mode, found } = await signInFor(requests().rfcImplicit);
    assert.equal(mode, "fragment");
    assert.deepEqual([...found.keys()], ["id_token", "iss", "state"]);
    assert.equal((await verified(found.get("id_token")))["nonce"], "n-1");
    assert.equal(found.get("state"), state);
    assert.equal(found.get("iss"), issuer);
  });

  it("gives an old connector its token, and leaves the window's parameters alone", async () => {
    const { url, found } = await signInFor(requests().openidImplicit);
    assert.ok(url.startsWith(`${openid}#token=`));
    assert.equal((await verified(found.get("token"))).sub, "consumer-1");
  });

  it("gives both a code that is bound to the request", async () => {
    const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    const pkce = { code_challenge: challenge, code_challenge_method: "S256" };
    for (const request of [requests().rfcCode, requests().openidCode]) {
      const { mode, found, url } = await signInFor({ ...request, ...pkce });
      assert.equal(mode, "query");
      assert.ok(url.startsWith(request.redirect_uri));
      assert.equal(found.get("state"), "state" in request ? state : null);
      const bound = stage.brand.codes.get(String(found.get("code")));
      assert.equal(bound?.redirectUri, request.redirect_uri);
      assert.equal(bound.codeChallenge, challenge);
    }
  });

  it("asks again after a wrong password, and after a reload", async () => {
    const { context, page } = await visit(stage.browser);
    await page.goto(loginAddress(requests().rfcCode));
    await fillIn(page, "wrong");
    await page.waitForFunction("document.body.innerText.includes('try again')");
    await page.reload();
    await fillIn(page, "engine");
    assert.ok((await response(page)).found.has("code"));
    await context.close();
  });

  it("doesn't ask who is signed in already, and nobody where that is forbidden", async () => {
    const { context, page } = await visit(stage.browser);
    const silent = { ...requests().rfcImplicit, prompt: "none" };
    await page.goto(loginAddress(silent));
    assert.equal((await response(page)).found.get("error"), "login_required");
    await page.goto(loginAddress(requests().rfcImplicit));
    await fillIn(page, "engine");
    await response(page);
    await page.goto(loginAddress(silent));
    await verified((await response(page)).found.get("id_token"));
    await context.close();
  });

  it("tells the window that the consumer declined", async () => {
    for (const [request, mode] of [
      [requests().rfcCode, "query"],
      [requests().openidImplicit, "fragment"],
    ] as const) {
      const { context, page } = await visit(stage.browser);
      await page.goto(loginAddress(request));
      await page.waitForSelector("form:not([hidden])");
      await clickAway(page, "#decline");
      const got = await response(page);
      assert.deepEqual([got.found.get("error"), got.mode], ["access_denied", mode]);
      await context.close();
    }
  });

  it("goes nowhere for a window that isn't ours, and says so", async () => {
    const { context, page } = await visit(stage.browser);
    const { host } = new URL(windowAddress);
    for (const parameters of [
      { redirect_uri: `http://${host}.nip.example/index.html` },
      { redirect_uri: `http://${host}@localhost/index.html` },
      { redirect_uri: `${windowAddress}/../index.html` },
      { redirect_uri: "javascript:document.title='The window'" },
      { client_id: "other" },
    ]) {
      const before = asked;
      await page.goto(loginAddress({ ...requests().rfcImplicit, ...parameters }));
      await page.waitForFunction("document.body.innerText.includes('can\\'t sign you in')");
      assert.ok((await addressOf(page)).startsWith(stage.login.origin));
      assert.equal(asked, before);
    }
    await context.close();
  });

  it("goes on where it was when it comes back from the browser's cache, and answers once", async () => {
    const { context, page } = await visit(stage.browser);
    const earlier = `${stage.login.origin}/help?earlier`;
    await page.goto(earlier);
    await page.goto(loginAddress(requests().rfcCode));
    await page.waitForSelector("form:not([hidden])");
    await page.evaluate(
      "addEventListener('pageshow', ({ persisted }) => (window.kept = persisted))",
    );
    await page.goto(`${stage.login.origin}/help`);
    const before = { asked, codes: stage.brand.codes.size };
    await traverse(page, -1);
    assert.equal(await page.evaluate("window.kept"), true);
    await fillIn(page, "engine");
    const { found } = await response(page);
    assert.ok(found.has("code"));
    await traverse(page, -1);
    assert.equal(await addressOf(page), earlier);
    await traverse(page, 1);
    assert.equal((await response(page)).found.get("code"), found.get("code"));
    assert.deepEqual(
      { asked, codes: stage.brand.codes.size },
      { asked: before.asked + 1, codes: before.codes + 1 },
    );
    await context.close();
  });

  it("may be rendered by the server", async () => {
    const { context, page } = await visit(stage.browser);
    const go = (parameters: Readonly<Record<string, string>>) =>
      page.goto(loginAddress(parameters, "/server/login"));
    await go(requests().rfcImplicit);
    await page.type("[name=email]", "ada@brand.example");
    await page.type("[name=password]", "engine");
    await clickAway(page, "button");
    const { found } = await response(page);
    assert.equal((await verified(found.get("id_token")))["nonce"], "n-1");
    assert.equal(found.get("state"), state);

    await go({ ...requests().rfcCode, prompt: "none" });
    assert.equal((await response(page)).found.get("error"), "login_required");
    await go({ ...requests().rfcCode, response_mode: "form_post" });
    assert.equal((await response(page)).found.get("error"), "invalid_request");
    const refused = page.waitForResponse((answer) => answer.url().includes("evil.example"));
    await go({ ...requests().rfcCode, redirect_uri: "https://evil.example/" });
    assert.equal((await refused).status(), 400);
    await context.close();
  });
});
