import { writeResults } from "../results.mjs";

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

/** Writes what ran and how it ended, for whoever counts it. */
export function browserTestsReporter(engine) {
  return {
    onTestRunFinished({ sessions }) {
      const results = { passed: 0, failed: 0, skipped: 0 };
      for (const session of sessions) {
        for (const [outcome, count] of Object.entries(countSession(session))) {
          results[outcome] += count;
        }
      }
      writeResults(`browser-tests-${engine}`, results);
    },
  };
}
