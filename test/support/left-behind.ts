import { override } from "./override.js";

/** What a piece of work leaves behind on the page, or lets fall. */
export interface LeftBehind {
  /** The types of the events that somebody still listens to. */
  readonly listeners: readonly string[];
  /** Promises that rejected, and nobody heard. */
  readonly rejections: readonly unknown[];
  /** What was thrown, and nobody caught. */
  readonly thrown: readonly unknown[];
  stop(): void;
}

interface Listening {
  readonly target: EventTarget;
  readonly type: string;
  readonly listener: unknown;
}

/**
 * Watches who listens to the window, the document and abort signals, and which rejections and errors nobody hears.
 * The test runner's own watch for these is deaf meanwhile: a property that fails says for what.
 */
export function watchLeftBehind(): LeftBehind {
  const listening = new Set<Listening>();
  const rejections: unknown[] = [];
  const hear = (event: PromiseRejectionEvent): void => {
    event.preventDefault();
    event.stopImmediatePropagation();
    rejections.push(event.reason);
  };
  addEventListener("unhandledrejection", hear, true);
  const thrown: unknown[] = [];
  const see = (event: ErrorEvent): void => {
    event.preventDefault();
    event.stopImmediatePropagation();
    thrown.push(event.error ?? event.message);
  };
  addEventListener("error", see, true);

  const find = (target: EventTarget, type: string, listener: unknown): Listening | undefined =>
    [...listening].find(
      (one) => one.target === target && one.type === type && one.listener === listener,
    );

  type Add = Parameters<EventTarget["addEventListener"]>;
  type Method = (this: EventTarget, ...how: Add) => void;
  const method = (name: "addEventListener" | "removeEventListener"): Method =>
    Reflect.get<EventTarget, typeof name>(EventTarget.prototype, name);
  const add = method("addEventListener");
  const remove = method("removeEventListener");
  function added(this: EventTarget | undefined, ...[type, listener, options]: Add): void {
    const target = this ?? window;
    const { signal, once = false } = Object(options) as AddEventListenerOptions;
    if (signal?.aborted) return;
    // A signal that has aborted keeps nobody busy.
    const isOver = target instanceof AbortSignal && target.aborted;
    const one = find(target, type, listener) ?? { target, type, listener };
    if (!isOver) listening.add(one);
    if (signal) add.call(signal, "abort", () => listening.delete(one));
    // A signal aborts once; whoever has heard it is not told again.
    if (once || target instanceof AbortSignal)
      add.call(target, type, () => listening.delete(one), { once: true });
    add.call(target, type, listener, options);
  }
  function removed(this: EventTarget | undefined, ...[type, listener, options]: Add): void {
    const target = this ?? window;
    const one = find(target, type, listener);
    if (one) listening.delete(one);
    remove.call(target, type, listener, options);
  }
  const undo = [window, document, AbortSignal.prototype].flatMap((target) => [
    override(target, "addEventListener", added),
    override(target, "removeEventListener", removed),
  ]);
  return {
    get listeners() {
      return [...listening].map(({ type }) => type);
    },
    rejections,
    thrown,
    stop() {
      for (const restore of undo.reverse()) restore();
      remove.call(window, "unhandledrejection", hear as EventListener, true);
      remove.call(window, "error", see as EventListener, true);
    },
  };
}
