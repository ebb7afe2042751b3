import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

const FOLDER = ".cache/results";

/** Where a runner of tests leaves its counts. */
export const resultsFile = (name) => `${FOLDER}/${name}.json`;

/** Makes sure that what is read afterwards is of this run. */
export function clearResults(name) {
  mkdirSync(FOLDER, { recursive: true });
  rmSync(resultsFile(name), { force: true });
}

export function writeResults(name, results) {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(resultsFile(name), JSON.stringify(results));
}

export function readResults(name) {
  const file = resultsFile(name);
  try {
    return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
  } catch {
    // A runner that was ended has left half of it: that is none.
    return undefined;
  }
}
