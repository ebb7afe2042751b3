import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

import { APPS } from "../../../demo/cloud/sentinel/apps.js";
import type { ApplicationTokens, Handler } from "../../../src/platform.js";
import { useServers } from "../support/use-servers.js";
import { createBrowser } from "./support/browser.js";
import { visitCloud } from "./support/applications.js";

const repository = new URL("../../../", import.meta.url);
const SECRETS = { COOKIE_SECRET: randomBytes(32).toString("base64") };

/** The examples of a page, by what they begin with or contain. */
function exampleOf(page: string, holding: string): string {
  const text = readFileSync(new URL(`docs/${page}`, repository), "utf8");
  const found = [...text.matchAll(/```js\n([\s\S]*?)```/g)]
    .map(([, code = ""]) => code)
    .filter((code) => code.includes(holding));
  assert.equal(found.length, 1, `${page} has ${found.length} examples with ${holding}`);
  return found[0]!;
}

describe("the examples of the pages", () => {
  const stage = useServers();
  const folder = mkdtempSync(join(tmpdir(), "consumer-auth-docs-"));

  /** An example, with the demo's addresses in place of its own. */
  const write = (name: string, code: string): string => {
    const { cloudUrl, applicationUrl } = stage.demo;
    const file = join(folder, name);
    const text = code
      .replace(
        '"consumer-auth-widget/platform"',
        `"${new URL("src/platform.ts", repository).href}"`,
      )
      .replace('"@hono/node-server"', `"${import.meta.resolve("@hono/node-server")}"`)
      .replace(
        'createDomainApi({ accountId: "12345678" })',
        `createDomainApi({ accountId: "30412100", domainApi: "${cloudUrl}", allowedHosts: ["127.0.0.1"] })`,
      )
      .replace("https://app.example.com", applicationUrl)
      .replace("port: 3000", "port: 0")
      .replaceAll(/"\.\/(\w+)\.js"/g, '"./$1.mjs"');
    writeFileSync(file, text);
    return file;
  };
  const load = async <Module>(name: string, code: string): Promise<Module> =>
    (await import(pathToFileURL(write(name, code)).href)) as Module;

  before(() => {
    const { desk } = stage.demo.appSecrets;
    Object.assign(process.env, SECRETS, { APP_INSTALL_ID: APPS.desk, APP_SECRET: desk });
    write("application.mjs", exampleOf("applications.md", "createApplicationHandlers({"));
    write("answer.mjs", exampleOf("applications.md", "export const answer"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
    for (const name of ["APP_INSTALL_ID", "APP_SECRET", "COOKIE_SECRET"]) {
      Reflect.deleteProperty(process.env, name);
    }
  });

  const signIn = async (answer: Handler) => {
    const browser = createBrowser(stage.demo.applicationUrl);
    const login = await browser.get(answer, "/login");
    const callback = await visitCloud(login.headers.get("location") ?? "");
    const response = await browser.get(answer, callback.pathname + callback.search);
    assert.equal(response.status, 303);
    return browser;
  };

  it("are a whole application", async () => {
    const { answer } = (await import(pathToFileURL(join(folder, "answer.mjs")).href)) as {
      answer: Handler;
    };
    const stranger = await createBrowser(stage.demo.applicationUrl).get(answer, "/");
    assert.equal(stranger.headers.get("location"), "/login");
    const browser = await signIn(answer);
    const home = await browser.get(answer, "/");
    assert.deepEqual(await home.json(), { user: "3552833710", admin: true });
    assert.equal((await browser.post(answer, "/refresh")).status, 204);
    assert.equal((await browser.post(answer, "/logout-everywhere")).status, 303);
    assert.equal((await browser.get(answer, "/")).status, 303);
    assert.equal((await browser.get(answer, "/nothing")).status, 404);
  });

  it("start a server on Node", async () => {
    const file = write("server.mjs", exampleOf("applications.md", "serve({"));
    const child = spawn(process.execPath, ["--import=tsx", file], {
      cwd: fileURLToPath(repository),
      env: process.env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      const [line] = (await once(child.stdout, "data")) as [Buffer];
      const response = await fetch(line.toString().trim(), { redirect: "manual" });
      assert.equal(response.headers.get("location"), "/login");
      const login = await fetch(`${line.toString().trim()}login`, { redirect: "manual" });
      assert.equal(new URL(login.headers.get("location") ?? "").origin, stage.demo.cloudUrl);
    } finally {
      child.kill();
    }
  });

  it("do with sessions of one's own, and with work that takes longer", async () => {
    const { begin, end } = await load<{
      begin: (session: object) => Promise<string>;
      end: (session: object, url: string) => Promise<ApplicationTokens["claims"]>;
    }>("own.mjs", exampleOf("applications.md", "export async function begin"));
    const session = {} as { tokens: ApplicationTokens };
    const callback = (await visitCloud(await begin(session))).href;
    assert.equal((await end(session, callback)).sub, "3552833710");
    await assert.rejects(end(session, callback), /No login is under way/);

    const { work } = await load<{
      work: (tokens: object, urls: string[], save: () => void) => Promise<Response[]>;
    }>("work.mjs", exampleOf("applications.md", "export async function work"));
    const url = `${stage.demo.cloudUrl}/sentinel/well-known/jwks`;
    const answers = await work(session.tokens, [url, url], () => undefined);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200],
    );
  });

  it("are a machine", async () => {
    Object.assign(process.env, {
      APP_INSTALL_ID: APPS.connector,
      APP_SECRET: stage.demo.appSecrets.connector,
    });
    const { callCloud } = await load<{ callCloud: (url: string) => Promise<Response> }>(
      "machine.mjs",
      exampleOf("client-credentials.md", "createClientCredentials({"),
    );
    const { counters, cloudUrl } = stage.demo;
    const before = counters.cloud.sentinel.appToken;
    const ask = (path: string) => callCloud(`${cloudUrl}${path}`);
    await ask("/sentinel/well-known/jwks");
    await ask("/sentinel/well-known/jwks");
    assert.equal(counters.cloud.sentinel.appToken, before + 1);
    assert.equal((await ask("/api/account/30412100/agent-view")).status, 401);
    await ask("/sentinel/well-known/jwks");
    assert.equal(counters.cloud.sentinel.appToken, before + 2);
  });
});
