/* eslint @typescript-eslint/no-deprecated: "off" -- the types call a general overload deprecated */
import { expect } from "@esm-bundle/chai";

import type { ConsumerAuth, ConsumerAuthConfig, ConsumerProblem } from "../../../src/index.js";
import type { ConsumerAuthGlobal } from "../../../src/client/script-tag.js";
import { toAttribute } from "../../../src/config/attributes.js";
import type { ConsumerAuthElement } from "../../../src/element.js";
import { flows, longest, times, until, type FlowName, type Outcome } from "./attack.js";
import {
  clientId,
  createHostileProvider,
  type HostileProvider,
  type Misconduct,
} from "./provider.js";
import { openRoom, type Handler, type Room, type ServerAnswer } from "./room.js";
import { readPlaces, recordTraces, type Traces } from "./traces.js";

/** The global scope of a brand's page. */
export type PageWindow = Window & typeof globalThis & Record<string, unknown>;

export interface FreshPageOptions {
  readonly flow?: FlowName;
  readonly misconduct?: Misconduct;
  /** Options of the script tag, besides what its flow needs; `undefined` takes one away. */
  readonly config?:
    Readonly<Record<string, unknown>> | ((room: Room) => Readonly<Record<string, unknown>>);
  /** What the page's server sends besides. */
  readonly headers?: (room: Room) => Readonly<Record<string, string>>;
  /** The whole document. */
  readonly write?: (parts: PageParts) => string;
  readonly contentType?: string;
  /** What stands in the body. */
  readonly markup?: string;
  /** Attributes of the script's element, besides its options: `defer`. */
  readonly scriptAttributes?: string;
  /** Runs in the page before our script does. */
  readonly before?: (page: PageWindow) => void;
  /** Runs in the page after the element of our script. */
  readonly after?: (page: PageWindow) => void;
  /** Runs in the return page before its script does. */
  readonly onReturn?: (page: PageWindow) => void;
  /** What else the page's own server answers. */
  readonly serve?: Handler;
  /** In a window of its own; default: in a frame of the test. */
  readonly inWindow?: boolean;
}

/** What a page is written from. */
export interface PageParts {
  /** The element that runs `before`. */
  readonly before: string;
  /** The element of our script, with the brand's options. */
  readonly script: string;
  /** The element that runs `after`. */
  readonly after: string;
  readonly markup: string;
  readonly room: Room;
}

export interface FreshCall {
  readonly codeChallenge?: unknown;
  /** What the window gives for a callback; it is told of every answer. Default: one that does nothing. */
  readonly callback?: (...values: unknown[]) => unknown;
  /** Makes the window's callback of one that takes note of what it gets. */
  readonly wrap?: (note: (...values: unknown[]) => void) => unknown;
  /** Calls the method; default: as a property of `window`. */
  readonly by?: (callback: unknown, codeChallenge: unknown) => void;
  /** Default `signs in`. */
  readonly consumer?: "signs in" | "cancels" | "does nothing";
}

/** A page that loads the built script as a brand's page does, with nothing else in it. */
export interface FreshPage {
  readonly window: PageWindow;
  readonly room: Room;
  readonly provider: HostileProvider;
  readonly traces: Traces;
  /** What the page's Content Security Policy has forbidden. */
  readonly violations: readonly string[];
  /** Popups that the page opened. */
  readonly popups: readonly Window[];
  /** The client; reading it loads the rest of the library. */
  ready(): Promise<ConsumerAuth>;
  /** Calls the page method as the window does; the consumer gives up after a problem. */
  call(call?: FreshCall): Promise<Outcome & { readonly asked: number }>;
  /** Waits until the page can't do anything more with what went before: a second honest call is answered. */
  close(): Promise<void>;
}

interface Hooks {
  before(page: PageWindow): void;
  after(page: PageWindow): void;
  onReturn(page: PageWindow): void;
}

const attribute = (name: string, value: unknown): string =>
  ` data-${toAttribute(name)}="${String(value).replaceAll("&", "&amp;").replaceAll('"', "&quot;")}"`;

const defaultPage = ({ before, script, after, markup }: PageParts): string =>
  `<!doctype html><html lang="en"><head><title>A brand</title>${before}${script}${after}</head><body>${markup}</body></html>`;

const html = (body: string, headers: Readonly<Record<string, string>> = {}): ServerAnswer => ({
  headers: { "content-type": "text/html; charset=utf-8", ...headers },
  body,
});

/** Finds the test's hooks from wherever a page of it is. */
const run = (name: keyof Hooks): ServerAnswer => ({
  headers: { "content-type": "text/javascript" },
  body: `(function () {
    for (var page = window; page; page = page.opener || (page.parent === page ? null : page.parent)) {
      try { if (page.freshPage) return page.freshPage.${name}(window); } catch (error) { return; }
    }
  })();`,
});

