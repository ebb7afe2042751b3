import type { RawAuthorizationResponse } from "../oidc/authorization-response.js";
import { findRequest, keepRequest } from "./pending.js";
import { openChannel, type Receipt, type RelayedResponse } from "./relay.js";

/**
 * How the return page's work ended; `returned`: the consumer goes back to the page that sent them
 * away; `unheard`: no page was waiting for the response.
 */
export type ReturnOutcome = "relayed" | "returned" | "unheard" | "no_response";

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

/** Brings the consumer back, if this tab sent them away. */
function goBack(state: string, response: RawAuthorizationResponse): boolean {
  const kept = findRequest(state);
  // Nothing is answered twice.
  if (!kept || kept.response || !kept.returnTo.startsWith(`${origin}/`)) return false;
  keepRequest({ ...kept, response });
  location.replace(kept.returnTo);
  return true;
}

/**
 * The return page's work: takes the authorization response out of the address bar, passes it on to
 * the page of this origin that began the login, and closes the window once that page has it. After a
 * redirect in this very tab it brings the consumer back to where they were.
 *
 * @returns how it ended; `no_response` at once where the address holds none
 */
export async function relayAuthorizationResponse(): Promise<ReturnOutcome> {
  const response = findResponse(location);
  history.replaceState(null, "", location.pathname);
  if (!response) return "no_response";
  const state = String(new URLSearchParams(response.parameters).get("state"));
  if (goBack(state, response)) return "returned";
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
