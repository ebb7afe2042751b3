import { expect } from "@esm-bundle/chai";

import {
  createConsumerAuth,
  type ConsumerAuth,
  type ConsumerAuthConfig,
  type ConsumerProblem,
  type ErrorCode,
} from "../../../src/index.js";
import type { ConsumerAuthElement } from "../../../src/element.js";
import {
  clientId,
  createHostileProvider,
  type HostileProvider,
  type Misconduct,
} from "./provider.js";
import { openRoom, type Room } from "./room.js";
import { readPlaces, recordTraces, type Traces } from "./traces.js";

/** How long an attacked page gives itself, in milliseconds. */
export const times = {
  answerTimeout: 6000,
  requestTimeout: 4000,
  silentTimeout: 3000,
  interactionTimeout: 8000,
} as const;

/** For attacks that let a page wait, in milliseconds. */
export const hasty = {
  answerTimeout: 3000,
  requestTimeout: 1000,
  silentTimeout: 1000,
  interactionTimeout: 3000,
} as const;

/** The longest that the window may have to wait for its answer: a person's time, and that of an answer. */
export const longest = times.interactionTimeout + times.answerTimeout;

/** How the brand's page is set up in the attacks that don't say otherwise. */
export const flows = {
  "implicit flow": { flow: "implicit" },
  "exchange in the page": { exchange: "widget" },
  "code to the window": {},
  "code with an ID token": { responseType: "code id_token" },
} as const satisfies Record<string, ConsumerAuthConfig>;

export type FlowName = keyof typeof flows;

/** What the window saw, and what was left behind. */
export interface Outcome {
  /** Every call of the window's callback, with its arguments. */
  readonly answers: readonly (readonly unknown[])[];
  /** Milliseconds from the window's call to its answer. */
  readonly elapsed: number;
  /** What the consumer was told when a sign-in was not done, in order. */
  readonly problems: readonly ConsumerProblem[];
  /** The code of the error, where there was one: what the consumer was told last, else the window's reason. */
  readonly code: string | undefined;
}

/** A brand's page with the widget, before a provider that a test controls. */
export interface AttackedPage {
  readonly auth: ConsumerAuth;
  readonly room: Room;
  readonly provider: HostileProvider;
  readonly traces: Traces;
  /** Every window that was opened, in order. */
  readonly popups: readonly Window[];
  /** The element that asks the consumer, where one is there. */
  readonly prompt: () => ConsumerAuthElement | undefined;
  /** Calls the page method as the window does; the consumer signs in, and gives up after a problem. */
  readonly call: () => Promise<Outcome>;
  /** Asserts that nothing was left behind anywhere, and takes the page down. */
  readonly close: () => Promise<void>;
}

export interface AttackOptions {
  readonly misconduct?: Misconduct;
  /** Of the page, besides what its flow needs. */
  readonly config?: ConsumerAuthConfig | ((room: Room) => ConsumerAuthConfig);
  /** The window's code challenge. */
  readonly codeChallenge?: string;
  /** Values that must be left nowhere, besides tokens, codes and verifiers. */
  readonly secrets?: readonly string[];
}

const frame = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 10));

/** Waits for a condition; fails after the time in which anything must have happened. */
export async function until<T>(look: () => T | undefined | null | false, what: string): Promise<T> {
  const end = performance.now() + longest;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== null && found !== false) return found;
    if (performance.now() > end) throw new Error(`It did not come in time: ${what}.`);
    await frame();
  }
}

/** Where the provider sends the consumer back to. */
export const returnPage = new URL("/test/browser/fixtures/callback.html", location.href).href;

