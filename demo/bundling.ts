import { build, type BuildOptions } from "esbuild";
import { basename } from "node:path";

/** Browser scripts of the demo by file name, made at start and kept in memory. */
export type Bundles = ReadonlyMap<string, Uint8Array>;

const common = {
  bundle: true,
  write: false,
  outdir: "/demo",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  logLevel: "silent",
  // The library is taken as a page gets it: built, whatever the compiler's path mappings say.
  tsconfigRaw: {},
} satisfies BuildOptions;

export async function bundle(options: BuildOptions): Promise<Bundles> {
  const { outputFiles = [] } = await build({ ...common, ...options });
  return new Map(outputFiles.map(({ path, contents }) => [basename(path), contents]));
}
