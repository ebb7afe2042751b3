import { spawn } from "node:child_process";
import { performance } from "node:perf_hooks";
import { ENGINES, ensureEngine } from "./browsers.mjs";
import { clearResults, readResults } from "./results.mjs";
import { ensureDependencies } from "./setup.mjs";

/** What doesn't wait for a browser or a clock runs side by side. */
const CHECKS_AT_ONCE = 2;

const outcomes = [];
const children = new Set();

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    for (const child of children) {
      child.kill(signal);
    }
    process.exit(1);
  });
}

function npmRun(script, stdio, environment = {}) {
  return new Promise((resolve) => {
    const child = spawn("npm", ["run", "--silent", script], {
      stdio: ["ignore", stdio, stdio],
      env: { ...process.env, ...environment },
      shell: process.platform === "win32",
    });
    children.add(child);
    let output = "";
    child.stdout?.on("data", (data) => (output += data));
    child.stderr?.on("data", (data) => (output += data));
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
    const { ok, output } = await npmRun(script, "pipe");
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
    console.log(heading(name));
    const { ok } = await npmRun(script, "inherit", environment);
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
  await Promise.all(Array.from({ length: CHECKS_AT_ONCE }, work));
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
  await tests("node tests", "test:node", "node-tests");
  for (const engine of ENGINES) {
    if (!hasPassed(engine)) {
      leaveOut(`browser tests, ${engine}`, "no browser");
      leaveOut(`end to end, ${engine}`, "no browser");
      continue;
    }
    const environment = { ENGINE: engine };
    if (engine === "chromium") clearResults("coverage");
    await tests(`browser tests, ${engine}`, "test:browser", `browser-tests-${engine}`, environment);
    if (engine === "chromium") await coverage();
    await tests(`end to end, ${engine}`, "test:e2e", `e2e-tests-${engine}`, environment);
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
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0;
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
