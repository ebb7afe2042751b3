import type { Prompt, PromptPort, PromptView } from "../ladder/prompt.js";

/** Where the prompt comes from: the one that was attached last. */
export interface PromptSwitch extends PromptPort {
  /** @returns takes the prompt away again */
  readonly attach: (prompt: Prompt) => () => void;
  /** Whether somebody is being asked. */
  readonly isShown: () => boolean;
  /** Signs in, if that is what the prompt waits for; within the consumer's click. */
  press(): void;
}

/** @param bringUp - has a prompt of the library's own attach itself, when none is attached */
export function createPromptSwitch(bringUp: () => Promise<void>): PromptSwitch {
  const attached = new Set<Prompt>();
  let shown: { readonly view: PromptView; readonly failed: (error: unknown) => void } | undefined;
  let shownBy: Prompt | undefined;
  let coming: Promise<void> | undefined;

  async function present(): Promise<void> {
    const prompt = shown && [...attached].at(-1);
    try {
      if (shownBy !== prompt) shownBy?.hide();
      shownBy = prompt;
      if (!shown) return;
      if (prompt) prompt.show(shown.view);
      else {
        await (coming ??= bringUp().finally(() => {
          coming = undefined;
        }));
      }
    } catch (error) {
      // Unless one came by itself meanwhile, as when an element is moved.
      if (prompt ?? attached.size === 0) shown?.failed(error);
    }
  }

  return {
    show(view, failed) {
      shown = { view, failed };
      void present();
    },
    hide() {
      shown = undefined;
      void present();
    },
    attach(prompt) {
      attached.add(prompt);
      void present();
      return () => {
        attached.delete(prompt);
        void present();
      };
    },
    isShown: () => shown !== undefined,
    press() {
      if (shown?.view.step === "ask") shown.view.signIn();
    },
  };
}
