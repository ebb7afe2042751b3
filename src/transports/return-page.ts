import type { RawAuthorizationResponse } from "../oidc/authorization-response.js";
import { openChannel, type Receipt, type RelayedResponse } from "./relay.js";

/** How the return page's work ended; `unheard`: no page was waiting for the response. */
export type ReturnOutcome = "relayed" | "unheard" | "no_response";

/** How long the page that began the login may take to say that it has the response. */
const patience = 5000;

/** The response in an address: the fragment where it carries a `state`, else the query. */
function findResponse({ hash, search }: Location): RawAuthorizationResponse | undefined {
  const found: readonly RawAuthorizationResponse[] = [
    { mode: "fragment", parameters: hash.slice(1) },
    { mode: "query", parameters: search.slice(1) },
  ];
  return found.find(({ parameters }) => new URLSearchParams(parameters).get("state"));
}

/**
 * The return page's work: takes the authorization response out of the address bar, passes it on to
 * the page of this origin that began the login, and closes the window once that page has it.
 *
 * @returns how it ended; `no_response` at once where the address holds none
 */
export async function relayAuthorizationResponse(): Promise<ReturnOutcome> {
  const response = findResponse(location);
  history.replaceState(null, "", location.pathname);
  if (!response) return "no_response";
  const state = String(new URLSearchParams(response.parameters).get("state"));
  const message: RelayedResponse = { consumerAuth: state, ...response };
  const channel = openChannel(state);
  const listening = new AbortController();
  try {
    const heard = await new Promise<boolean>((resolve) => {
      const receive = (data: unknown): void => {
        if ((data as Partial<Receipt> | null)?.consumerAuthReceived === state) resolve(true);
      };
      if (channel) {
        channel.onmessage = ({ data }) => {
          receive(data);
        };
        channel.postMessage(message);
      }
      addEventListener(
        "message",
        ({ origin: sender, data }) => {
          if (sender === origin) receive(data);
        },
        { signal: listening.signal },
      );
      for (const other of [opener as Window | null, parent === window ? null : parent]) {
        other?.postMessage(message, origin);
      }
      setTimeout(() => {
        resolve(false);
      }, patience);
    });
    if (heard) close();
    return heard ? "relayed" : "unheard";
  } finally {
    listening.abort();
    channel?.close();
  }
}
