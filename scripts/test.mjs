import { spawn } from "node:child_process";
import { performance } from "node:perf_hooks";
import { ENGINES as ALL_ENGINES, chosenEngine, ensureEngine } from "./browsers.mjs";
import { clearResults, readResults } from "./results.mjs";
import { ensureDependencies } from "./setup.mjs";

/** How much runs side by side: browsers wait a good part of their time. */
const AT_ONCE = 3;

/** All of them, unless `ENGINE` chooses one. */
const ENGINES = process.env.ENGINE ? [chosenEngine()] : ALL_ENGINES;

/** What is counted for each engine, in the order in which it is printed. */
const KINDS = ["components", "flows", "attacks", "faults", "properties"];

const onWindows = process.platform === "win32";

const outcomes = [];
const children = new Set();

/** npm doesn't pass a signal on to what it runs: all that it started is in a group of its own. */
function endGroup(child, signal) {
  try {
    process.kill(onWindows ? child.pid : -child.pid, signal);
  } catch {
    // It has just ended.
  }
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    for (const child of children) {
      endGroup(child, signal);
    }
    process.exit(1);
  });
}

function npmRun(script, environment = {}) {
  return new Promise((resolve) => {
    const child = spawn("npm", ["run", "--silent", script], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...environment },
      shell: onWindows,
      detached: !onWindows,
    });
    children.add(child);
    let output = "";
    child.stdout.on("data", (data) => (output += data));
    child.stderr.on("data", (data) => (output += data));
    child.on("close", (code) => {
      children.delete(child);
      resolve({ ok: code === 0, output: output.trim() });
    });
  });
}

const heading = (name) => `\n── ${name} ${"─".repeat(Math.max(0, 76 - name.length))}`;

async function timed(name, action) {
  const start = performance.now();
  const outcome = await action();
  outcomes.push({ name, skipped: 0, ...outcome, seconds: (performance.now() - start) / 1000 });
}

const verdict = (ok) => (ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });

/** One check: a script of package.json that ends well or doesn't. */
const check = (name, script) =>
  timed(name, async () => {
    const { ok, output } = await npmRun(script);
    console.log(heading(`${name}: ${ok ? "ok" : "FAILED"}`));
    if (output) {
      console.log(output);
    }
    return verdict(ok);
  });

/** Many tests: a script of package.json that leaves its counts behind. */
const tests = (name, script, results, environment) =>
  timed(name, async () => {
    clearResults(results);
    console.log(`\n… ${name}`);
    const { ok, output } = await npmRun(script, environment);
    console.log(heading(name));
    console.log(output);
    const counts = readResults(results) ?? { passed: 0, failed: 0, skipped: 0 };
    const nothingRan = counts.passed + counts.failed === 0;
    if (nothingRan || (!ok && counts.failed === 0)) {
      return {
        ...counts,
        failed: counts.failed + 1,
        note: nothingRan ? "no test ran" : "the runner failed",
      };
    }
    return counts;
  });

function setUp(name, action) {
  return timed(name, () => {
    try {
      action();
      return verdict(true);
    } catch (error) {
      return { ...verdict(false), note: error.message };
    }
  });
}

const coverage = () =>
  timed("coverage", () => {
    const { lines, minimum } = readResults("coverage") ?? { lines: 0, minimum: 0 };
    return { ...verdict(lines > 0 && lines >= minimum), note: `${lines.toFixed(1)} % of lines` };
  });

const hasPassed = (name) => outcomes.some((outcome) => outcome.name === name && !outcome.failed);

function leaveOut(name, missing) {
  outcomes.push({
    name,
    passed: 0,
    failed: 0,
    skipped: 0,
    seconds: 0,
    note: `not run: ${missing}`,
  });
}

async function sideBySide(jobs) {
  const waiting = [...jobs];
  const work = async () => {
    for (let job = waiting.shift(); job; job = waiting.shift()) {
      await job();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

async function runChecks() {
  // First and alone: other checks read what it writes.
  await check("build and budgets", "build");
  await sideBySide([
    () => check("lint", "lint"),
    () => check("typecheck", "typecheck"),
    () => check("format", "format:check"),
    () => check("floors", "floors"),
    () => check("manifests", "manifests:check"),
    () => check("package", "publint"),
  ]);
}

async function runTests() {
  const missing = ENGINES.filter((engine) => !hasPassed(engine));
  for (const engine of missing) {
    leaveOut(`tests in ${engine}`, "no browser");
  }
  const engines = ENGINES.filter((engine) => !missing.includes(engine));
  // The longest first.
  await sideBySide([
    ...engines.toReversed().map(endToEnd),
    ...engines.map(browserTests),
    () => tests("node tests", "test:node", "node-tests"),
  ]);
}

const browserTests = (engine) => async () => {
  const environment = { ENGINE: engine };
  const measures = engine === "chromium";
  if (measures) {
    clearResults("coverage");
  }
  await tests(`browser tests, ${engine}`, "test:browser", `browser-tests-${engine}`, environment);
  if (measures) {
    await coverage();
  }
};

const endToEnd = (engine) => () =>
  tests(`end to end, ${engine}`, "test:e2e", `e2e-tests-${engine}`, { ENGINE: engine });

/** How many of each kind ran in each engine, and how many of them passed. */
function printEngines() {
  const table = ENGINES.map((engine) => {
    const { groups = {} } = readResults(`browser-tests-${engine}`) ?? {};
    const flows = readResults(`e2e-tests-${engine}`);
    return [engine, { ...groups, ...(flows && { flows }) }];
  });
  console.log(heading("by engine: passed of those that ran, and what an engine can't do"));
  console.log(["".padEnd(10), ...KINDS.map((kind) => kind.padStart(22))].join(""));
  for (const [engine, counts] of table) {
    const cells = KINDS.map((kind) => {
      const { passed, failed, skipped } = counts[kind] ?? { passed: 0, failed: 0, skipped: 0 };
      const left = skipped > 0 ? `, ${skipped} can't` : "";
      return `${passed} of ${passed + failed}${left}`.padStart(22);
    });
    console.log([engine.padEnd(10), ...cells].join(""));
  }
  for (const engine of ENGINES) {
    const { runs = 0, seed } = readResults(`property-runs-${engine}`) ?? {};
    console.log(`properties in ${engine}: ${runs} runs (PROPERTY_SEED=${seed})`);
  }
}

function summarize() {
  console.log(heading("summary"));
  const width = Math.max(...outcomes.map(({ name }) => name.length));
  const total = { passed: 0, failed: 0 };
  for (const { name, passed, failed, skipped, seconds, note } of outcomes) {
    total.passed += passed;
    total.failed += failed;
    const counts = [`${passed} passed`, `${failed} failed`, skipped ? `${skipped} skipped` : ""];
    const columns = [
      failed > 0 ? "FAILED" : passed > 0 ? "ok    " : "-     ",
      name.padEnd(width),
      `${seconds.toFixed(1).padStart(6)} s `,
      counts.filter(Boolean).join(", "),
      note ? `(${note})` : "",
    ];
    console.log(columns.join(" ").trimEnd());
  }
  printEngines();
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0;
}

for (const engine of ALL_ENGINES) {
  clearResults(`browser-tests-${engine}`);
  clearResults(`e2e-tests-${engine}`);
}
await setUp("dependencies", ensureDependencies);
if (hasPassed("dependencies")) {
  for (const engine of ENGINES) {
    await setUp(engine, () => ensureEngine(engine));
  }
  await runChecks();
  await runTests();
}
process.exitCode = summarize() ? 0 : 1;
