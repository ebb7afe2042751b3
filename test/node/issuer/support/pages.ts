import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

/** A page of the documentation. */
export const pageOf = (name: string): string =>
  readFileSync(new URL(`../../../../docs/${name}.md`, import.meta.url), "utf8");

/** The one example of a page that has a text. */
export function example(page: string, text: string, language = "js"): string {
  const blocks = [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))];
  const [[, found = ""] = [], ...more] = blocks.filter(([block]) => block.includes(text));
  if (found === "" || more.length > 0) throw new Error(`not one example with ${text}`);
  return found;
}

/** A folder inside of the package, so that what is in it finds the package by its name. */
export interface Folder {
  readonly path: string;
  write(files: Readonly<Record<string, string>>): void;
  /** The module of a file. */
  load(file: string): Promise<Readonly<Record<string, unknown>>>;
  remove(): void;
}

export function makeFolder(name: string): Folder {
  const url = new URL(`../../../../.cache/${name}/`, import.meta.url);
  const path = fileURLToPath(url);
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  return {
    path,
    write: (files) => {
      for (const [file, text] of Object.entries(files)) writeFileSync(new URL(file, url), text);
    },
    load: async (file) =>
      (await import(pathToFileURL(`${path}/${file}`).href)) as Record<string, unknown>,
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}
