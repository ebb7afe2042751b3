import { relayAuthorizationResponse } from "../transports/return-page.js";

/** The work of `callback.html`: passes the response on, and says so where the window stays open. */
export async function runCallbackPage(): Promise<void> {
  // At once: the response leaves the address bar before anything else of the page is there.
  const relaying = relayAuthorizationResponse();
  document.adoptedStyleSheets = [createStyles()];
  if (document.readyState === "loading") {
    await new Promise((resolve) => {
      document.addEventListener("DOMContentLoaded", resolve);
    });
  }
  const outcome = await relaying;
  for (const text of document.querySelectorAll<HTMLElement>("[data-outcome]")) {
    text.hidden = text.dataset["outcome"] !== outcome;
  }
}

/** Constructed, because a strict Content Security Policy allows no style in the page. */
function createStyles(): CSSStyleSheet {
  const styles = new CSSStyleSheet();
  styles.replaceSync(`
    body {
      display: grid;
      place-items: center;
      min-block-size: 90vh;
      margin: 0;
      padding: 1.5rem;
      font: 1.125rem/1.5 system-ui, sans-serif;
      text-align: center;
      text-wrap: balance;
    }
  `);
  return styles;
}
