import { expect } from "@esm-bundle/chai";
import { emulateMedia, sendKeys } from "@web/test-runner-commands";

import "../../src/define.js";
import type { ConsumerAuthElement } from "../../src/element.js";
import { createConsumerAuth, type ConsumerAuthError, type Session } from "../../src/index.js";
import en from "../../src/ui/locales/en.js";
import { lacks } from "../support/engines.js";
import { override } from "../support/override.js";
import { contrast } from "./support/contrast.js";
import {
  endpoint,
  respond,
  returnPage,
  startProvider,
  type TestProvider,
} from "./support/identity-provider.js";
import { codeOf, until } from "./support/until.js";

type PageMethod = (callback: (...values: unknown[]) => void) => void;
const page = window as unknown as Record<string, PageMethod | undefined>;

describe("<consumer-auth>", () => {
  let provider: TestProvider;
  let restoreActivation: () => void;

  beforeEach(() => {
    // A key that was pressed for the test before would be a gesture for this one too.
    restoreActivation = override(navigator, "userActivation", { isActive: false });
    provider = startProvider((request) => respond(request, { code: "the-code" }));
  });

  afterEach(() => {
    document.body.replaceChildren();
    provider.stop();
    restoreActivation();
  });

  function attach(attributes: Record<string, string> = {}): ConsumerAuthElement {
    const element = document.createElement("consumer-auth");
    for (const [name, value] of Object.entries({
      engagement: "authenticated",
      silent: "false",
      "authorization-endpoint": endpoint,
      "client-id": "brand",
      "redirect-uri": returnPage,
      "brand-name": "Alder & Wren",
      ...attributes,
    })) {
      element.setAttribute(name, value);
    }
    document.body.append(element);
    return element;
  }

  const find = (element: ConsumerAuthElement, selector: string): HTMLElement | null =>
    element.shadowRoot?.querySelector(selector) ?? null;
  const shown = (element: ConsumerAuthElement): Promise<HTMLElement> =>
    until(() => find(element, "[role=dialog]"));
  const gone = (element: ConsumerAuthElement): Promise<boolean> =>
    until(() => !find(element, "[role=dialog]"));
  const labels = (element: ConsumerAuthElement): string[] =>
    [...(element.shadowRoot?.querySelectorAll("button") ?? [])].map(
      (button) => button.getAttribute("aria-label") ?? button.innerText,
    );

  it("exposes the page method while it is on the page, and shows nothing", async () => {
    const element = attach({ "js-method-name": "getBrandToken" });
    await element.updateComplete;
    expect(page["getBrandToken"]).to.be.a("function");
    expect(element.getBoundingClientRect().height).to.equal(0);
    element.remove();
    expect(page["getBrandToken"]).to.equal(undefined);
    document.body.append(element);
    expect(page["getBrandToken"]).to.be.a("function");
  });

  it("says who asks, and offers to sign in or to cancel", async () => {
    const element = attach();
    await element.updateComplete;
    const call = element.getCredential();
    const dialog = await shown(element);
    expect(dialog.innerText).to.include(en.title).and.include(en.ask("Alder & Wren"));
    expect(labels(element)).to.deep.equal([en.signIn, en.cancel]);
    find(element, "footer button:last-child")?.click();
    expect(await codeOf(call)).to.equal("cancelled");
    await gone(element);
  });

  it("offers to go on as a guest where the engagement allows it", async () => {
    const element = attach({ engagement: "either", "account-id": "1", "domain-api": endpoint });
    await element.updateComplete;
    void element.getCredential().catch(() => undefined);
    await shown(element);
    expect(labels(element)).to.deep.equal([en.cancel, en.signIn, en.continueAsGuest]);
  });

  it("signs in by a click, and tells so by events, states and the session", async () => {
    const element = attach();
    const sessions: string[] = [];
    const kinds: unknown[] = [];
    document.addEventListener(
      "consumer-auth-session",
      (event) => sessions.push((event as CustomEvent<Session>).detail.state),
      { once: true },
    );
    element.addEventListener("consumer-auth-credential", (event) =>
      kinds.push((event as CustomEvent<{ kind: string }>).detail.kind),
    );
    await element.updateComplete;
    const call = element.getCredential();
    await shown(element);
    find(element, ".primary")?.click();
    expect(await call).to.include({ kind: "code", code: "the-code" });
    await gone(element);
    expect(sessions).to.deep.equal(["authenticating"]);
    expect(kinds).to.deep.equal(["code"]);
    expect(element.session.state).to.equal("authenticated");
    expect(element.matches(":state(authenticated)")).to.equal(true);
    await element.signOut();
    expect(element.matches(":state(anonymous)")).to.equal(true);
  });

  it("tells what went wrong, in an alert, and offers to try again", async () => {
    provider.answer = (request) => respond(request, { error: "access_denied" });
    const element = attach();
    await element.updateComplete;
    const call = element.getCredential();
    await shown(element);
    find(element, ".primary")?.click();
    const alert = await until(() => {
      const found = find(element, "[role=alert]");
      return found?.innerText ? found : undefined;
    });
    expect(alert.innerText).to.equal(en.problems.access_denied);
    expect(labels(element)).to.deep.equal([en.tryAgain, en.cancel]);
    provider.answer = (request) => respond(request, { code: "second" });
    find(element, ".primary")?.click();
    expect(await call).to.include({ code: "second" });
  });

  it("is a dialog with a name and a description, takes the focus, and gives it back", async () => {
    const button = document.createElement("button");
    document.body.append(button);
    const element = attach();
    await element.updateComplete;
    button.focus();
    const outcome = codeOf(element.getCredential());
    const dialog = await shown(element);
    await until(() => element.shadowRoot?.activeElement === dialog);
    const described = (dialog.getAttribute("aria-describedby") ?? "").split(" ");
    expect(find(element, `#${String(dialog.getAttribute("aria-labelledby"))}`)?.innerText).to.equal(
      en.title,
    );
    for (const id of described) expect(find(element, `#${id}`)).not.to.equal(null);
    await sendKeys({ press: "Escape" });
    expect(await outcome).to.equal("cancelled");
    await until(() => document.activeElement === button);
  });

  it("can be used with the keyboard alone", async () => {
    const element = attach();
    await element.updateComplete;
    const call = element.getCredential();
    await shown(element);
    await sendKeys({ press: "Tab" });
    await until(() => element.shadowRoot?.activeElement?.classList.contains("primary"));
    await sendKeys({ press: "Enter" });
    expect((await call).kind).to.equal("code");
  });

  it("doesn't take the focus from somebody who is writing", async () => {
    const input = document.createElement("input");
    document.body.append(input);
    const element = attach();
    await element.updateComplete;
    input.focus();
    void element.getCredential().catch(() => undefined);
    await shown(element);
    await element.updateComplete;
    expect(document.activeElement).to.equal(input);
  });

  it("stands in the corner, or where it is put", async () => {
    const corner = attach();
    await corner.updateComplete;
    void corner.getCredential().catch(() => undefined);
    expect(getComputedStyle(await shown(corner)).position).to.equal("fixed");
    corner.remove();
    const inline = attach({ placement: "inline" });
    await inline.updateComplete;
    void inline.getCredential().catch(() => undefined);
    expect(getComputedStyle(await shown(inline)).position).to.equal("static");
  });

  it("has light and dark colors of enough contrast", async () => {
    const element = attach();
    await element.updateComplete;
    void element.getCredential().catch(() => undefined);
    const dialog = await shown(element);
    for (const colorScheme of ["light", "dark"]) {
      element.style.colorScheme = colorScheme;
      for (const part of ["h2", "#message", ".primary", "footer button:last-child"]) {
        const style = getComputedStyle(find(element, part)!);
        const background =
          part === ".primary" ? style.backgroundColor : getComputedStyle(dialog).backgroundColor;
        expect(contrast(style.color, background), `${part}, ${colorScheme}`).to.be.at.least(4.5);
      }
    }
  });

  (lacks("emulated color schemes") ? it.skip : it)(
    "is light or dark as the reader wants it",
    async () => {
      const element = attach();
      await element.updateComplete;
      void element.getCredential().catch(() => undefined);
      const dialog = await shown(element);
      const surfaces: string[] = [];
      for (const colorScheme of ["light", "dark"] as const) {
        await emulateMedia({ colorScheme });
        const { backgroundColor } = getComputedStyle(dialog);
        element.style.colorScheme = colorScheme;
        expect(getComputedStyle(dialog).backgroundColor).to.equal(backgroundColor);
        element.style.colorScheme = "";
        surfaces.push(backgroundColor);
      }
      await emulateMedia({ colorScheme: "light" });
      expect(new Set(surfaces).size).to.equal(2);
    },
  );

  it("tells every mistake of its attributes in one event, and leaves the page alone", async () => {
    const told: ConsumerAuthError[] = [];
    const listen = (event: Event): void => {
      told.push((event as CustomEvent<ConsumerAuthError>).detail);
    };
    document.addEventListener("consumer-auth-error", listen);
    const element = attach({ flow: "hybrid", "authorization-endpoint": "http://login.example" });
    await element.updateComplete;
    document.removeEventListener("consumer-auth-error", listen);
    expect(told).to.have.length(1);
    expect(told[0]?.code).to.equal("invalid_config");
    expect(told[0]?.message)
      .to.include("flow must be code or implicit")
      .and.include("authorizationEndpoint must begin with https://");
    expect(await codeOf(element.getCredential())).to.equal("invalid_call");
  });

  it("follows its attributes", async () => {
    const element = attach({ "js-method-name": "firstName" });
    await element.updateComplete;
    element.setAttribute("js-method-name", "secondName");
    await element.updateComplete;
    expect(page["firstName"]).to.equal(undefined);
    expect(page["secondName"]).to.be.a("function");
  });

  it("shows a client that the page made, and leaves its page method to the page", async () => {
    const auth = createConsumerAuth({
      engagement: "authenticated",
      silent: false,
      authorizationEndpoint: endpoint,
      clientId: "brand",
      redirectUri: returnPage,
      jsMethodName: "notExposed",
    });
    const element = document.createElement("consumer-auth");
    element.auth = auth;
    document.body.append(element);
    await element.updateComplete;
    expect(page["notExposed"]).to.equal(undefined);
    const call = auth.getCredential();
    await shown(element);
    find(element, ".primary")?.click();
    expect((await call).kind).to.equal("code");
  });

  it("comes by itself where the page has none", async () => {
    const auth = createConsumerAuth({
      engagement: "authenticated",
      silent: false,
      authorizationEndpoint: endpoint,
      clientId: "brand",
      redirectUri: returnPage,
    });
    const call = auth.getCredential();
    const element = await until(() => document.querySelector("consumer-auth"));
    await shown(element);
    find(element, ".primary")?.click();
    expect((await call).kind).to.equal("code");
    await gone(element);
    const second = auth.getCredential();
    await shown(element);
    expect(document.querySelectorAll("consumer-auth")).to.have.length(1);
    find(element, "footer button:last-child")?.click();
    expect(await codeOf(second)).to.equal("cancelled");
  });

  it("answers whoever waits when it leaves the page for good, or is configured anew", async () => {
    const element = attach();
    await element.updateComplete;
    const call = codeOf(element.getCredential());
    await shown(element);
    element.remove();
    expect(await call).to.equal("interaction_required");
    document.body.append(element);
    const another = codeOf(element.getCredential());
    await shown(element);
    element.setAttribute("brand-name", "Another");
    expect(await another).to.equal("interaction_required");
  });

  it("leaves no page method of an element that has gone, in whatever order they go", async () => {
    const first = attach({ "js-method-name": "sharedName" });
    await first.updateComplete;
    const second = attach({ "js-method-name": "sharedName" });
    await second.updateComplete;
    first.remove();
    expect(page["sharedName"]).to.be.a("function");
    second.remove();
    expect(page["sharedName"]).to.equal(undefined);
  });

  it("refuses a secret in its attributes, without repeating it", async () => {
    let told = "";
    const listen = (event: Event): void => {
      told = (event as CustomEvent<ConsumerAuthError>).detail.message;
    };
    document.addEventListener("consumer-auth-error", listen);
    const element = attach({ "client-secret": "s3cret", clientid: "brand" });
    await element.updateComplete;
    document.removeEventListener("consumer-auth-error", listen);
    expect(told).to.include("client-secret is refused").and.include("did you mean clientId?");
    expect(told).not.to.include("s3cret");
  });

  it("keeps the focus from one step to the next, so that Escape cancels at any time", async () => {
    provider.answer = () => undefined;
    const element = attach();
    await element.updateComplete;
    const call = codeOf(element.getCredential());
    await shown(element);
    find(element, ".primary")?.focus();
    find(element, ".primary")?.click();
    await until(() => !find(element, ".primary"));
    await until(() => element.shadowRoot?.activeElement);
    await sendKeys({ press: "Escape" });
    expect(await call).to.equal("cancelled");
  });

  it("keeps asking when it is taken off the page meanwhile", async () => {
    const element = attach();
    await element.updateComplete;
    const { auth } = element;
    const call = auth!.getCredential();
    await shown(element);
    element.remove();
    document.body.append(element);
    await shown(element);
    find(element, ".primary")?.click();
    expect((await call).kind).to.equal("code");
  });
});
