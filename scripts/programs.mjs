import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Where programs of these names would be, in the order of PATH. */
export const onPath = (names) =>
  (process.env.PATH ?? "")
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)));

/** Where a program is: the variable of the environment decides, else the first place that has it. */
export function find({ variable, paths }) {
  const chosen = process.env[variable];
  if (chosen && !existsSync(chosen)) {
    throw new Error(`${variable} names ${chosen}, which doesn't exist.`);
  }
  return chosen ?? paths.find((path) => existsSync(path));
}

/** Installs Debian packages where that may be done: on Debian, as root. */
export function install(packages) {
  if (!existsSync("/etc/debian_version") || process.getuid?.() !== 0) {
    return;
  }
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  for (const args of [["update"], ["install", "-y", "--no-install-recommends", ...packages]]) {
    spawnSync("apt-get", args, { stdio: "inherit", env });
  }
}
