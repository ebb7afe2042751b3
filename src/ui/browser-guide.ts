import { html, nothing, type TemplateResult } from "lit";

import { getBrowserLink, toPortableAddress } from "../transports/own-browser.js";
import type { Texts } from "./texts.js";

/** How long copying may take, in milliseconds: some web views never answer. */
const patience = 2000;

/** Whether the clipboard took it; a page without https, and some web views, have none. */
async function write(address: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(address);
    return true;
  } catch {
    return false;
  }
}

/** What shows the guide. */
interface GuideHost {
  readonly renderRoot: ParentNode;
  readonly updateComplete: Promise<boolean>;
  requestUpdate(): void;
}

/** How to open the page in the phone's own browser. */
export interface BrowserGuide {
  /**
   * @param texts - in the consumer's language
   * @param isOnlyWay - whether nobody can sign in here
   */
  render(texts: Texts, isOnlyWay: boolean): TemplateResult;
}

/**
 * Makes the part of the prompt that is needed inside of an app whose browser the identity provider
 * refuses, or may refuse: a link out of the app where there is one, and the page's address to copy.
 */
export function createBrowserGuide(host: GuideHost): BrowserGuide {
  let result: "" | "copied" | "notCopied" = "";

  async function copy(address: string): Promise<void> {
    result = "";
    host.requestUpdate();
    const copied = await Promise.race([
      write(address),
      new Promise<false>((resolve) => {
        setTimeout(resolve, patience, false);
      }),
    ]);
    result = copied ? "copied" : "notCopied";
    host.requestUpdate();
    await host.updateComplete;
    // There only where nothing was copied.
    const field = host.renderRoot.querySelector("input");
    field?.focus();
    field?.select();
  }

  return {
    render({ browser: texts }, isOnlyWay) {
      const address = toPortableAddress(location.href);
      if (!address) return html``;
      const link = getBrowserLink(address, navigator.userAgent);
      const primary = isOnlyWay ? "primary" : "";
      const second = link ? "" : primary;
      return html`<div part="guide">
        <div class="actions">
          ${
            link
              ? html`<a class=${primary} part="button ${primary}" href=${link}>${texts.open}</a>`
              : nothing
          }
          <button class=${second} part="button ${second}" @click=${() => void copy(address)}>
            ${texts.copy}
          </button>
        </div>
        <p>${texts.paste}</p>
        ${
          result === "notCopied"
            ? html`<input readonly dir="ltr" aria-label=${texts.notCopied} .value=${address} />`
            : nothing
        }
        <p role="status">${result && texts[result]}</p>
      </div>`;
    },
  };
}
