import { html, nothing, type TemplateResult } from "lit";

import type { PromptView } from "../ladder/prompt.js";
import type { BrowserGuide } from "./browser-guide.js";
import type { Texts } from "./texts.js";

/**
 * What the consumer sees of one view.
 *
 * @param view - the step, the problem, and what the buttons do
 * @param texts - in the consumer's language
 * @param brand - who asks
 * @param guide - how to get out of an app, once it is loaded
 */
export function renderPrompt(
  { step, problem, guest, redirects, signIn, cancel }: PromptView,
  texts: Texts,
  brand: string,
  guide?: BrowserGuide,
): TemplateResult {
  const isRefused = redirects === "refused";
  const isInside = isRefused || redirects === "doubtful";
  const asks = isRefused || step === "ask";
  const retries = !asks && problem !== undefined;
  const message = !asks
    ? texts.wait
    : isInside
      ? texts.browser[redirects]
      : guest
        ? texts.askWithGuest(brand)
        : texts.ask(brand);
  const told = isRefused ? undefined : problem;
  return html`<section
    part="prompt"
    role="dialog"
    tabindex="-1"
    aria-labelledby="title"
    aria-describedby="message problem"
    @keydown=${(event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      cancel();
    }}
  >
    <div lang=${texts.language} dir=${texts.direction}>
      <header>
        <h2 id="title" part="title">${texts.title}</h2>
        ${
          guest
            ? html`<button class="close" part="close" aria-label=${texts.cancel} @click=${cancel}>
                <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M3 3l10 10M13 3L3 13" /></svg>
              </button>`
            : nothing
        }
      </header>
      <p id="message" part="message" aria-live="polite">${retries ? nothing : message}</p>
      <p id="problem" part="problem" role="alert">${told && texts.problems[told]}</p>
      ${isInside && asks ? guide?.render(texts, isRefused) : nothing}
      <footer>
        ${
          (asks && !isRefused) || retries
            ? html`<button class="primary" part="button primary" @click=${signIn}>
                ${problem ? texts.tryAgain : texts.signIn}
              </button>`
            : nothing
        }
        <button part="button" @click=${cancel}>
          ${guest ? texts.continueAsGuest : texts.cancel}
        </button>
      </footer>
    </div>
  </section>`;
}
