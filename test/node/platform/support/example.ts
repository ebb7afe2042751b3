import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const root = new URL("../../../../", import.meta.url);

/**
 * Runs all examples of a page of the docs, one after the other, as one module.
 *
 * @param page - its file's name
 * @param replace - what stands there, and what it is in the test
 * @param names - of the variables wanted
 * @returns their values
 */
export async function runExamples(
  page: string,
  replace: Readonly<Record<string, string>>,
  names: readonly string[],
): Promise<Record<string, unknown>> {
  const text = readFileSync(new URL(`docs/${page}`, root), "utf8");
  let code = [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)]
    .map(([, example = ""]) => example)
    .join("\n");
  const all = {
    '"consumer-auth-widget/platform"': JSON.stringify(new URL("src/platform.ts", root).href),
    ...replace,
  };
  for (const [from, to] of Object.entries(all)) {
    if (!code.includes(from)) throw new Error(`${page} has no ${from} in its examples.`);
    code = code.replaceAll(from, to);
  }
  const folder = mkdtempSync(join(tmpdir(), "examples-"));
  try {
    const file = join(folder, "example.mts");
    writeFileSync(file, `${code}\nexport { ${names.join(", ")} };\n`);
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