const select = (document: Document, selector: string): Element | null =>
  Document.prototype.querySelector.call(document, selector);

const all = (root: ParentNode & Node): Element[] =>
  [...root.childNodes]
    .filter((node): node is Element => node.nodeType === Node.ELEMENT_NODE)
    .flatMap((element) => [element, ...Element.prototype.querySelectorAll.call(element, "*")]);

/** All that stands in a document, clobbered or not, and in its shadow roots. */
const markupOf = (root: ParentNode & Node): string =>
  all(root)
    .map((element) => element.outerHTML + (element.shadowRoot ? markupOf(element.shadowRoot) : ""))
    .join("\n");

/** Opens a brand's page with the built script. */
export async function openFreshPage(options: FreshPageOptions = {}): Promise<FreshPage> {
  const { flow = "code to the window", config = {}, misconduct, serve } = options;
  let provider: HostileProvider | undefined;
  let isWritten = false;
  const room: Room = await openRoom(async (request) => {
    provider ??= await createHostileProvider(room.provider, misconduct);
    if (request.server !== "site") return provider.answer(request);
    const own = await serve?.(request);
    if (own) return own;
    switch (request.path) {
      case "/page": {
        isWritten = true;
        const { write = defaultPage, contentType, headers } = options;
        const answer = html(write(parts()), headers?.(room));
        return contentType
          ? { ...answer, headers: { ...answer.headers, "content-type": contentType } }
          : answer;
      }
      case "/callback.html":
        return html(
          `<!doctype html><meta name="referrer" content="no-referrer"><title>Signing in</title><script src="on-return.js"></script><script src="/dist/callback.js"></script><p data-outcome="unheard" hidden>unheard</p>`,
        );
      case "/before.js":
        return run("before");
      case "/after.js":
        return run("after");
      case "/on-return.js":
        return run("onReturn");
      default:
        return { status: 404, body: "" };
    }
  });
  provider = await createHostileProvider(room.provider, misconduct);

  function parts(): PageParts {
    const own = typeof config === "function" ? config(room) : config;
    const said: Readonly<Record<string, unknown>> = {
      engagement: "authenticated",
      silent: false,
      transport: "popup",
      issuer: room.provider,
      clientId,
      redirectUri: `${new URL(room.site).pathname}/callback.html`,
      newPage: false,
      ...(flows[flow] as ConsumerAuthConfig),
      ...times,
      ...own,
    };
    const attributes = Object.entries(said)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => attribute(name, value))
      .join("");
    // Whatever the page's base is.
    const { site } = room;
    return {
      before: `<script src="${site}/before.js"></script>`,
      script: `<script src="${location.origin}/dist/consumer-auth.js"${attributes}${options.scriptAttributes ?? ""}></script>`,
      after: `<script src="${site}/after.js"></script>`,
      markup: options.markup ?? "",
      room,
    };
  }

  const popups: Window[] = [];
  const violations: string[] = [];
  let traces: Traces | undefined;
  const hooks: Hooks = {
    before(page) {
      traces = recordTraces(page);
      const open = page.open.bind(page);
      page.open = (...how: Parameters<Window["open"]>) => {
        const popup = open(...how);
        if (popup) popups.push(popup);
        return popup;
      };
      page.addEventListener(
        "securitypolicyviolation",
        ({ effectiveDirective, blockedURI }: SecurityPolicyViolationEvent) => {
          violations.push(`${effectiveDirective} ${blockedURI}`);
        },
        true,
      );
      options.before?.(page);
    },
    after: (page) => options.after?.(page),
    onReturn: (page) => options.onReturn?.(page),
  };
  const owner = window as unknown as { freshPage?: Hooks };
  owner.freshPage = hooks;

  const address = `${room.site}/page`;
  const frame = options.inWindow ? undefined : document.createElement("iframe");
  let page: PageWindow;
  if (frame) {
    const loaded = new Promise((resolve) => {
      frame.addEventListener("load", resolve, { once: true });
    });
    frame.src = address;
    frame.style.cssText = "width: 40rem; height: 30rem";
    document.body.append(frame);
    await loaded;
    page = frame.contentWindow as PageWindow;
  } else {
    page = open(address, "_blank", "popup,width=640,height=480") as PageWindow;
    await until(
      // Until then it shows a blank page, which is complete too.
      () => isWritten && page.location.href === address && page.document.readyState === "complete",
      "the page's load",
    );
  }
  const told = traces ?? recordTraces(page);

  const prompt = (): ConsumerAuthElement | null =>
    select(page.document, "consumer-auth") as ConsumerAuthElement | null;

  async function actAsConsumer(
    consumer: NonNullable<FreshCall["consumer"]>,
    isOver: () => boolean,
    problems: ConsumerProblem[],
  ): Promise<number> {
    let asked = 0;
    let seen: unknown;
    await until(() => {
      const view = prompt()?.view;
      const section = prompt()?.shadowRoot?.querySelector("section");
      if (view && section && view !== seen) {
        seen = view;
        if (view.step === "ask") asked += 1;
        if (view.problem) problems.push(view.problem);
        if (consumer === "does nothing") return isOver();
        const buttons = [...section.querySelectorAll<HTMLElement>("button")];
        const primary = buttons.find((button) => button.matches("[part~=primary]"));
        // The last one declines.
        const wanted = view.problem || consumer === "cancels" ? buttons.at(-1) : primary;
        // A prompt that nobody can see can't be clicked.
        if (section.getClientRects().length > 0 && view.step === "ask") wanted?.click();
        else if (view.problem) wanted?.click();
      }
      return isOver();
    }, "an answer for the window");
    return asked;
  }

  return {
    window: page,
    room,
    provider,
    traces: told,
    violations,
    popups,
    ready: () => (page["ConsumerAuth"] as ConsumerAuthGlobal).ready,
    async call({ codeChallenge, callback, wrap, by, consumer = "signs in" } = {}) {
      const answers: unknown[][] = [];
      const problems: ConsumerProblem[] = [];
      const startedAt = performance.now();
      let elapsed = 0;
      const note = (...values: unknown[]): unknown => {
        elapsed ||= performance.now() - startedAt;
        answers.push(values);
        return callback?.(...values);
      };
      const call =
        by ??
        ((given, challenge) => {
          (page["lpGetAuthenticationToken"] as (...given: unknown[]) => void)(given, challenge);
        });
      call(wrap ? wrap(note) : note, codeChallenge);
      const asked = await actAsConsumer(consumer, () => answers.length > 0, problems);
      await until(() => popups.every(({ closed }) => closed), "the end of the popup");
      const reason = answers[0]?.[1];
      return {
        answers,
        elapsed,
        problems,
        asked,
        code: problems.at(-1) ?? (typeof reason === "string" ? reason.split(":")[0] : undefined),
      };
    },
    async close() {
      const places = {
        ...(await readPlaces()),
        "the page": markupOf(page.document),
        "the page's address": page.location.href,
      };
      for (const popup of popups) popup.close();
      if (frame) frame.remove();
      else page.close();
      delete owner.freshPage;
      await room.close();
      for (const storage of [localStorage, sessionStorage]) {
        for (const key of Object.keys(storage)) {
          if (key.startsWith("consumer-auth:")) storage.removeItem(key);
        }
      }
      for (const secret of provider?.secrets ?? []) {
        for (const [place, content] of Object.entries(places)) {
          expect(content.includes(secret), `a secret in ${place}`).to.equal(false);
        }
        for (const text of told.told) {
          expect(text.includes(secret), `a secret in what was told`).to.equal(false);
        }
        for (const { server, path, query, headers } of room.requests) {
          const asked = `${path}?${query} ${headers["referer"]}`;
          const isReturn = server === "site" && path === "/callback.html";
          expect(
            !isReturn && asked.includes(secret),
            `a secret in the address at ${server}`,
          ).to.equal(false);
        }
      }
    },
  };
}

