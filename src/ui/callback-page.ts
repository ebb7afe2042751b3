import { relayAuthorizationResponse } from "../transports/return-page.js";

/** The work of `callback.html`: passes the response on, and says so where the window stays open. */
export async function runCallbackPage(): Promise<void> {
  // At once: the response leaves the address bar before anything else of the page is there.
  const relaying = relayAuthorizationResponse();
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
