import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { chosenEngine } from "./browsers.mjs";
import { NOT_YET } from "./journeys.mjs";
import { clearResults, resultsFile } from "./results.mjs";

/** In milliseconds. Node counts it for a file as a whole: it ends what hangs, nothing more. */
const FILE_TIMEOUT = 420_000;

function testFiles(folder) {
  if (!existsSync(folder)) {
    return [];
  }
  return readdirSync(folder, { recursive: true })
    .filter((file) => file.endsWith(".test.ts"))
    .sort()
    .map((file) => `${folder}/${file}`);
}

const [suite, ...args] = process.argv.slice(2);
const named = args.filter((arg) => arg.endsWith(".ts"));
const notYet = suite === "e2e" && named.length === 0 ? NOT_YET[chosenEngine()] : {};
const files = (named.length > 0 ? named : testFiles(`test/${suite}`)).filter(
  (file) => !(file.split("/").at(-1) in notYet),
);
for (const [file, reason] of Object.entries(notYet)) {
  console.log(`not yet in ${chosenEngine()}: ${file}: ${reason}`);
}
if (files.length === 0) {
  console.error(`No test files in test/${suite}.`);
  process.exit(1);
}

const results = suite === "e2e" ? `e2e-tests-${chosenEngine()}` : `${suite}-tests`;
clearResults(results);

const { status } = spawnSync(
  process.execPath,
  [
    "--import=tsx",
    "--test",
    "--test-concurrency=1",
    `--test-timeout=${FILE_TIMEOUT}`,
    "--test-reporter=spec",
    "--test-reporter-destination=stdout",
    "--test-reporter=./scripts/reporters/node-tests.mjs",
    `--test-reporter-destination=${resultsFile(results)}`,
    ...args.filter((arg) => !named.includes(arg)),
    ...files,
  ],
  { stdio: "inherit" },
);
process.exitCode = status ?? 1;
