import { override } from "./override.js";

/** A request as the app gets it. */
export interface HostRequest extends Record<string, unknown> {
  readonly type: string;
  readonly version: number;
  readonly nonce: string;
  readonly interactive: boolean;
  readonly renew: boolean;
  readonly code_challenge?: string;
  readonly code_challenge_method?: string;
}

/** What the app says to a request; `undefined` is nothing, yet. An error is a refusal of the platform's. */
export type HostReply = (request: HostRequest) => unknown;

/** An app around this page. */
export interface HostApp {
  /** Every request that the page made, in order. */
  readonly requests: readonly HostRequest[];
  reply: HostReply;
  /** Says something to the page: an object, or a text as it is. */
  say(message: unknown): void;
  /** Takes the bridge away. */
  stop(): void;
}

/** Builds an app with the bridge of one platform. */
export type HostPlatform = (name: string) => HostApp;

const toText = (message: unknown): string =>
  typeof message === "string" ? message : JSON.stringify(message);

/** A script that the app runs in the page: `evaluateJavaScript`, `evaluateJavascript`, `injectJavaScript`. */
const runScript = (message: unknown): void => {
  window.postMessage(toText(message), location.origin);
};

/** What all apps have in common: they note the request, make up their mind, and answer in their way. */
function createApp(
  say: (message: unknown) => void,
  install: (hear: (request: unknown) => Promise<unknown>) => () => void,
): HostApp {
  const requests: HostRequest[] = [];
  const stop = install(async (received) => {
    const request = received as HostRequest;
    requests.push(request);
    return app.reply(request);
  });
  const app: HostApp = { requests, reply: () => undefined, say, stop };
  return app;
}

const sayIfAny =
  (say: (message: unknown) => void) =>
  (message: unknown): void => {
    if (message !== undefined) say(message);
  };

/**
 * `webkit` as WebKit has it: an own property of the window, with `messageHandlers` and `postMessage` on
 * prototypes, and the handlers' names as own properties.
 */
const installWebKit = (
  name: string,
  post: (message: unknown) => Promise<unknown>,
): (() => void) => {
  const handler = Object.create({ postMessage: post }) as object;
  const messageHandlers = Object.create(Object.prototype, { [name]: { value: handler } }) as object;
  return override(window, "webkit", Object.create({ messageHandlers }));
};

/** WKScriptMessageHandlerWithReply: `postMessage` returns a promise of the reply. */
export const webKitWithReply: HostPlatform = (name) =>
  createApp(runScript, (hear) =>
    installWebKit(name, async (message) => structuredClone(await hear(structuredClone(message)))),
  );

/** WKScriptMessageHandler: the promise is one of nothing; the app answers by a script. */
export const webKitWithoutReply: HostPlatform = (name) =>
  createApp(runScript, (hear) =>
    installWebKit(name, (message) => {
      void hear(structuredClone(message)).then(sayIfAny(runScript));
      return Promise.resolve(undefined);
    }),
  );

/** WebViewCompat.addWebMessageListener: texts only, and events at the object itself. */
export const webMessageListener: HostPlatform = (name) => {
  const listeners = new Set<(event: { data: unknown }) => void>();
  const say = (message: unknown): void => {
    for (const listener of listeners)
      listener(new MessageEvent("message", { data: toText(message) }));
  };
  return createApp(say, (hear) =>
    override(
      window,
      name,
      Object.create({
        postMessage(message: unknown) {
          if (typeof message !== "string") throw new TypeError("Only strings and array buffers.");
          void hear(JSON.parse(message)).then(sayIfAny(say));
        },
        addEventListener: (_: string, listener: () => void) => listeners.add(listener),
        removeEventListener: (_: string, listener: () => void) => listeners.delete(listener),
      }),
    ),
  );
};

/** addJavascriptInterface: a method that takes a text, and is bound to its object. */
const installJavascriptInterface = (
  name: string,
  post: (message: unknown) => unknown,
): (() => void) => {
  const bridge = {
    postMessage(this: unknown, message: unknown) {
      if (this !== bridge) throw new Error("Java bridge method can't be invoked on this object.");
      return post(JSON.parse(String(message)));
    },
  };
  return override(window, name, bridge);
};

/** @JavascriptInterface without a return value: the app answers by a script. */
export const javascriptInterface: HostPlatform = (name) =>
  createApp(runScript, (hear) =>
    installJavascriptInterface(name, (message) => {
      void hear(message).then(sayIfAny(runScript));
    }),
  );

const reactNative =
  (say: (message: unknown) => void): HostPlatform =>
  () =>
    createApp(say, (hear) =>
      installJavascriptInterface("ReactNativeWebView", (message) => {
        void hear(message).then(sayIfAny(say));
      }),
    );

/** react-native-webview, which answers by `injectJavaScript`. */
export const reactNativeScript = reactNative(runScript);

/** react-native-webview on iOS, which answers by its own `postMessage`. */
export const reactNativeIos = reactNative((message) => {
  window.dispatchEvent(new MessageEvent("message", { data: toText(message) }));
});

/** react-native-webview on Android, which answers by its own `postMessage`. */
export const reactNativeAndroid = reactNative((message) => {
  document.dispatchEvent(new MessageEvent("message", { data: toText(message) }));
});

/** Every bridge there is. */
export const platforms = {
  WKScriptMessageHandlerWithReply: webKitWithReply,
  WKScriptMessageHandler: webKitWithoutReply,
  WebMessageListener: webMessageListener,
  JavascriptInterface: javascriptInterface,
  "ReactNativeWebView, by a script": reactNativeScript,
  "ReactNativeWebView of iOS": reactNativeIos,
  "ReactNativeWebView of Android": reactNativeAndroid,
} as const satisfies Record<string, HostPlatform>;
