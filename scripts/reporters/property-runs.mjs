import { randomInt } from "node:crypto";
import { chosenEngine } from "../browsers.mjs";
import { clearResults, writeResults } from "../results.mjs";

/** The same every time, so that it is the change that makes a run fail, and not the draw. */
const USUAL_SEED = 20_261_121;

const wanted = process.env.PROPERTY_SEED;

/** The seed of all properties of this run: `PROPERTY_SEED` of the environment, `random` for another one every time. */
const seed = wanted === "random" ? randomInt(2 ** 31) : Number(wanted ?? USUAL_SEED);

/**
 * How many times as often as usual properties are tried: `PROPERTY_TIMES` of the environment. They are about logic, which
 * WebKitGTK runs slowest; there a quarter shows that it is the same.
 */
const times = Number(process.env.PROPERTY_TIMES ?? (chosenEngine() === "webkit" ? 0.25 : 1));

/** What esbuild puts in the place of names in `test/support/properties.ts`. */
export const propertySettings = { PROPERTY_SEED: `${seed}`, PROPERTY_TIMES: `${times}` };

/** Adds up how often properties were tried, and says so: a plugin of the test runner, and its reporter. */
export function countPropertyRuns(engine) {
  const name = `property-runs-${engine}`;
  let runs = 0;
  return {
    plugin: {
      name: "property-runs",
      executeCommand({ command, payload }) {
        if (command !== "property-runs") return undefined;
        runs += payload.made;
        return { runs };
      },
    },
    reporter: {
      start: () => clearResults(name),
      onTestRunFinished() {
        if (runs === 0) return;
        console.log(`properties: ${runs} runs with PROPERTY_SEED=${seed}\n`);
        writeResults(name, { runs, seed });
      },
    },
  };
}
