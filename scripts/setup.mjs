import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const packagesIn = (file) => JSON.parse(readFileSync(file, "utf8")).packages;

function isUpToDate() {
  const installedLock = "node_modules/.package-lock.json";
  if (!existsSync(installedLock)) {
    return false;
  }
  const wanted = Object.entries(packagesIn("package-lock.json")).filter(([path]) => path !== "");
  const installed = packagesIn(installedLock);
  // What isn't for this platform is in the lock file only.
  return wanted.every(
    ([path, { version, optional }]) =>
      installed[path]?.version === version || (optional && !installed[path]),
  );
}

/** Installs what package-lock.json says, where node_modules doesn't hold it yet. */
export function ensureDependencies() {
  if (isUpToDate()) {
    return;
  }
  const { status } = spawnSync("npm", ["ci"], {
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (status !== 0) {
    throw new Error("npm ci failed");
  }
}
