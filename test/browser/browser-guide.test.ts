import { expect } from "@esm-bundle/chai";
import { emulateMedia, sendKeys, setViewport } from "@web/test-runner-commands";

import "../../src/define.js";
import type { ConsumerAuthElement } from "../../src/element.js";
import en from "../../src/ui/locales/en.js";
import { override } from "../support/override.js";
import { lacks } from "../support/engines.js";
import { inAppBrowsers, ordinaryBrowsers } from "../support/user-agents.js";
import { contrast } from "./support/contrast.js";
import { endpoint, returnPage } from "./support/identity-provider.js";
import { codeOf, until } from "./support/until.js";

type App = keyof typeof inAppBrowsers;

const noEmulation = lacks("emulated color schemes");
const noViewport = lacks("viewports");

describe("the prompt where the provider refuses browsers inside of apps", () => {
  const undo: (() => void)[] = [];
  /** What was put into the clipboard. */
  let copied: string[];
  let copy: (text: string) => Promise<void>;

  beforeEach(() => {
    copied = [];
    copy = (text) => {
      copied.push(text);
      return Promise.resolve();
    };
    undo.push(override(window, "ontouchend", null));
    // A key that was pressed in another test is no click.
    undo.push(override(navigator, "userActivation", { isActive: false }));
    undo.push(override(navigator, "clipboard", { writeText: (text: string) => copy(text) }));
  });

  afterEach(async () => {
    for (const element of document.querySelectorAll("consumer-auth")) element.remove();
    document.body.replaceChildren();
    for (const one of undo.splice(0)) one();
    history.replaceState(null, "", location.pathname);
    document.documentElement.dir = "";
    if (!noEmulation) await emulateMedia({ colorScheme: "light", forcedColors: "none" });
    if (!noViewport) await setViewport({ width: 800, height: 600 });
  });

  const browse = (userAgent: string): void => {
    undo.push(override(navigator, "userAgent", userAgent));
  };

  async function attach(
    app: App,
    attributes: Record<string, string> = {},
  ): Promise<ConsumerAuthElement> {
    browse(inAppBrowsers[app]);
    const element = document.createElement("consumer-auth");
    for (const [name, value] of Object.entries({
      "embedded-browsers": "refused",
      engagement: "authenticated",
      silent: "false",
      "authorization-endpoint": endpoint,
      "client-id": "brand",
      "redirect-uri": returnPage,
      ...attributes,
    })) {
      element.setAttribute(name, value);
    }
    document.body.append(element);
    await element.updateComplete;
    return element;
  }

  const find = (element: Element, selector: string): HTMLElement | null =>
    element.shadowRoot?.querySelector<HTMLElement>(selector) ?? null;
  const guideOf = (element: Element): Promise<HTMLElement> =>
    until(() => find(element, "[part=guide]"));
  const actions = (element: Element): HTMLElement[] => [
    ...(element.shadowRoot?.querySelectorAll<HTMLElement>("section a, section button") ?? []),
  ];
  const labels = (element: Element): string[] =>
    actions(element).map((action) => action.getAttribute("aria-label") ?? action.innerText);
  const status = (element: Element): string =>
    find(element, "[part=guide] [role=status]")?.innerText ?? "";

  /** Asks, and gives the outcome's code. */
  function ask(element: ConsumerAuthElement): Promise<string> {
    const outcome = codeOf(element.getCredential());
    outcome.catch(() => undefined);
    return outcome;
  }

  it("says that the sign-in needs the phone's browser, and offers no sign-in here", async () => {
    const element = await attach("Facebook on Android");
    const outcome = ask(element);
    await guideOf(element);
    expect(find(element, "#message")?.innerText).to.equal(en.browser.refused);
    expect(labels(element)).to.deep.equal([en.browser.open, en.browser.copy, en.cancel]);
    expect(find(element, "#problem")?.innerText).to.equal("");
    find(element, "footer button")?.click();
    expect(await outcome).to.equal("cancelled");
  });

  it("still offers to go on as a guest where the engagement allows it", async () => {
    const element = await attach("Facebook on Android", {
      engagement: "either",
      "account-id": "1",
      "domain-api": endpoint,
    });
    void ask(element);
    await guideOf(element);
    expect(labels(element)).to.deep.equal([
      en.cancel,
      en.browser.open,
      en.browser.copy,
      en.continueAsGuest,
    ]);
  });

  it("opens nothing but this very page: no fragment, nothing of a response", async () => {
    history.replaceState(null, "", "?view=loans&code=secret&state=s#id_token=secret");
    const element = await attach("a web view on Android");
    void ask(element);
    const guide = await guideOf(element);
    const href = guide.querySelector("a")?.getAttribute("href") ?? "";
    expect(href).to.match(/^intent:\/\//);
    expect(href).to.include(`${location.host}${location.pathname}?view=loans#Intent;`);
    expect(href).not.to.include("secret");
    find(element, "[part=guide] button")?.click();
    await until(() => copied.length > 0);
    expect(copied).to.deep.equal([`${location.origin}${location.pathname}?view=loans`]);
  });

  it("leaves the opening to the consumer where there is no way out of the app", async () => {
    const element = await attach("a web view on an iPhone before iOS 17.5");
    void ask(element);
    await guideOf(element);
    expect(labels(element)).to.deep.equal([en.browser.copy, en.cancel]);
    expect(find(element, ".primary")?.innerText).to.equal(en.browser.copy);
  });

  it("announces that the link is copied, in a live region that was there before", async () => {
    const element = await attach("WeChat on iOS");
    void ask(element);
    await guideOf(element);
    const region = find(element, "[part=guide] [role=status]");
    expect(status(element)).to.equal("");
    find(element, "[part=guide] button")?.click();
    await until(() => status(element) === en.browser.copied);
    expect(find(element, "[part=guide] [role=status]")).to.equal(region);
    expect(find(element, "input")).to.equal(null);
  });

  for (const [how, write] of [
    ["refuses", () => Promise.reject(new DOMException("No.", "NotAllowedError"))],
    ["throws", (): Promise<void> => { throw new TypeError("No."); }], // prettier-ignore
    ["never answers", () => new Promise<void>(() => undefined)],
  ] as const) {
    it(`shows the link, chosen and ready to be copied by hand, where the clipboard ${how}`, async () => {
      copy = write;
      const element = await attach("LINE on iOS");
      void ask(element);
      await guideOf(element);
      find(element, "[part=guide] button")?.click();
      const field = await until(() => find(element, "input") as HTMLInputElement | null);
      expect(status(element)).to.equal(en.browser.notCopied);
      expect(field.value).to.equal(location.href);
      expect(field.getAttribute("aria-label")).to.equal(en.browser.notCopied);
      await until(() => element.shadowRoot?.activeElement === field);
      expect([field.selectionStart, field.selectionEnd]).to.deep.equal([0, field.value.length]);
    });
  }

  it("copies again on the second try", async () => {
    const { writeText } = { writeText: copy };
    copy = () => Promise.reject(new DOMException("No.", "NotAllowedError"));
    const element = await attach("TikTok on iOS");
    void ask(element);
    await guideOf(element);
    find(element, "[part=guide] button")?.click();
    await until(() => find(element, "input"));
    copy = writeText;
    find(element, "[part=guide] button")?.click();
    await until(() => status(element) === en.browser.copied);
    expect(find(element, "input")).to.equal(null);
  });

  it("can be used with the keyboard alone, and Escape cancels", async () => {
    const element = await attach("Instagram on Android");
    const outcome = ask(element);
    await guideOf(element);
    await until(() => element.shadowRoot?.activeElement?.getAttribute("role") === "dialog");
    await sendKeys({ press: "Tab" });
    expect(element.shadowRoot?.activeElement?.tagName).to.equal("A");
    await sendKeys({ press: "Tab" });
    await sendKeys({ press: "Enter" });
    await until(() => status(element) === en.browser.copied);
    await sendKeys({ press: "Escape" });
    expect(await outcome).to.equal("cancelled");
    await until(() => !find(element, "section"));
  });

  (noViewport ? it.skip : it)(
    "fits a phone, for fingers, in both directions of writing and with colors of one's own",
    async () => {
      await setViewport({ width: 320, height: 640 });
      copy = () => Promise.reject(new DOMException("No.", "NotAllowedError"));
      const element = await attach("Facebook on Android", {
        engagement: "either",
        "account-id": "1",
        "domain-api": endpoint,
      });
      void ask(element);
      await guideOf(element);
      find(element, "[part=guide] button")?.click();
      const field = await until(() => find(element, "input"));
      for (const dir of ["ltr", "rtl"]) {
        document.documentElement.dir = dir;
        for (const target of [...actions(element), field]) {
          const { left, right, width, height } = target.getBoundingClientRect();
          expect(Math.min(width, height), target.innerText).to.be.at.least(44);
          expect(left, target.innerText).to.be.at.least(0);
          expect(right, target.innerText).to.be.at.most(320);
        }
      }
      if (noEmulation) return;
      await emulateMedia({ forcedColors: "active" });
      for (const target of actions(element)) {
        const { borderTopStyle } = getComputedStyle(target);
        const isClose = target.classList.contains("close");
        expect(borderTopStyle, target.innerText).to.equal(isClose ? "none" : "solid");
      }
    },
  );

  (noEmulation ? it.skip : it)("has light and dark colors of enough contrast", async () => {
    const element = await attach("Facebook on Android");
    void ask(element);
    const guide = await guideOf(element);
    const dialog = find(element, "section")!;
    const link = guide.querySelector("a")!;
    for (const colorScheme of ["light", "dark"] as const) {
      await emulateMedia({ colorScheme });
      const { backgroundColor } = getComputedStyle(dialog);
      for (const [text, background] of [
        [link, getComputedStyle(link).backgroundColor],
        [guide.querySelector("button")!, backgroundColor],
        [guide.querySelector("p")!, backgroundColor],
      ] as const) {
        const { color } = getComputedStyle(text);
        expect(contrast(color, background), `${text.innerText}, ${colorScheme}`).to.be.at.least(
          4.5,
        );
      }
    }
  });

  it("asks as ever in an ordinary browser", async () => {
    browse(ordinaryBrowsers["Chrome on Android, and Custom Tabs as in Gmail"]);
    const element = await attach("a web view on Android");
    undo.pop()?.();
    expect(navigator.userAgent).not.to.include("; wv");
    const outcome = ask(element);
    await until(() => find(element, "section"));
    expect(labels(element)).to.deep.equal([en.signIn, en.cancel]);
    find(element, "footer button:last-child")?.click();
    expect(await outcome).to.equal("cancelled");
  });

  it("asks as ever inside of an app where nothing is known against it", async () => {
    const element = await attach("Instagram on iOS", { "embedded-browsers": "allowed" });
    void ask(element);
    await until(() => find(element, "section"));
    expect(labels(element)).to.deep.equal([en.signIn, en.cancel]);
    expect(find(element, "#message")?.innerText).to.equal(en.ask(location.hostname));
  });

  it("answers a call without a person as ever", async () => {
    const element = await attach("Facebook on Android");
    expect(await codeOf(element.getCredential({ interactive: false }))).to.equal(
      "interaction_required",
    );
    expect(find(element, "section")).to.equal(null);
  });

  it("ends in time", async () => {
    const element = await attach("Facebook on Android", { "interaction-timeout": "400" });
    expect(await ask(element)).to.equal("interaction_timeout");
    await until(() => !find(element, "section"));
  });

  it("doesn't sign anybody in by signIn() either, and tells when the consumer declines", async () => {
    const address = location.href;
    const element = await attach("Facebook on Android");
    const signIn = codeOf(element.signIn());
    await guideOf(element);
    const second = codeOf(element.signIn());
    await guideOf(element);
    expect(location.href).to.equal(address);
    find(element, "footer button")?.click();
    expect(await signIn).to.equal("cancelled");
    expect(await second).to.equal("cancelled");
  });
});
