import { expectAnswered, expectReason, withFreshPage } from "../support/fresh-page.js";

/** Every global that the script or its libraries ask for. */
const globals = [
  "ConsumerAuth",
  "lpGetAuthenticationToken",
  "lpTag",
  "AbortController",
  "AbortSignal",
  "BroadcastChannel",
  "CSSStyleSheet",
  "HTMLElement",
  "HTMLScriptElement",
  "IdentityCredential",
  "MessageEvent",
  "Promise",
  "ReactNativeWebView",
  "ShadowRoot",
  "URL",
  "addEventListener",
  "atob",
  "btoa",
  "crypto",
  "customElements",
  "document",
  "fetch",
  "history",
  "indexedDB",
  "localStorage",
  "location",
  "navigation",
  "navigator",
  "open",
  "opener",
  "origin",
  "parent",
  "performance",
  "requestIdleCallback",
  "sessionStorage",
  "setTimeout",
  "webkit",
  "window",
] as const;

const hostile = (name: string): readonly string[] => [
  `<a id="${name}" href="https://evil.example/"></a>`,
  `<form id="${name}" name="${name}"><input name="lpGetAuthenticationToken"><input name="postMessage"><input name="messageHandlers"></form>`,
  `<img name="${name}">`,
  `<embed name="${name}">`,
];

describe("attack: markup that has the names of globals", () => {
  for (const flow of ["code to the window", "exchange in the page"] as const) {
    for (const kind of [0, 1, 2, 3]) {
      const markup = globals.map((name) => hostile(name)[kind]).join("");
      it(`${hostile("…")[kind]}, for ${globals.length} names (${flow})`, () =>
        withFreshPage(
          {
            flow,
            config: { host: "brandApp", silent: "true", silentTimeout: 1500 },
            write: ({ before, script }) =>
              `<!doctype html>${before}${markup}${script}<a id="brandApp"></a>`,
          },
          async (page) => {
            expectAnswered(await page.call(), flow, page.room);
          },
        ));
    }
  }

  it("names the context of the method: it is made beside the element", () =>
    withFreshPage(
      {
        flow: "code to the window",
        config: { jsContext: "chat.methods" },
        write: ({ before, script }) =>
          `<!doctype html>${before}<form id="chat"><input name="methods"></form>${script}`,
      },
      async (page) => {
        const outcome = await page.call({
          by: (callback, challenge) => {
            const { methods } = page.window["chat"] as {
              methods: Record<string, (...given: unknown[]) => void>;
            };
            methods["lpGetAuthenticationToken"]?.(callback, challenge);
          },
        });
        expectAnswered(outcome, "code to the window", page.room);
      },
    ));
});

describe("attack: markup that has the names of what a document has", () => {
  for (const name of [
    "currentScript",
    "body",
    "head",
    "documentElement",
    "readyState",
    "visibilityState",
    "activeElement",
    "adoptedStyleSheets",
    "cookie",
    "defaultView",
    "location",
    "title",
  ]) {
    it(`<img name=${name}> in front of our script changes nothing`, () =>
      withFreshPage(
        {
          flow: "code to the window",
          write: ({ before, script }) =>
            `<!doctype html><html><body>${before}<img name="${name}" data-client-id="evil">${script}</body></html>`,
        },
        async (page) => {
          const outcome = await page.call();
          if (name === "currentScript")
            expectReason(outcome, "code to the window", "invalid_config");
          else expectAnswered(outcome, "code to the window", page.room);
        },
      ));
  }

  // What every script of such a page stumbles over: nobody can be asked, but the window is told at once.
  for (const [name, code] of Object.entries({
    createElement: "unexpected",
    querySelector: "unexpected",
    createTreeWalker: "load_failed",
  })) {
    it(`<img name=${name}> breaks the prompt, and the window is told`, () =>
      withFreshPage(
        {
          flow: "code to the window",
          write: ({ before, script }) =>
            `<!doctype html><html><body>${before}<img name="${name}">${script}</body></html>`,
        },
        async (page) => {
          expectReason(await page.call(), "code to the window", code);
        },
      ));
  }
});
