import type { Prompt, PromptPort, PromptView } from "../ladder/prompt.js";

/** Where the prompt comes from: the one that was attached last. */
export interface PromptSwitch extends PromptPort {
  /** @returns takes the prompt away again */
  readonly attach: (prompt: Prompt) => () => void;
}

/** @param bringUp - has a prompt of the library's own attach itself, when none is attached */
export function createPromptSwitch(bringUp: () => Promise<void>): PromptSwitch {
  const attached: Prompt[] = [];
  let shown: { readonly view: PromptView; readonly failed: (error: unknown) => void } | undefined;
  let shownBy: Prompt | undefined;

  function present(): void {
    const prompt = attached.at(-1);
    if (shownBy !== prompt) shownBy?.hide();
    shownBy = prompt;
    if (!shown) return;
    if (prompt) prompt.show(shown.view);
    else bringUp().catch((error: unknown) => shown?.failed(error));
  }

  return {
    show(view, failed) {
      shown = { view, failed };
      present();
    },
    hide() {
      shown = undefined;
      shownBy?.hide();
    },
    attach(prompt) {
      attached.push(prompt);
      present();
      return () => {
        attached.splice(attached.indexOf(prompt), 1);
        present();
      };
    },
  };
}
