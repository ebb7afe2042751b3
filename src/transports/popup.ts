import { abortError } from "../base/deadline.js";
import type { AuthorizationRequest } from "../oidc/authorization-request.js";
import type { RawAuthorizationResponse } from "../oidc/authorization-response.js";
import { channelName, isResponse, type RelayMessage } from "./relay.js";

const width = 480;
const height = 640;

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
  const left = Math.round(screenX + Math.max(0, (outerWidth - width) / 2));
  const top = Math.round(screenY + Math.max(0, (outerHeight - height) / 2));
  const popup = open(
    "",
    "_blank",
    `popup,width=${String(width)},height=${String(height)},left=${String(left)},top=${String(top)}`,
  );
  return popup && !popup.closed ? popup : undefined;
}

/** Whether a page of our origin in a new window hears our channel: a partitioned frame's doesn't. */
function sharesChannels(): boolean {
  try {
    return "BroadcastChannel" in globalThis && top?.origin === origin;
  } catch {
    return false;
  }
}

/**
 * Sends the consumer to the identity provider in a popup and waits for the return page. The popup is
 * closed when this is over, however it ends.
 *
 * @param popup - from {@link openPopup}, still blank
 * @param request - where to, and what its response is recognised by
 * @param signal - ends the waiting; a deadline or a Cancel
 * @param seemsClosed - called once when the popup reads as closed and no response came. That is a
 * hint only: a `Cross-Origin-Opener-Policy` makes an open popup read as closed, so the waiting goes on
 * @returns the response, nothing in it checked but that its channel or sender is ours
 */
export async function authorizeInPopup(
  popup: Window,
  request: AuthorizationRequest,
  signal: AbortSignal,
  seemsClosed: () => void,
): Promise<RawAuthorizationResponse> {
  const { state, url, redirectUri } = request;
  const channel = sharesChannels() ? new BroadcastChannel(channelName(state)) : undefined;
  const listening = new AbortController();
  try {
    return await new Promise<RawAuthorizationResponse>((resolve, reject) => {
      const cancel = (): void => {
        reject(abortError(signal));
      };
      if (signal.aborted) {
        cancel();
        return;
      }
      signal.addEventListener("abort", cancel, { signal: listening.signal });
      const receive = (data: unknown, answer: (received: RelayMessage) => void): void => {
        if (!isResponse(data, state)) return;
        answer({ type: "consumer-auth:received", state });
        resolve({ mode: data.mode, parameters: data.parameters });
      };
      if (channel) {
        channel.onmessage = ({ data }) => {
          receive(data, (received) => {
            channel.postMessage(received);
          });
        };
      }
      const returnOrigin = new URL(redirectUri).origin;
      addEventListener(
        "message",
        ({ source, origin: sender, data }) => {
          if (source !== popup || sender !== returnOrigin) return;
          receive(data, (received) => {
            popup.postMessage(received, returnOrigin);
          });
        },
        { signal: listening.signal },
      );
      popup.location.replace(url);
      // Without an opener, a hostile page in the popup can't send this page elsewhere.
      if (channel) popup.opener = null;
      watch(popup, seemsClosed, listening.signal);
    });
  } finally {
    listening.abort();
    channel?.close();
    popup.close();
  }
}

/** Polls, because no browser tells when a window closes. */
function watch(popup: Window, seemsClosed: () => void, signal: AbortSignal): void {
  const timer = setInterval(() => {
    if (!popup.closed) return;
    clearInterval(timer);
    const wait = setTimeout(seemsClosed, grace);
    signal.addEventListener("abort", () => {
      clearTimeout(wait);
    });
  }, pollInterval);
  signal.addEventListener("abort", () => {
    clearInterval(timer);
  });
}
