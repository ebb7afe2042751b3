import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { ensureDependencies } from "./setup.mjs";

const BUILT = "dist/integrity.json";
const BUILT_FROM = ["src", "rollup.config.mjs", "package-lock.json"];

function newest(path) {
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) {
    return mtimeMs;
  }
  return Math.max(mtimeMs, ...readdirSync(path).map((entry) => newest(`${path}/${entry}`)));
}

function ensureBuilt() {
  if (existsSync(BUILT) && statSync(BUILT).mtimeMs > Math.max(...BUILT_FROM.map(newest))) {
    return;
  }
  const { status } = spawnSync("npm", ["run", "build:files"], {
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (status !== 0) {
    throw new Error("The build failed");
  }
}

ensureDependencies();
ensureBuilt();

// In this process, so that a signal finds the demo without being passed on.
const { register } = await import("tsx/esm/api");
register();
await import("../demo/start.ts");
