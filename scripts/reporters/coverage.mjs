import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { transformSync } from "esbuild";
import { writeResults } from "../results.mjs";

const posix = (file) => file.split(path.sep).join("/");

const measuredFiles = ({ coverageMap }) =>
  coverageMap.files().map((file) => {
    const { covered, total } = coverageMap.fileCoverageFor(file).toSummary().lines;
    return { file: posix(path.relative(process.cwd(), file)), covered, total };
  });

function countLinesThatRun(file) {
  const text = readFileSync(file, "utf8");
  const onlyTypes = transformSync(text, { loader: "ts" }).code.trim() === "";
  return onlyTypes ? 0 : text.split("\n").length;
}

/** What runs on servers is tested there, and nowhere in a browser's numbers. */
const isOfServers = (file) => /^src\/(?:platform|issuer|command)(?:\/|\.ts$)/.test(file);

/** A file that no test loads is nowhere in the engine's numbers, and yet not covered. */
function missingFiles(measured) {
  const known = new Set(measured.map(({ file }) => file));
  return readdirSync("src", { recursive: true })
    .map((file) => `src/${posix(file)}`)
    .filter((file) => file.endsWith(".ts") && !known.has(file))
    .map((file) => ({ file, covered: 0, total: countLinesThatRun(file) }))
    .filter(({ total }) => total > 0);
}

const percent = ({ covered, total }) => (total === 0 ? 100 : (100 * covered) / total);

function sum(files) {
  return {
    covered: files.reduce((lines, { covered }) => lines + covered, 0),
    total: files.reduce((lines, { total }) => lines + total, 0),
  };
}

/** Prints the lines covered, and the files below the minimum. */
export function coverageReporter({ minimum }) {
  return {
    onTestRunFinished({ testCoverage }) {
      if (!testCoverage) {
        return;
      }
      const measured = measuredFiles(testCoverage);
      const files = [...measured, ...missingFiles(measured)].filter(
        ({ file }) => !isOfServers(file),
      );
      const lines = percent(sum(files));
      const low = files
        .filter((file) => percent(file) < minimum)
        .sort((a, b) => percent(a) - percent(b));
      console.log(
        `\nLines covered, files that no test loads included: ${lines.toFixed(1)} % (minimum ${minimum} %)`,
      );
      for (const file of low) {
        console.log(`  ${percent(file).toFixed(1).padStart(5)} %  ${file.file}`);
      }
      writeResults("coverage", { lines, minimum });
    },
  };
}
