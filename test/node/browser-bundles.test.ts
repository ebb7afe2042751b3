import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";

/** Where the build keeps which chunk holds which module. */
const GRAPH_FILE = ".cache/chunk-graph.json";

interface Chunk {
  readonly file: string;
  readonly modules: Readonly<Record<string, number>>;
}

const FOR_SERVERS =
  /^src\/(?:platform|issuer)[./]|^src\/base\/server-only\.ts$|(?:^|\/)node_modules\/oauth4webapi\//;

describe("what browsers load", () => {
  it("holds nothing that is for servers", () => {
    assert.ok(existsSync(GRAPH_FILE), "npm run build first");
    const chunks = JSON.parse(readFileSync(GRAPH_FILE, "utf8")) as readonly Chunk[];
    const modules = chunks.flatMap(({ modules }) => Object.keys(modules));
    assert.ok(modules.includes("src/script-runtime.ts"));
    assert.deepEqual(
      modules.filter((module) => FOR_SERVERS.test(module)),
      [],
    );
  });

  it("holds no text of theirs either, in any file of dist", () => {
    const scripts = ["dist", "dist/chunks"].flatMap((folder) =>
      readdirSync(folder)
        .filter((file) => file.endsWith(".js"))
        .map((file) => `${folder}/${file}`),
    );
    // Texts that survive minification; the modules for servers do hold them.
    const marks = ["in_browser", "oauth_consumer_key", "PlatformError", "IssuerError"];
    const has = (file: string, mark: string): boolean => readFileSync(file, "utf8").includes(mark);
    for (const mark of marks) {
      const modules = ["platform", "issuer"].map((name) => `dist/module/${name}.js`);
      assert.ok(
        modules.some((file) => has(file, mark)),
        `${mark} marks nothing`,
      );
      assert.deepEqual(
        scripts.filter((file) => has(file, mark)),
        [],
      );
    }
  });
});
