import { fileURLToPath } from "node:url";
import { esbuildPlugin } from "@web/dev-server-esbuild";
import { defaultReporter } from "@web/test-runner";
import { chosenEngine } from "./scripts/browsers.mjs";
import { launchers } from "./scripts/launchers.mjs";
import { hostileServers } from "./test/attacks/support/servers.mjs";
import { freePort } from "./scripts/webkit-driver.mjs";
import { browserTestsReporter } from "./scripts/reporters/browser-tests.mjs";
import { coverageReporter } from "./scripts/reporters/coverage.mjs";
import { countPropertyRuns, propertySettings } from "./scripts/reporters/property-runs.mjs";

const MINIMUM_OF_LINES_COVERED = 90;

const engine = chosenEngine();
const hostile = hostileServers();
/** The only engine that tells which lines ran. */
const coverage = engine === "chromium";
const propertyRuns = countPropertyRuns(engine);

export default {
  files: ["unit", "browser", "attacks", "conformance", "properties"].map(
    (folder) => `test/${folder}/**/*.test.ts`,
  ),
  browsers: [launchers[engine]()],
  // Test files share an origin, and so its databases, locks and channels: one at a time.
  concurrency: 1,
  // Of this engine's own: runners that begin at the same moment would choose the same.
  port: await freePort(),
  nodeResolve: { exportConditions: ["browser", "development"] },
  middleware: [hostile.middleware],
  plugins: [
    hostile.plugin,
    esbuildPlugin({
      ts: true,
      target: "es2022",
      define: propertySettings,
      tsconfig: fileURLToPath(new URL("tsconfig.json", import.meta.url)),
    }),
    propertyRuns.plugin,
  ],
  filterBrowserLogs: ({ args: [first] }) => !String(first).startsWith("Lit is in dev mode"),
  testFramework: { config: { ui: "bdd", timeout: 20_000 } },
  staticLogging: !process.stdout.isTTY,
  reporters: [
    defaultReporter(),
    browserTestsReporter(engine),
    propertyRuns.reporter,
    ...(coverage ? [coverageReporter({ minimum: MINIMUM_OF_LINES_COVERED })] : []),
  ],
  coverage,
  coverageConfig: {
    include: ["src/**/*.ts"],
    reporters: ["lcov"],
    reportDir: "coverage",
  },
};
