import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";

const ENTRY_POINTS = [
  "consumer-auth-widget",
  "consumer-auth-widget/element",
  "consumer-auth-widget/define",
  "consumer-auth-widget/callback",
  "consumer-auth-widget/window-return",
  "consumer-auth-widget/locales/en",
];

describe("under server-side rendering", () => {
  for (const entryPoint of ENTRY_POINTS) {
    it(`${entryPoint} can be imported, and leaves no trace`, async () => {
      const before = Object.getOwnPropertyNames(globalThis);
      const exported = (await import(entryPoint)) as Record<string, unknown>;
      const added = Object.getOwnPropertyNames(globalThis).filter((name) => !before.includes(name));
      // Lit brings these in its build for servers.
      const ofLit = /^(lit|reactiveElement|customElements$)/i;
      assert.deepEqual(
        added.filter((name) => !ofLit.test(name)),
        [],
      );
      assert.equal(typeof exported, "object");
    });
  }

  it("a client can be made where there is no page", async () => {
    const { createConsumerAuth } = await import("consumer-auth-widget");
    const auth = createConsumerAuth({
      engagement: "authenticated",
      authorizationEndpoint: "https://login.brand.example/authorize",
      clientId: "brand",
      redirectUri: "/callback.html",
    });
    assert.equal(auth.session.state, "anonymous");
  });

  it("mistakes of a configuration are named there too, all at once", async () => {
    const { ConfigError, createConsumerAuth } = await import("consumer-auth-widget");
    assert.throws(
      () => createConsumerAuth({ flow: "hybrid" as "code" }),
      (error) => error instanceof ConfigError && error.mistakes.length > 2,
    );
  });
});

describe("what is published", () => {
  const read = (file: string): unknown =>
    JSON.parse(readFileSync(new URL(`../../${file}`, import.meta.url), "utf8"));

  it("has an integrity hash for every script, and it is right", async () => {
    const { createHash } = await import("node:crypto");
    const hashes = read("dist/integrity.json") as Record<string, string>;
    assert.ok("consumer-auth.js" in hashes && "callback.js" in hashes);
    for (const [file, hash] of Object.entries(hashes)) {
      const bytes = readFileSync(new URL(`../../dist/${file}`, import.meta.url));
      assert.equal(`sha384-${createHash("sha384").update(bytes).digest("base64")}`, hash);
    }
  });

  it("describes the element: its attributes, events, parts and custom properties", () => {
    const webTypes = JSON.stringify(read("web-types.json"));
    for (const name of [
      "client-id",
      "js-method-name",
      "placement",
      "consumer-auth-session",
      "--consumer-auth-accent",
    ]) {
      assert.ok(webTypes.includes(`"${name}"`), name);
    }
  });

  it("holds no path of this machine, no address of a registry", () => {
    const lock = readFileSync(new URL("../../package-lock.json", import.meta.url), "utf8");
    assert.equal(lock.includes('"resolved"'), false);
  });
});
