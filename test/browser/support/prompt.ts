import type { Prompt, PromptView } from "../../../src/ladder/prompt.js";
import { until } from "./until.js";

/** A prompt that a test can press. */
export interface TestPrompt extends Prompt {
  /** What it shows now; `undefined` while it is hidden. */
  readonly view: PromptView | undefined;
  /** Everything that it showed, as `step` or `step:problem`. */
  readonly shown: readonly string[];
  /** Resolves with the view once one of this kind is shown. */
  waitFor(step: PromptView["step"], problem?: PromptView["problem"]): Promise<PromptView>;
}

export function createTestPrompt(): TestPrompt {
  let view: PromptView | undefined;
  const shown: string[] = [];
  return {
    get view() {
      return view;
    },
    shown,
    show(next) {
      view = next;
      shown.push(next.problem === undefined ? next.step : `${next.step}:${next.problem}`);
    },
    hide() {
      view = undefined;
    },
    waitFor: (step, problem) =>
      until(() => (view?.step === step && view.problem === problem ? view : undefined)),
  };
}
