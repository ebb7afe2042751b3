import type { ErrorCode } from "../../../src/index.js";
import {
  expectNobody,
  until,
  withAttackedPage,
  type AttackedPage,
  type AttackOptions,
  type FlowName,
} from "./attack.js";

/** What a page tells this one by `postMessage`, in the order in which it came. */
export interface Heard {
  readonly messages: readonly MessageEvent<unknown>[];
  stop(): void;
}

/** Hears all that is said to this page. */
export function hear(): Heard {
  const messages: MessageEvent<unknown>[] = [];
  const listening = new AbortController();
  addEventListener("message", (event) => messages.push(event as MessageEvent<unknown>), {
    signal: listening.signal,
  });
  return {
    messages,
    stop() {
      listening.abort();
    },
  };
}

/** Whether the return page has relayed a response with this `state`. */
export const isRelayed = ({ messages }: Heard, state: string): boolean =>
  messages.some(
    ({ origin, data }) =>
      origin === location.origin &&
      (data as { consumerAuth?: unknown } | null)?.consumerAuth === state,
  );

/** What the return page shows in a window, if it is there. */
export function shownBy(returnPage: Window | null | undefined): string | undefined {
  try {
    return returnPage?.document.querySelector<HTMLElement>("[data-outcome]:not([hidden])")?.dataset[
      "outcome"
    ];
  } catch {
    // It shows a page of another origin.
    return undefined;
  }
}

/**
 * The attack's response doesn't reach the page that waits: the return page has dealt with it, and the
 * page waits on, until the consumer gives up.
 *
 * @param isDealtWith - whether whatever the attack could have done is done
 */
export const expectUnheard = (
  flow: FlowName,
  options: AttackOptions,
  isDealtWith: (page: AttackedPage, heard: Heard) => unknown,
  code: ErrorCode = "cancelled",
): Promise<void> =>
  withAttackedPage(flow, options, async (page) => {
    const heard = hear();
    try {
      const called = page.call();
      await until(() => Boolean(isDealtWith(page, heard)), "the end of the attack");
      page.prompt()?.view?.cancel();
      expectNobody(page, await called, flow, code);
    } finally {
      heard.stop();
    }
  });
