import type { BrowserProcess, Message } from "./process.js";
import type { Target } from "./wire.js";

/** What the inspector sees of one page. */
export interface Inspected {
  send<Result = Message>(method: string, parameters?: Message): Promise<Result>;
  /** Hears an event of the page: `Page.frameNavigated`. */
  on(method: string, hear: (event: never) => void): void;
  /** What every document of the page begins with, now and later. */
  prepare(method: string, parameters?: Message): Promise<void>;
  /** Ends what waits for the page. */
  end(): void;
}

interface Waiting {
  readonly method: string;
  resolve(result: never): void;
  reject(error: Error): void;
}

/** What waits for a promise of a document doesn't outlive that document. */
const WAITS = new Set(["Runtime.awaitPromise", "Runtime.callFunctionOn"]);

/** Begins to inspect a page. */
export function inspectPage(process: BrowserProcess, target: Target): Inspected {
  const waiting = new Map<number, Waiting>();
  const listeners = new Map<string, ((event: never) => void)[]>();
  const preparations: [string, Message][] = [["Page.enable", {}]];
  let id = 0;
  let current: string | undefined;
  let ended = false;
  let begun: () => void;
  const ready = new Promise<void>((resolve) => (begun = resolve));

  const fail = (matches: (one: Waiting) => boolean, why: string): void => {
    for (const [number, one] of waiting) {
      if (!matches(one)) continue;
      waiting.delete(number);
      one.reject(new Error(why));
    }
  };
  const outer = (method: string, params: Message): number => {
    write({ id: ++id, method, params });
    return id;
  };
  const sendTo = <Result>(targetId: string, method: string, params: Message): Promise<Result> =>
    new Promise((resolve, reject) => {
      if (ended) {
        reject(new Error(`${method}: Target closed`));
        return;
      }
      const number = ++id;
      waiting.set(number, { method, resolve, reject });
      const message = JSON.stringify({ id: number, method, params });
      outer("Target.sendMessageToTarget", { targetId, message });
    });
  const prepareAll = (targetId: string): Promise<unknown> =>
    Promise.all(preparations.map(([method, parameters]) => sendTo(targetId, method, parameters)));

  function hearPage({ id: number, method, params, result, error }: InnerMessage): void {
    if (number !== undefined) {
      const one = waiting.get(number);
      waiting.delete(number);
      if (error) one?.reject(new Error(`${one.method}: ${error.message}`));
      else one?.resolve(result as never);
      return;
    }
    if (method === "Page.frameNavigated" && !(params as Navigated).frame.parentId) {
      fail((one) => WAITS.has(one.method), "Execution context was destroyed by a navigation.");
    }
    for (const hear of listeners.get(method ?? "") ?? []) hear(params as never);
  }

  const write = process.inspect(target, (message) => {
    const { method, params } = message as unknown as OuterMessage;
    switch (method) {
      case "Target.targetCreated": {
        const { targetId, type, isProvisional, isPaused } = params.targetInfo;
        if (type === "page") {
          const prepared = prepareAll(targetId).catch(() => undefined);
          if (!isProvisional) {
            current = targetId;
            void prepared.then(begun);
          }
        }
        if (isPaused) outer("Target.resume", { targetId });
        break;
      }
      case "Target.didCommitProvisionalTarget":
        current = params.newTargetId;
        fail(() => true, "Execution context was destroyed by a navigation.");
        break;
      case "Target.dispatchMessageFromTarget":
        hearPage(JSON.parse(params.message) as InnerMessage);
        break;
      default:
    }
  });
  outer("Target.setPauseOnStart", { pauseOnStart: true });
  const send = async <Result>(method: string, parameters: Message = {}): Promise<Result> => {
    await ready;
    return sendTo(current ?? "", method, parameters);
  };
  return {
    send,
    on(method, hear) {
      listeners.set(method, [...(listeners.get(method) ?? []), hear]);
    },
    async prepare(method, parameters = {}) {
      const place = preparations.findIndex(([name]) => name === method && REPLACED.has(name));
      preparations.splice(place < 0 ? preparations.length : place, 1, [method, parameters]);
      await send(method, parameters);
    },
    end() {
      ended = true;
      begun();
      fail(() => true, "Target closed");
    },
  };
}

/** Of these the last one counts. */
const REPLACED = new Set(["Page.setBootstrapScript", "Page.overrideUserAgent"]);

interface InnerMessage {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

interface OuterMessage {
  readonly method?: string;
  readonly params: {
    readonly targetInfo: {
      readonly targetId: string;
      readonly type: string;
      readonly isProvisional?: boolean;
      readonly isPaused?: boolean;
    };
    readonly newTargetId: string;
    readonly message: string;
  };
}

/** `Page.frameNavigated` */
export interface Navigated {
  readonly frame: { readonly id: string; readonly parentId?: string; readonly url: string };
}