/** Opens a brand's page before a hostile provider. */
export async function openAttackedPage(
  flow: FlowName,
  { misconduct, config = {}, codeChallenge, secrets = [] }: AttackOptions = {},
): Promise<AttackedPage> {
  const traces = recordTraces();
  const opened: Window[] = [];
  let provider: HostileProvider | undefined;
  const room = await openRoom(async (request) => {
    provider ??= await createHostileProvider(room.provider, misconduct);
    return provider.answer(request);
  });
  provider = await createHostileProvider(room.provider, misconduct);
  const auth = createConsumerAuth({
    engagement: "authenticated",
    silent: false,
    transport: "popup",
    issuer: room.provider,
    clientId,
    redirectUri: returnPage,
    newPage: false,
    jsContext: "brand",
    ...flows[flow],
    ...times,
    ...(typeof config === "function" ? config(room) : config),
  });
  const page = window as unknown as { brand?: Record<string, unknown> };
  for (const type of ["credential", "error", "sessionchange"] as const) {
    auth.addEventListener(type, ({ detail }) => {
      // Verified claims are there on purpose.
      traces.tell("claims" in detail ? { ...detail, claims: undefined } : detail);
    });
  }
  const open = window.open.bind(window);
  window.open = (...how) => {
    const popup = open(...how);
    if (popup) opened.push(popup);
    return popup;
  };
  const conceal = auth.expose();

  const prompt = (): ConsumerAuthElement | undefined =>
    document.querySelector<ConsumerAuthElement>("consumer-auth") ?? undefined;

  const press = (part: "primary" | "close"): void => {
    const button = prompt()?.shadowRoot?.querySelector<HTMLElement>(`[part~="${part}"]`);
    button?.click();
  };

  /** A consumer who signs in when asked, and gives up when that did not help. */
  async function actAsConsumer(isOver: () => boolean, problems: ConsumerProblem[]): Promise<void> {
    let seen: unknown;
    await until(() => {
      const view = prompt()?.view;
      if (view && view !== seen) {
        seen = view;
        if (view.problem) problems.push(view.problem);
        if (view.problem) view.cancel();
        else if (view.step === "ask") press("primary");
      }
      return isOver();
    }, "an answer for the window");
  }

  async function call(): Promise<Outcome> {
    const answers: unknown[][] = [];
    const problems: ConsumerProblem[] = [];
    const startedAt = performance.now();
    let elapsed = 0;
    const method = page.brand?.["lpGetAuthenticationToken"] as (
      callback: (...values: unknown[]) => void,
      codeChallenge?: string,
    ) => void;
    method((...values) => {
      elapsed ||= performance.now() - startedAt;
      answers.push(values);
    }, codeChallenge);
    await actAsConsumer(() => answers.length > 0, problems);
    await until(() => opened.every(({ closed }) => closed), "the end of the popup");
    const reason = answers[0]?.[1];
    return {
      answers,
      elapsed,
      problems,
      code: problems.at(-1) ?? (typeof reason === "string" ? reason.split(":")[0] : undefined),
    };
  }

  async function close(): Promise<void> {
    conceal();
    window.open = open;
    const places = await readPlaces();
    prompt()?.remove();
    await auth.signOut().catch(() => undefined);
    delete page.brand;
    traces.stop();
    for (const popup of opened) popup.close();
    await room.close();
    for (const secret of [...(provider?.secrets ?? []), ...secrets]) {
      for (const [place, content] of Object.entries(places)) {
        expect(content.includes(secret), `a secret in ${place}`).to.equal(false);
      }
      for (const text of traces.told) {
        expect(text.includes(secret), `a secret in what was told`).to.equal(false);
      }
      for (const { server, path, query, headers } of room.requests) {
        const address = `${path}?${query} ${headers["referer"]}`;
        expect(address.includes(secret), `a secret in the address at ${server}`).to.equal(false);
      }
    }
    expect(traces.uncaught, "errors that nobody caught").to.deep.equal([]);
    expect(document.querySelectorAll("iframe").length, "frames left behind").to.equal(0);
  }

  return { auth, room, provider, traces, popups: opened, prompt, call, close };
}

/** Does something with a page, and takes it down whatever happens. */
export async function withAttackedPage(
  flow: FlowName,
  options: AttackOptions,
  act: (page: AttackedPage) => Promise<void>,
): Promise<void> {
  const page = await openAttackedPage(flow, options);
  let failure: unknown;
  try {
    await act(page);
  } catch (error) {
    failure = error;
  }
  try {
    await page.close();
  } catch (error) {
    failure ??= error;
  }
  if (failure !== undefined) throw failure as Error;
}

/**
 * The attack fails: the window's callback is called once, in time, with nothing in a credential's place
 * and a reason; nothing is left behind, and nobody is signed in.
 */
export const expectRefusal = (
  flow: FlowName,
  options: AttackOptions,
  code: ErrorCode,
  further?: (page: AttackedPage, outcome: Outcome) => void | Promise<void>,
): Promise<void> =>
  withAttackedPage(flow, options, async (page) => {
    const outcome = await page.call();
    expectNobody(page, outcome, flow, code);
    await further?.(page, outcome);
  });

/** What the window must have seen where an attack failed: one answer, in time, and nobody signed in. */
export function expectNobody(
  { auth: { session } }: AttackedPage,
  { code, answers, elapsed }: Outcome,
  flow: FlowName,
  expected: ErrorCode,
): void {
  expect(code).to.equal(expected);
  expect(answers).to.have.length(1);
  const [nothing, reason] = answers[0] ?? [];
  expect(nothing).to.deep.equal(flow.startsWith("code") ? {} : "");
  expect(reason).to.be.a("string");
  expect(elapsed).to.be.below(longest);
  expect(session.state).to.equal("failed");
  expect(session.claims).to.equal(undefined);
}

/** What looks odd and is right: the window gets its credential, once. */
export const expectCredential = (
  flow: FlowName,
  options: AttackOptions,
  further?: (page: AttackedPage, outcome: Outcome) => void | Promise<void>,
): Promise<void> =>
  withAttackedPage(flow, options, async (page) => {
    const outcome = await page.call();
    expect(outcome.answers).to.have.length(1);
    expect(outcome.answers[0]).to.have.length(1);
    expect(outcome.answers[0]?.[0]).to.satisfy(Boolean);
    expect(page.auth.session.state).to.equal("authenticated");
    await further?.(page, outcome);
  });
