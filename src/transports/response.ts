import { settleBy } from "../base/deadline.js";
import type { AuthorizationRequest } from "../oidc/authorization-request.js";
import type { RawAuthorizationResponse } from "../oidc/authorization-response.js";
import { openChannel, type Receipt, type RelayedResponse } from "./relay.js";

/**
 * Sends a window to the identity provider and waits for the return page.
 *
 * @param target - the window that will show the return page
 * @param request - what its response is recognised by
 * @param signal - ends the waiting; a deadline or a Cancel
 * @param send - sends the window there, when everything listens
 * @returns the response, nothing in it checked but that its channel or sender is ours
 */
export async function awaitResponse(
  target: Window,
  { state, redirectUri }: AuthorizationRequest,
  signal: AbortSignal,
  send: (ended: AbortSignal) => void,
): Promise<RawAuthorizationResponse> {
  const channel = openChannel(state);
  const listening = new AbortController();
  try {
    const response = new Promise<RawAuthorizationResponse>((resolve) => {
      const receive = (
        data: Partial<RelayedResponse> | null,
        answer: (receipt: Receipt) => void,
      ): void => {
        if (data?.consumerAuth !== state) return;
        answer({ consumerAuthReceived: state });
        resolve(data as RelayedResponse);
      };
      if (channel) {
        channel.onmessage = ({ data }) => {
          receive(data as RelayedResponse | null, (receipt) => {
            channel.postMessage(receipt);
          });
        };
      }
      const returnOrigin = new URL(redirectUri).origin;
      addEventListener(
        "message",
        ({ source, origin: sender, data }) => {
          if (source !== target || sender !== returnOrigin) return;
          receive(data as RelayedResponse | null, (receipt) => {
            target.postMessage(receipt, returnOrigin);
          });
        },
        { signal: listening.signal },
      );
      send(listening.signal);
    });
    return await settleBy(signal, response);
  } finally {
    listening.abort();
    channel?.close();
  }
}
