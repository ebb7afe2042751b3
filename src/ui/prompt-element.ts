import {
  html,
  LitElement,
  nothing,
  type PropertyDeclarations,
  type PropertyValues,
  type TemplateResult,
} from "lit";

import { ConsumerAuthError, toConsumerAuthError } from "../base/errors.js";
import { loaded } from "../base/loaded.js";
import type { ConsumerAuth, SignOutOptions } from "../client/consumer-auth.js";
import type { ConsumerAuthEventMap } from "../client/events.js";
import type { Session } from "../client/session.js";
import type { CallOptions } from "../ladder/flights.js";
import type { Prompt, PromptView } from "../ladder/prompt.js";
import type { Credential } from "../sources/credential.js";
import type { BrowserGuide } from "./browser-guide.js";
import en from "./locales/en.js";
import { getPageClient } from "./page-client.js";
import { renderPrompt } from "./prompt-view.js";
import { styles } from "./styles.js";

/**
 * An element that shows a client: its prompt, its state, its events.
 */
export class PromptElement extends LitElement {
  static override styles = styles;

  static override properties: PropertyDeclarations = {
    auth: { attribute: false },
    view: { state: true },
    guide: { state: true },
  };

  /** The client behind the element. Set it to show one that the page made; it is then not exposed here. */
  declare auth: ConsumerAuth | undefined;

  /** @internal */
  declare view: PromptView | undefined;

  /** @internal */
  declare guide: BrowserGuide | undefined;

  readonly #internals = this.attachInternals();
  /** What must be undone when the client changes, or the element leaves the page. */
  #undo: (() => void)[] = [];
  #own: ConsumerAuth | undefined;
  #focusBefore: Element | null = null;
  #hadFocus = false;

  readonly #prompt: Prompt = {
    show: (view) => {
      this.view = view;
      if (typeof view.redirects === "string" && !this.guide) this.#loadGuide();
    },
    hide: () => {
      this.view = this.guide = undefined;
    },
  };

  /** What is known of the consumer right now. */
  get session(): Session {
    return this.auth?.session ?? { state: "anonymous" };
  }

  /**
   * Gets what the window gets.
   *
   * @param call - the window's challenge, whether a person may be asked, an abort signal
   */
  async getCredential(call?: CallOptions): Promise<Credential> {
    return this.#client().getCredential(call);
  }

  /**
   * Has the consumer sign in; call it from a click.
   *
   * @param call - what the identity provider is asked for, an abort signal
   */
  async signIn(call?: Parameters<ConsumerAuth["signIn"]>[0]): Promise<Session> {
    return this.#client().signIn(call);
  }

  /**
   * Forgets the consumer in all tabs of this browser.
   *
   * @param options - whether the session at the identity provider ends too
   */
  async signOut(options?: SignOutOptions): Promise<void> {
    await this.#client().signOut(options);
  }

  #loadGuide(): void {
    loaded(import("./browser-guide.js"))
      .then(({ createBrowserGuide }) => {
        this.guide ??= createBrowserGuide(this);
      })
      .catch(this.fail);
  }

  #client(): ConsumerAuth {
    if (this.auth) return this.auth;
    throw new ConsumerAuthError(
      "invalid_call",
      "<consumer-auth> has no client: it is not on the page, or its configuration is wrong.",
    );
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.#start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop();
  }

  /** A client of this element's own, where it can make one. */
  protected createClient(): ConsumerAuth | undefined {
    return undefined;
  }

  /** Shows a client of this element's own, which was long in coming. */
  protected show(auth: ConsumerAuth): void {
    this.auth = this.#own = auth;
  }

  /** Does something when the client changes, or the element leaves the page. */
  protected whenOver(undo: () => void): void {
    this.#undo.push(undo);
  }

  /** Makes its own client anew, if that is what it shows. */
  protected reconfigure(): void {
    if (this.auth === this.#own) this.auth = undefined;
    this.#start();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!this.hasUpdated || changed.has("auth")) this.#start();
    if (!changed.has("view")) return;
    this.#hadFocus = this.shadowRoot?.activeElement !== null;
    if (!changed.get("view")) this.#focusBefore = deepActiveElement();
  }

  /** Shows the client that was given, else the page's, else one made of the attributes. */
  #start(): void {
    this.#stop();
    if (!this.isConnected) return;
    this.auth ??= this.#own = getPageClient() ?? this.#attempt(() => this.createClient());
    const { auth } = this;
    if (!auth) return;
    if (auth === this.#own && auth !== getPageClient())
      this.#attempt(() => this.#undo.push(auth.expose()));
    this.#undo.push(auth.attachPrompt(this.#prompt));
    this.#showState();
    this.#listen("sessionchange", ({ detail }) => {
      this.#showState();
      this.#emit("consumer-auth-session", detail);
    });
    this.#listen("credential", ({ detail }) => {
      this.#emit("consumer-auth-credential", detail);
    });
    this.#listen("error", ({ detail }) => {
      this.report(detail);
    });
  }

  #stop(): void {
    for (const undo of this.#undo.splice(0)) undo();
  }

  /** A mistake in the attributes must not break the page: it is told in the console and an event. */
  #attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (thrown) {
      this.fail(thrown);
      return undefined;
    }
  }

  protected readonly fail = (thrown: unknown): void => {
    const error = toConsumerAuthError(thrown);
    console.error(error.message);
    this.report(error);
  };

  protected readonly report = (error: ConsumerAuthError): void => {
    this.#emit("consumer-auth-error", error);
  };

  #listen<Name extends keyof ConsumerAuthEventMap>(
    type: Name,
    listener: (event: ConsumerAuthEventMap[Name]) => void,
  ): void {
    const { auth } = this;
    auth?.addEventListener(type, listener);
    this.#undo.push(() => auth?.removeEventListener(type, listener));
  }

  #emit(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  #showState(): void {
    // Not in every browser that we run in.
    const states = this.#internals.states as CustomStateSet | undefined;
    states?.clear();
    states?.add(this.session.state);
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has("view")) return;
    const before = this.#focusBefore;
    if (!this.view) {
      if (this.#hadFocus && before instanceof HTMLElement) before.focus();
    } else if (changed.get("view") ? this.#hadFocus : !isWriting(before)) {
      // What had the focus may be gone with the step before.
      if (!this.shadowRoot?.activeElement) this.renderRoot.querySelector("section")?.focus();
    }
  }

  protected override render(): TemplateResult {
    const brand = this.auth?.config.brandName ?? location.hostname;
    // The live region is there before its text, else nobody would hear it.
    return html`<div class="live" role="status">
        ${this.view && isWriting(this.#focusBefore) ? en.title : nothing}
      </div>
      ${this.view ? renderPrompt(this.view, en, brand, this.guide) : nothing}`;
  }
}

/** What has the focus, inside of shadow roots too. */
function deepActiveElement(): Element | null {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element;
}

/** Whoever is writing, or is in a frame that can't be looked into, is not interrupted. */
const isWriting = (element: Element | null): boolean =>
  element?.matches("input, textarea, select, iframe, [contenteditable]") ?? false;
