import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { getRequestListener } from "@hono/node-server";
import type { ConsumerClaims, TokenIssuer } from "../../../src/issuer.js";
import * as library from "../../../src/issuer.js";
import { CLOUD, exchange, makePkce } from "./support/clients.js";
import { freePort } from "./support/free-port.js";
import { decryptByHand, readByHand } from "./support/independent.js";
import { makeKey, pemOf } from "./support/keys.js";
import { example, makeFolder, pageOf, type Folder } from "./support/pages.js";
import { useRedis } from "./support/redis-server.js";

const PAGE = "https://www.brand.example";
const issuerPage = pageOf("token-issuer");
const codesPage = pageOf("authorization-codes");
const key = makeKey();
const ENVIRONMENT = {
  MESSAGING_KEY: key.pem.replaceAll("\n", "\\n"),
  MESSAGING_SUBJECTS: "0123456789abcdef0123456789abcdef",
  MESSAGING_CLIENT_SECRET: CLOUD.clientSecret,
};

/** The reader's own part: who is signed in. */
const SESSIONS = `
const account = { id: "AW-1", firstName: "Ada", lastName: "Lovelace", email: "ada@example.com", tier: "Gold", balance: 1.5 };
export const findSession = async (cookie) =>
  cookie === "session=ada" ? { account, signedInAt: 1795000000000 } : undefined;
`;

const FILES = {
  "sessions.js": SESSIONS,
  "issuer.js": example(issuerPage, "export const issuer"),
  "claims.js": example(issuerPage, "export async function claimsOf"),
};

