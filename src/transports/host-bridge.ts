import { isJsonObject, type JsonObject } from "../base/http.js";
import { own } from "../base/own.js";

/** What is longer than this many characters is no message. */
const longest = 131_072;

/** An event as far as it is read here. */
interface Carrier {
  readonly data: unknown;
}

/** What an app puts into its web view; only `postMessage` is always there. */
interface BridgeObject {
  /** Only a `Window` is its own, and that is no bridge. */
  readonly window?: unknown;
  /** Some bridges answer by what it returns, or by the promise that it returns. */
  postMessage(message: unknown): unknown;
  addEventListener?(type: "message", listener: (event: Carrier) => void): void;
  removeEventListener?(type: "message", listener: (event: Carrier) => void): void;
}

/** The way to the app around the web view. */
export interface HostBridge {
  /** Every app of this kind has the bridge: that it is there doesn't say whose app it is. */
  readonly isShared: boolean;
  /**
   * Sends the app a message.
   *
   * @returns the app's reply where the bridge has a way for it, else `undefined`; a promise of it where
   * it takes time, which rejects where the app refuses
   */
  post(message: JsonObject): unknown;
}

/**
 * Reads a message: an object, or its JSON.
 *
 * @returns an empty object for anything else, and for more than 131 072 characters
 */
export function readHostMessage(data: unknown): JsonObject {
  try {
    const message: unknown =
      typeof data === "string" && data.length <= longest ? JSON.parse(data) : data;
    if (isJsonObject(message)) return own(message);
  } catch {
    // Then it holds nothing either.
  }
  return own({});
}

/**
 * Own properties only: an element or a frame of the page whose id or name is the bridge's is found on
 * the window's prototypes.
 */
function findOwn(holder: unknown, name: string): BridgeObject | undefined {
  const value = Object.hasOwn(Object(holder) as object, name)
    ? (holder as Record<string, Partial<BridgeObject> | null | undefined>)[name]
    : undefined;
  return typeof value?.postMessage === "function" && value.window !== value
    ? (value as BridgeObject)
    : undefined;
}

/** The bridge that is there now, by its name or as every app made with React Native has it. */
function findBridge(name: string): {
  readonly handler: BridgeObject | undefined;
  readonly named: BridgeObject | undefined;
  readonly bridge: BridgeObject | undefined;
} {
  const { webkit } = window as { webkit?: { messageHandlers?: unknown } };
  const handler = Object.hasOwn(window, "webkit")
    ? findOwn(webkit?.messageHandlers, name)
    : undefined;
  const named = handler ?? findOwn(window, name);
  return { handler, named, bridge: named ?? findOwn(window, "ReactNativeWebView") };
}

/**
 * Whether the page is shown by the brand's own app, as far as it can be told.
 *
 * @param name - the bridge's, as the app calls it
 */
export const isInHost = (name: string): boolean => findBridge(name).bridge !== undefined;

/**
 * Connects the page with the app around its web view, and listens to the app from now on. An app speaks
 * by events of its own bridge object, or by scripts that it runs in the page: these have the page's
 * window post to itself, or dispatch an event that nobody posted. What another window posts, a frame or
 * a popup, is not heard.
 *
 * @param name - the bridge's, as the app calls it
 * @param receive - gets what the app says; nothing in it has been checked
 * @param signal - ends the listening
 * @returns finds the bridge that is there now; `undefined` where the page is in no such app
 */
export function connectHost(
  name: string,
  receive: (message: JsonObject) => void,
  signal?: AbortSignal,
): () => HostBridge | undefined {
  let heard: BridgeObject | undefined;
  const read = ({ data }: Carrier): void => {
    receive(readHostMessage(data));
  };
  addEventListener(
    "message",
    (event) => {
      const { source, origin: sender } = event;
      // A frame that is gone has no source any more, but an origin still.
      if (source === window ? sender === origin : !source && !sender) read(event);
    },
    // Some apps dispatch at the document, from where it doesn't bubble.
    signal ? { capture: true, signal } : true,
  );
  const find = (): HostBridge | undefined => {
    const { handler, named, bridge } = findBridge(name);
    if (!bridge) return undefined;
    if (bridge !== heard && !signal?.aborted) {
      heard = bridge;
      bridge.addEventListener?.("message", read);
      signal?.addEventListener("abort", () => bridge.removeEventListener?.("message", read));
    }
    return {
      isShared: !named,
      post: (message) => bridge.postMessage(handler ? message : JSON.stringify(message)),
    };
  };
  find();
  return find;
}
