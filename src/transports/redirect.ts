import { abortError } from "../base/deadline.js";
import { ConsumerAuthError } from "../base/errors.js";
import { findAnswered, keepRequest, takeAnswered, type KeptRequest } from "./pending.js";

/**
 * Sends the page itself to the identity provider. The return page keeps the answer and brings the
 * consumer back to where they were.
 *
 * @param request - where to, and what is needed again afterwards
 * @param purpose - what for
 * @param client - the client's name, by which the page finds its answer
 * @param signal - ends the waiting for the page to go away
 * @returns never: either the page goes away, or it rejects
 * @throws ConsumerAuthError `storage_unavailable` where nothing can be kept meanwhile; `cancelled` when
 * the consumer came back by the browser's back button; or what the signal was aborted with
 */
export async function goAway(
  request: KeptRequest["request"],
  purpose: KeptRequest["purpose"],
  client: string,
  signal?: AbortSignal,
): Promise<never> {
  if (signal?.aborted) throw abortError(signal);
  const kept: KeptRequest = {
    // The address may name the consumer, or hold a token; nobody needs it afterwards.
    request: { ...request, url: "" },
    purpose,
    client,
    returnTo: location.href,
    scroll: [scrollX, scrollY],
    at: Date.now(),
  };
  if (!keepRequest(kept)) {
    throw new ConsumerAuthError(
      "storage_unavailable",
      "sessionStorage is not available here, so nobody could come back from a redirect.",
    );
  }
  return new Promise((_resolve, reject) => {
    const end = (error: ConsumerAuthError): void => {
      removeEventListener("pageshow", comeBack);
      takeAnswered(client);
      reject(error);
    };
    // The page was kept as it was, and is shown again: nobody signed in.
    const comeBack = ({ persisted }: PageTransitionEvent): void => {
      if (persisted) end(new ConsumerAuthError("cancelled", "The consumer came back."));
    };
    addEventListener("pageshow", comeBack);
    signal?.addEventListener("abort", () => {
      end(abortError(signal));
    });
    location.assign(request.url);
  });
}

let isRestored = false;

/**
 * Brings the page back to where it was before a redirect, once.
 *
 * @param client - the client's name
 */
export function restorePlace(client: string): void {
  const { returnTo, scroll } = findAnswered(client) ?? {};
  if (isRestored || !scroll || returnTo !== location.href) return;
  isRestored = true;
  const restore = (): void => {
    scrollTo(...scroll);
  };
  if (document.readyState === "complete") restore();
  else addEventListener("load", restore, { once: true });
}
