import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";

const read = (path: string): string =>
  readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

const RECIPES = readdirSync(new URL("../../recipes/", import.meta.url)).filter(
  (file) => file.endsWith(".ts") && !file.endsWith(".d.ts"),
);

/** The packages' names begin with their publishers'. */
function versionOf(sdk: string): string | undefined {
  const { devDependencies } = JSON.parse(read("package.json")) as {
    devDependencies: Record<string, string>;
  };
  return Object.entries(devDependencies).find(([name]) => name.split("/").at(-1) === sdk)?.[1];
}

describe("the page of recipes", () => {
  const page = read("docs/recipes.md");

  it("knows every recipe", () => {
    assert.equal(RECIPES.length, 5);
  });

  for (const file of RECIPES) {
    const sdk = file.replace(".ts", "");

    it(`shows ${sdk} as it is tested`, () => {
      const section = page.split(/^## /m).find((one) => one.startsWith(`${sdk}\n`));
      const [, shown] = /```ts\n([\s\S]*?)```/.exec(section ?? "") ?? [];
      assert.equal(shown, read(`recipes/${file}`));
    });

    it(`names the version of ${sdk} that is tested`, () => {
      const row = page.split("\n").find((line) => line.startsWith(`| [${sdk}]`));
      assert.equal(row?.split("|")[3]?.trim(), versionOf(sdk));
    });
  }
});
