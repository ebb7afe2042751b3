import type { AuthorizationRequest } from "../oidc/authorization-request.js";
import type { RawAuthorizationResponse } from "../oidc/authorization-response.js";
import { awaitResponse } from "./response.js";

/** How often it is looked whether the popup is still open, in milliseconds. */
const pollInterval = 250;

/** How long a response may still be under way after the popup was seen closed, in milliseconds. */
const grace = 1000;

/**
 * Opens a blank popup. It must be called in the consumer's gesture, before anything is awaited.
 *
 * @returns the popup, or `undefined` where the browser blocked it
 */
export function openPopup(): Window | undefined {
  // Where the browser puts it: near the page's corner, so that the prompt stays in sight.
  const popup = open("", "_blank", "popup,width=480,height=640");
  return popup?.closed === false ? popup : undefined;
}

/**
 * Sends the consumer to the identity provider in a popup and waits for the return page.
 *
 * @param popup - from {@link openPopup}, still blank
 * @param request - where to, and what its response is recognised by
 * @param signal - ends the waiting; a deadline or a Cancel
 * @param seemsClosed - called when the popup reads as closed and no response came. That is a
 * hint only: a `Cross-Origin-Opener-Policy` makes an open popup read as closed, so the waiting goes on
 * @returns the response, nothing in it checked but that its channel or sender is ours
 */
export const authorizeInPopup = (
  popup: Window,
  request: AuthorizationRequest,
  signal: AbortSignal,
  seemsClosed: () => void,
): Promise<RawAuthorizationResponse> =>
  awaitResponse(popup, request, signal, (ended) => {
    popup.location.replace(request.url);
    watch(popup, seemsClosed, ended);
  });

/** Polls, because no browser tells when a window closes. */
function watch(popup: Window, seemsClosed: () => void, signal: AbortSignal): void {
  let closedFor = 0;
  const timer = setInterval(() => {
    closedFor = popup.closed ? closedFor + pollInterval : 0;
    if (closedFor === grace) seemsClosed();
  }, pollInterval);
  signal.addEventListener("abort", () => {
    clearInterval(timer);
  });
}