/** Runs a file of the folder as a server, and waits until it answers. */
async function run(
  folder: Folder,
  file: string,
  environment: Record<string, string> = {},
): Promise<{ readonly origin: string; readonly child: ChildProcess }> {
  const port = await freePort();
  const child = spawn(process.execPath, [file], {
    cwd: folder.path,
    env: { ...process.env, ...ENVIRONMENT, ...environment, PORT: `${port}` },
    stdio: "inherit",
  });
  const origin = `http://127.0.0.1:${port}`;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${file} has ended.`);
    const response = await fetch(origin).catch(() => undefined);
    if (response) return { origin, child };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const asked = (headers: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  headers: { origin: PAGE, cookie: "session=ada", ...headers },
  body: new URLSearchParams(),
});

const bodyOf = async (response: Response): Promise<Record<string, string>> => {
  assert.equal(response.status, 200);
  return (await response.json()) as Record<string, string>;
};

describe("the page of the issuer", () => {
  const folder = makeFolder("docs-issuer");
  before(() => {
    Object.assign(process.env, ENVIRONMENT);
    folder.write({
      ...FILES,
      "server.js": example(issuerPage, "createServer(listener)"),
      "worker.js": example(issuerPage, "export default"),
      "express.js": `export default (app, getRequestListener, credential) => {
        ${example(issuerPage, "app.post(")} };`,
      "rotation.js": `export default (oldKey, newKey, oldPublicKey) => {
        ${example(issuerPage, "const before")}
        return [before, after]; };`,
      "nested.js": `export default async ({ createTokenIssuer }, cloudsPublicKey) => {
        ${example(issuerPage, "encryption:")}
        return issuer; };`,
    });
  });
  after(() => {
    for (const name of Object.keys(ENVIRONMENT)) Reflect.deleteProperty(process.env, name);
    folder.remove();
  });

  const checkToken = (token: string | undefined, audience: string | undefined): void => {
    const { claims } = readByHand(token ?? "", key.publicKey);
    assert.deepEqual(
      [claims["iss"], claims["aud"], claims["given_name"], claims["auth_time"]],
      [PAGE, audience, "Ada", 1_795_000_000],
    );
    const hmac = createHmac("sha256", ENVIRONMENT.MESSAGING_SUBJECTS).update("AW-1").digest("hex");
    assert.equal(claims["sub"], hmac);
    assert.deepEqual(claims["lp_sdes"], [
      { type: "ctmrinfo", info: { customerId: "AW-1", ctype: "Gold", balance: 1.5 } },
    ]);
  };

  it("shows a server of Node's that works", async () => {
    const { origin, child } = await run(folder, "server.js");
    try {
      const address = `${origin}/messaging/credential`;
      checkToken((await bodyOf(await fetch(address, asked())))["id_token"], "messaging");
      assert.equal((await fetch(address, asked({ cookie: "" }))).status, 204);
      const elsewhere = { origin: "https://elsewhere.example" };
      assert.equal((await fetch(address, asked(elsewhere))).status, 403);
      const keys = await fetch(`${origin}/messaging/keys`);
      assert.equal(keys.headers.get("cache-control"), "public, max-age=300");
      assert.equal(keys.headers.get("access-control-allow-origin"), "*");
      const { keys: published } = (await keys.json()) as { keys: { n: string }[] };
      assert.equal(published[0]?.n, key.publicKey.export({ format: "jwk" }).n);
      assert.equal((await fetch(`${origin}/messaging/keys`, { method: "POST" })).status, 405);
      assert.equal((await fetch(`${origin}/messaging/keys`, { method: "HEAD" })).status, 200);
    } finally {
      child.kill();
    }
  });

  it("shows a module that workers, Deno and Bun run", async () => {
    const { default: worker } = (await folder.load("worker.js")) as {
      default: { fetch: (request: Request, env?: unknown) => Promise<Response> };
    };
    const address = `${PAGE}/messaging/credential`;
    const response = await worker.fetch(new Request(address, asked()), ENVIRONMENT);
    checkToken((await bodyOf(response))["id_token"], undefined);
    assert.equal((await worker.fetch(new Request(`${PAGE}/messaging/keys`))).status, 200);
    assert.equal((await worker.fetch(new Request(PAGE))).status, 404);
  });

  it("shows a route that takes requests and responses of Node's, as those of Express do", async () => {
    const { issuer } = (await folder.load("issuer.js")) as { issuer: TokenIssuer };
    const contexts: unknown[] = [];
    const credential = library.createCredentialEndpoint({
      issuer,
      allowedOrigins: [PAGE],
      findConsumer: (_, context) => {
        contexts.push((context as { url: string }).url);
        return null;
      },
    });
    const routes = new Map<string, RequestListener>();
    const app = { post: (path: string, listener: RequestListener) => routes.set(path, listener) };
    const { default: route } = (await folder.load("express.js")) as {
      default: (...parts: unknown[]) => void;
    };
    route(app, getRequestListener, credential);
    const server = createServer(routes.get("/messaging/credential")).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/messaging/credential`, asked());
    server.close();
    assert.equal(response.status, 204);
    assert.deepEqual(contexts, ["/messaging/credential"]);
  });

  it("shows how keys are changed", async () => {
    const next = makeKey();
    const { default: rotation } = (await folder.load("rotation.js")) as {
      default: (...keys: string[]) => { signingKey: string }[];
    };
    const steps = rotation(key.pem, next.pem, pemOf(key.publicKey));
    const [before, after] = await Promise.all(
      steps.map((step) => library.createTokenIssuer({ issuer: PAGE, ...step })),
    );
    const names = (issuer: TokenIssuer | undefined): string[] =>
      (issuer?.jwks.keys ?? []).map(({ kid }) => kid);
    assert.deepEqual(names(before), names(after).reverse());
    assert.equal(names(before).length, 2);
  });

  it("shows how tokens are nested", async () => {
    const clouds = makeKey();
    const { default: make } = (await folder.load("nested.js")) as {
      default: (...parts: unknown[]) => Promise<TokenIssuer>;
    };
    const issuer = await make(library, pemOf(clouds.publicKey));
    const { header, token } = decryptByHand(await issuer.issue({ sub: "a" }), clouds.privateKey);
    assert.equal(header["kid"], "cloud-1");
    readByHand(token, key.publicKey);
  });

  it("quotes the error as it is", async () => {
    const { issuer } = (await folder.load("issuer.js")) as { issuer: TokenIssuer };
    const lp_sdes = [
      { type: "personal", personal: {} },
      { type: "ctmrinfo", info: { balance: "1.5" } },
    ];
    const claims = { sub: "a", lp_sdes, email: null } as unknown as ConsumerClaims;
    assert.throws(
      () => issuer.checkClaims(claims),
      ({ message }: Error) => issuerPage.includes(`\`\`\`\n${message}\n\`\`\``),
    );
  });

  it("knows the fields that the issuer knows", async () => {
    const { issuer } = (await folder.load("issuer.js")) as { issuer: TokenIssuer };
    for (const [type, field] of [
      ["ctmrinfo", "info"],
      ["personal", "personal"],
    ] as const) {
      const lp_sdes = [{ type, [field]: { unheard: 1 } }];
      let known: string[] = [];
      assert.throws(
        () => issuer.checkClaims({ sub: "a", lp_sdes } as never),
        ({ message }: Error) => {
          known = /known are ([^;]*?)\.$/.exec(message)?.[1]?.split(", ") ?? [];
          return true;
        },
      );
      const table = issuerPage.slice(issuerPage.indexOf(`| \`type: "${type}"\``)).split("\n\n")[0];
      const shown = (table ?? "")
        .split("\n")
        .slice(2)
        .flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`(\w+)`/g)])
        .map(([, name]) => name);
      assert.deepEqual([...shown].sort(), [...known].sort());
    }
  });
});

