import { executeServerCommand } from "@web/test-runner-commands";
import fc from "fast-check";

// What the test runner puts in the place of these names.
declare const PROPERTY_SEED: number;
declare const PROPERTY_TIMES: number;

/** A property that finds no end ends so many milliseconds after it began, with the runs that it has made. */
const patience = 60_000;

let made = 0;

/** Ours are shown by their code: the stack is in the runner's output anyway. */
const show = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}\n${error.stack ?? ""}` : String(error);

/**
 * A test of what holds for whatever fast-check comes up with. All tests of a run have one seed,
 * which `PROPERTY_SEED` chooses; what fails says which, with the smallest counterexample that was found.
 *
 * @param name - what can be relied on
 * @param runs - how many, times `PROPERTY_TIMES` of the environment
 * @param property - of fast-check
 */
export function always<Values>(
  name: string,
  runs: number,
  property: fc.IRawProperty<Values>,
): void {
  it(name, async () => {
    const details = await fc.check(property as fc.IAsyncProperty<Values>, {
      seed: PROPERTY_SEED,
      numRuns: Math.ceil(runs * PROPERTY_TIMES),
      interruptAfterTimeLimit: patience,
    });
    made += details.numRuns;
    if (!details.failed) return;
    const { counterexample, counterexamplePath, errorInstance, numShrinks } = details;
    throw new Error(
      [
        `It does not hold: PROPERTY_SEED=${details.seed} comes to the same (path "${counterexamplePath}").`,
        `After ${details.numRuns} runs and ${numShrinks} simpler ones: ${fc.stringify(counterexample)}`,
        show(errorInstance),
      ].join("\n"),
    );
  }).timeout(2 * patience);
}

// The runner adds up the runs of all files.
after(() => executeServerCommand("property-runs", { made }));
