import path from "node:path";
import { writeResults } from "../results.mjs";

const posix = (file) => file.split(path.sep).join("/");

const testsOf = (suite) =>
  suite ? [...suite.tests, ...suite.suites.flatMap((inner) => testsOf(inner))] : [];

function countSession(session) {
  const tests = testsOf(session.testResults);
  const skipped = tests.filter((test) => test.skipped).length;
  const failed = tests.filter((test) => !test.passed && !test.skipped).length;
  // A file that doesn't load, or a page that breaks outside of a test, has no failed test to show for it.
  const broken = !session.passed && failed === 0 ? 1 : 0;
  return { passed: tests.length - skipped - failed, failed: failed + broken, skipped };
}

/** Where the tests of a folder are counted; everything else is `components`. */
const GROUPS = {
  "test/attacks/id-token/": "attacks",
  "test/attacks/authorization-response/": "attacks",
  "test/attacks/page/": "attacks",
  "test/attacks/": "faults",
  "test/properties/": "properties",
};

const groupOf = (file) =>
  Object.entries(GROUPS).find(([folder]) => file.startsWith(folder))?.[1] ?? "components";

const nothing = () => ({ passed: 0, failed: 0, skipped: 0 });

function add(counts, more) {
  for (const [outcome, count] of Object.entries(more)) {
    counts[outcome] += count;
  }
}

/** Writes what ran and how it ended, in all and by kind, for whoever counts it. */
export function browserTestsReporter(engine) {
  return {
    onTestRunFinished({ sessions }) {
      const results = { ...nothing(), groups: {} };
      for (const session of sessions) {
        const { groups, ...all } = results;
        const counts = countSession(session);
        const file = posix(path.relative(process.cwd(), session.testFile));
        add((groups[groupOf(file)] ??= nothing()), counts);
        add(all, counts);
        Object.assign(results, all);
      }
      writeResults(`browser-tests-${engine}`, results);
    },
  };
}
