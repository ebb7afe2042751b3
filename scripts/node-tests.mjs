import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { chosenEngine } from "./browsers.mjs";
import { clearResults, readResults, resultsFile, writeResults } from "./results.mjs";

/** In milliseconds. Node counts it for a file as a whole: it ends what hangs, nothing more. */
const FILE_TIMEOUT = 600_000;

/** If more files fail, it is no coincidence. */
const AGAIN = 3;

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
const files = named.length > 0 ? named : testFiles(`test/${suite}`);
if (files.length === 0) {
  console.error(`No test files in test/${suite}.`);
  process.exit(1);
}

const results = suite === "e2e" ? `e2e-tests-${chosenEngine()}` : `${suite}-tests`;
/** Stands for a failure of none of the files. */
const RUNNER = "the runner";
const options = args.filter((arg) => !named.includes(arg));

/** How each file's tests ended. */
function run(these) {
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
      ...options,
      ...these,
    ],
    { stdio: "inherit" },
  );
  const counts = readResults(results)?.files ?? {};
  const hasFailed = Object.values(counts).some(({ failed }) => failed > 0);
  // The runner itself has failed.
  return status === 0 || hasFailed ? counts : { ...counts, [RUNNER]: { ...nothing(), failed: 1 } };
}

const nothing = () => ({ passed: 0, failed: 0, skipped: 0 });

const counts = run(files);
const failed = Object.keys(counts).filter((file) => counts[file].failed > 0);
const mayBeChance = failed.length <= AGAIN && !failed.includes(RUNNER);
if (named.length === 0 && failed.length > 0 && mayBeChance) {
  // Three engines and many servers on a busy machine: what fails twice has failed, what doesn't is named.
  console.log(`\nonce more: ${failed.join(", ")}`);
  Object.assign(counts, run(failed));
}
const total = nothing();
for (const one of Object.values(counts)) {
  for (const outcome of Object.keys(total)) {
    total[outcome] += one[outcome];
  }
}
writeResults(results, total);
process.exitCode = total.failed === 0 && total.passed + total.skipped > 0 ? 0 : 1;