describe("the page of the codes", () => {
  const stage = useRedis();
  const folder = makeFolder("docs-codes");
  after(() => folder.remove());

  it("shows endpoints that exchange a code, once, with Redis", async () => {
    folder.write({
      ...FILES,
      "codes.js": example(codesPage, "createRedisCodeStore(redis)"),
      "server.js": `
        import { createServer } from "node:http";
        import { getRequestListener } from "@hono/node-server";
        import { handlers } from "./codes.js";
        const listener = getRequestListener((request) => {
          const handler = handlers[new URL(request.url).pathname];
          return handler ? handler(request) : new Response(null, { status: 404 });
        });
        createServer(listener).listen(process.env.PORT);`,
    });
    const { origin, child } = await run(folder, "server.js", { REDIS_URL: stage.redis.url });
    try {
      const { verifier, challenge } = makePkce();
      const pkce = { code_challenge: challenge, code_challenge_method: "S256" };
      const body = new URLSearchParams(pkce);
      const response = await fetch(`${origin}/messaging/credential`, { ...asked(), body });
      const { code = "", redirect_uri = "" } = await bodyOf(response);
      const form = { grant_type: "authorization_code", code, redirect_uri };
      const bring = { ...form, code_verifier: verifier };
      const answer = await exchange(`${origin}/messaging/token`, bring);
      const { claims } = readByHand(answer.body["id_token"] ?? "", key.publicKey);
      assert.deepEqual([claims["given_name"], claims["aud"]], ["Ada", CLOUD.clientId]);
      const again = await exchange(`${origin}/messaging/token`, bring);
      assert.equal(again.body["error"], "invalid_code");

      const query = new URLSearchParams({
        client_id: CLOUD.clientId,
        response_type: "code",
        redirect_uri: "https://window.cloud.example/external",
        scope: "openid",
        ...pkce,
      });
      const go = async (cookie: string): Promise<string> => {
        const address = `${origin}/messaging/authorize?${query}`;
        const { headers } = await fetch(address, { headers: { cookie }, redirect: "manual" });
        return headers.get("location") ?? "";
      };
      assert.match(await go("session=ada"), /^https:\/\/window\.cloud\.example\/external\?code=/);
      assert.match(await go(""), /^\/login\?return_to=%2Fmessaging%2Fauthorize%3F/);
    } finally {
      child.kill();
    }
  });

  it("names every error that the token endpoint answers with", () => {
    const sources = ["token-endpoint", "form", "http"].map((name) =>
      readFileSync(new URL(`../../../src/issuer/${name}.ts`, import.meta.url), "utf8"),
    );
    const errors = sources.join("").matchAll(/(?:4\d\d|5\d\d), "(\w+)"|unauthorized_client/g);
    const names = new Set([...errors].map(([text, name]) => name ?? text));
    assert.ok(names.size > 6, [...names].join());
    for (const name of names) assert.ok(codesPage.includes(`\`${name}\``), name);
  });
});
