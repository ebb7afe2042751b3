import { expect } from "@esm-bundle/chai";

import type { ErrorCode } from "../../../src/index.js";
import { caught } from "../../support/caught.js";
import {
  expectNobody,
  until,
  withAttackedPage,
  type AttackedPage,
  type AttackOptions,
  type FlowName,
} from "./attack.js";
import { page as pageOf, type ServerAnswer, type ServerRequest } from "./room.js";

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
 * @param before - what happens on the page before
 * @param further - what else is looked at afterwards
 */
export const expectUnheard = (
  flow: FlowName,
  options: AttackOptions,
  isDealtWith: (page: AttackedPage, heard: Heard) => unknown,
  code: ErrorCode = "cancelled",
  before?: (page: AttackedPage) => Promise<void>,
  further?: (page: AttackedPage) => void | Promise<void>,
): Promise<void> =>
  withAttackedPage(flow, options, async (page) => {
    await before?.(page);
    const heard = hear();
    try {
      const called = page.call();
      await until(() => Boolean(isDealtWith(page, heard)), "the end of the attack");
      page.prompt()?.view?.cancel();
      expectNobody(page, await called, flow, code);
      await further?.(page);
    } finally {
      heard.stop();
    }
  });

/**
 * The attack fails in a hidden frame too, where no person is asked. It is quicker than a popup, and the
 * same code reads the response: variations are tried here.
 */
export const expectSilentRefusal = (
  flow: FlowName,
  options: AttackOptions,
  code: ErrorCode,
  further?: (page: AttackedPage) => void | Promise<void>,
): Promise<void> =>
  withAttackedPage(
    flow,
    {
      ...options,
      config: (room) => ({
        ...(typeof options.config === "function" ? options.config(room) : options.config),
        silent: true,
      }),
    },
    async (page) => {
      const { attempts } = await caught(page.auth.getCredential({ interactive: false }));
      expect(attempts.find(({ rung }) => rung === "silent")?.outcome).to.equal(code);
      expect(page.auth.session.claims).to.equal(undefined);
      expect(page.popups).to.deep.equal([]);
      await further?.(page);
    },
  );

/** Options of an attack whose only fault are the parameters of the authorization response. */
export const answering = (
  change: (parameters: Record<string, string>) => unknown,
): AttackOptions => ({
  misconduct: {
    authorization(parameters) {
      change(parameters);
      return parameters;
    },
  },
});

/** The address of an authorization response, from the provider to the return page. */
export const toReturnPage = (
  { query }: { readonly query: URLSearchParams },
  { search, hash }: { readonly search?: string; readonly hash?: string },
): string =>
  `${query.get("redirect_uri")}${search === undefined ? "" : `?${search}`}${hash === undefined ? "" : `#${hash}`}`;

/**
 * Says something on a channel of this origin, as any page of it can, and waits until whoever listens
 * has heard it.
 */
export async function broadcast(name: string, message: unknown): Promise<void> {
  const [speaker, witness] = [new BroadcastChannel(name), new BroadcastChannel(name)];
  await new Promise((resolve) => {
    witness.onmessage = resolve;
    speaker.postMessage(message);
  });
  speaker.close();
  witness.close();
}

const hastily = pageOf(
  `<script>const wait = setTimeout; window.setTimeout = (work, time) => wait(work, time / 5)</script>
  ${["working", "relayed", "unheard", "no_response"]
    .map((outcome) => `<p data-outcome="${outcome}" ${outcome === "working" ? "" : "hidden"}>.</p>`)
    .join("")}
  <script type="module" src="/src/callback-page.ts"></script>`,
);

/** The return page at `return` on the page's own origin, which waits a fifth of its time to be heard. */
export const hastyReturnPage = ({ server, path }: ServerRequest): ServerAnswer | undefined =>
  server === "site" && path === "/return" ? hastily : undefined;
