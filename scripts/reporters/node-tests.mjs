import { isAbsolute } from "node:path";

/** A test file that holds no test is reported as a passed test named like the file. */
const isFileItself = ({ name, nesting }) =>
  nesting === 0 && (isAbsolute(name) || /\.test\.ts$/.test(name));

const failedOnItsOwn = ({ details }) => details.error?.failureType !== "subtestsFailed";

const nothing = () => ({ passed: 0, failed: 0, skipped: 0 });

/** Counts by file: leaves the groups out, unless one fails by itself, in a hook for example. */
export default async function* nodeTestsReporter(source) {
  const files = {};
  for await (const { type, data } of source) {
    if (type !== "test:pass" && type !== "test:fail") {
      continue;
    }
    const results = (files[data.file ?? data.name] ??= nothing());
    if (data.skip !== undefined || data.todo !== undefined) {
      results.skipped += 1;
    } else if (type === "test:fail") {
      results.failed += failedOnItsOwn(data) ? 1 : 0;
    } else if (data.details.type !== "suite" && !isFileItself(data)) {
      results.passed += 1;
    }
  }
  yield JSON.stringify({ files });
}
