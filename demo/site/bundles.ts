import { build, type BuildOptions } from "esbuild";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

/** Browser scripts of the demo by file name, made at start and kept in memory. */
export type Bundles = ReadonlyMap<string, Uint8Array>;

const OUT = "/demo";

const common = {
  bundle: true,
  write: false,
  outdir: OUT,
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  logLevel: "silent",
  // The library is taken as a page gets it: built, whatever the compiler's path mappings say.
  tsconfigRaw: {},
} satisfies BuildOptions;

export async function bundlePageScripts(): Promise<Bundles> {
  return await bundle({
    entryPoints: {
      home: source("./scripts/home.ts"),
      "no-popups": source("./scripts/no-popups.ts"),
      "wrong-clock": source("./scripts/wrong-clock.ts"),
      "bank-app": source("./scripts/bank-app.ts"),
      "host-app": source("./scripts/host-app.ts"),
      "vendor-tag": source("../window/vendor-tag.ts"),
      window: source("../window/main.ts"),
    },
    format: "iife",
  });
}

/** Fails as long as the library isn't built. */
export async function bundleApp(): Promise<Bundles> {
  return await bundle({
    entryPoints: { app: source("./scripts/app.ts") },
    format: "esm",
    splitting: true,
    chunkNames: "app-[hash]",
  });
}

async function bundle(options: BuildOptions): Promise<Bundles> {
  const { outputFiles = [] } = await build({ ...common, ...options });
  return new Map(outputFiles.map(({ path, contents }) => [basename(path), contents]));
}

function source(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
