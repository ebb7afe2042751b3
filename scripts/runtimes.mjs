import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { find, onPath } from "./programs.mjs";

/** A package of its own: its programs are for one platform only, and npm refuses them on every other. */
const FOLDER = fileURLToPath(new URL("../test/node/runtimes/programs/", import.meta.url));
const isTheirs = process.platform === "linux" && process.arch === "x64";

const program = (name, dependency, path) => ({
  variable: `${name.toUpperCase()}_PATH`,
  paths: [...(isTheirs ? [join(FOLDER, "node_modules", dependency, path)] : []), ...onPath([name])],
});

const PROGRAMS = {
  bun: program("bun", "@oven/bun-linux-x64", "bin/bun"),
  deno: program("deno", "@deno/linux-x64-glibc", "deno"),
  workerd: program("workerd", "@cloudflare/workerd-linux-64", "bin/workerd"),
};

const versionIn = (file) =>
  existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).version : undefined;

function isInstalled() {
  const { dependencies } = JSON.parse(readFileSync(join(FOLDER, "package.json"), "utf8"));
  return Object.entries(dependencies).every(
    ([name, version]) => versionIn(join(FOLDER, "node_modules", name, "package.json")) === version,
  );
}

/**
 * Where a runtime is, `bun`, `deno` or `workerd`; installs them where they are missing and there is a package for this
 * machine.
 */
export function ensureRuntime(name) {
  const wanted = PROGRAMS[name];
  if (isTheirs && !process.env[wanted.variable] && !isInstalled()) {
    spawnSync("npm", ["ci"], { cwd: FOLDER, stdio: "inherit" });
  }
  const path = find(wanted);
  if (!path) {
    throw new Error(`No ${name} to test with: install it, or set ${wanted.variable}.`);
  }
  return path;
}