/** Does something with a page, and takes it down whatever happens. */
export async function withFreshPage(
  options: FreshPageOptions,
  act: (page: FreshPage) => Promise<void>,
): Promise<void> {
  const page = await openFreshPage(options);
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

/** The window gets its credential, once and in time, and nothing was told that must not be. */
export function expectAnswered(outcome: Outcome, flow: FlowName, room: Room): void {
  expect(outcome.answers, String(outcome.answers[0]?.[1])).to.have.length(1);
  const [answer = []] = outcome.answers;
  expect(answer, String(answer[1])).to.have.length(1);
  if (flow === "code to the window") {
    const { ssoKey, redirect_uri } = answer[0] as { ssoKey: unknown; redirect_uri: unknown };
    expect(ssoKey).to.match(/^code-/);
    expect(redirect_uri).to.equal(`${room.site}/callback.html`);
  } else expect(String(answer[0]).split(".")).to.have.length(3);
  expect(outcome.elapsed).to.be.below(longest);
}

/** The window gets a reason in place of a credential, once and in time. */
export function expectReason(outcome: Outcome, flow: FlowName, code: RegExp | string): void {
  expect(outcome.answers).to.have.length(1);
  const [nothing, reason] = outcome.answers[0] ?? [];
  expect(JSON.stringify(nothing)).to.equal(flow === "code to the window" ? "{}" : '""');
  expect(reason).to.be.a("string");
  if (typeof code === "string") expect(String(reason).split(":")[0]).to.equal(code);
  else expect(reason).to.match(code);
  expect(outcome.elapsed).to.be.below(longest);
}
