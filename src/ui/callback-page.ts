import { relayAuthorizationResponse } from "../transports/return-page.js";

/** The work of `callback.html`: passes the response on, and says so where the window stays open. */
export async function runCallbackPage(): Promise<void> {
  const show = (id: string): void => {
    for (const text of document.querySelectorAll<HTMLElement>("[data-outcome]")) {
      text.hidden = text.dataset["outcome"] !== id;
    }
  };
  show("working");
  show(await relayAuthorizationResponse());
}
