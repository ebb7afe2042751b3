import type { EventEmitter } from "node:events";

import type { Inspected } from "./inspected.js";
import type { Message } from "./process.js";

interface RequestData {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly postData?: string;
}

interface WillBeSent {
  readonly requestId: string;
  readonly request: RequestData;
}

interface Received {
  readonly requestId: string;
  readonly response: {
    readonly url: string;
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
  };
}

interface Answer {
  readonly status?: number;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What a page asks servers for, as events `request` and `response`. */
export interface Requests {
  /** Begins to look; the inspector says nothing of requests unless it is asked to. */
  watch(): Promise<void>;
  /** Keeps requests back until they are continued, aborted or responded to. */
  intercept(on: boolean): Promise<void>;
  /** Has all requests fail from now on, or no more. */
  cut(on: boolean): Promise<void>;
}

export function watchRequests(inspected: Inspected, events: EventEmitter): Requests {
  const sent = new Map<string, ReturnType<typeof requestOf>>();
  const finished = new Map<string, () => void>();
  let watching: Promise<void> | undefined;
  let intercepting = false;
  let isCut = false;
  let keepsBack = false;

  /** A request, or its page, may be gone before it is decided. */
  const decide = (method: string, parameters: Message): Promise<unknown> =>
    inspected.send(method, parameters).catch(() => undefined);
  const requestOf = (requestId: string, { url, method, headers, postData }: RequestData) => ({
    url: () => url,
    method: () => method,
    headers: () => headers,
    postData: () => postData,
    fetchPostData: () => Promise.resolve(postData),
    continue: () => decide("Network.interceptContinue", { requestId, stage: "request" }),
    abort: () => decide("Network.interceptRequestWithError", { requestId, errorType: "General" }),
    respond: (answer: Answer) => respond(requestId, answer),
  });
  const respond = (requestId: string, answer: Answer): Promise<unknown> => {
    const { status = 200, contentType = "text/plain", headers, body = "" } = asDocument(answer);
    return decide("Network.interceptRequestWithResponse", {
      requestId,
      status,
      statusText: "",
      mimeType: contentType.replace(/;.*/, ""),
      headers: { "Content-Type": contentType, ...headers },
      content: Buffer.from(body).toString("base64"),
      base64Encoded: true,
    });
  };

  inspected.on("Network.requestWillBeSent", ({ requestId, request }: WillBeSent) => {
    const made = requestOf(requestId, request);
    sent.set(requestId, made);
    if (!intercepting) events.emit("request", made);
  });
  inspected.on("Network.requestIntercepted", ({ requestId, request }: WillBeSent) => {
    const made = requestOf(requestId, request);
    if (isCut) void made.abort();
    else events.emit("request", made);
  });
  inspected.on("Network.responseReceived", ({ requestId, response }: Received) => {
    const whole = new Promise<void>((resolve) => finished.set(requestId, resolve));
    const text = async (): Promise<string> => {
      await whole;
      const { body, base64Encoded } = await inspected.send<Body>("Network.getResponseBody", {
        requestId,
      });
      return base64Encoded ? Buffer.from(body, "base64").toString() : body;
    };
    events.emit("response", {
      url: () => response.url,
      status: () => response.status,
      headers: () => response.headers,
      ok: () => response.status >= 200 && response.status < 300,
      request: () => sent.get(requestId),
      text,
      json: async (): Promise<unknown> => JSON.parse(await text()),
    });
  });
  for (const end of ["Network.loadingFinished", "Network.loadingFailed"]) {
    inspected.on(end, ({ requestId }: { requestId: string }) => finished.get(requestId)?.());
  }

  const watch = (): Promise<void> => (watching ??= inspected.prepare("Network.enable"));
  const keepBack = async (on: boolean): Promise<void> => {
    if (on === keepsBack) return;
    keepsBack = on;
    await watch();
    await inspected.prepare("Network.setInterceptionEnabled", { enabled: on });
    const all = { url: "", stage: "request" };
    await inspected.prepare(on ? "Network.addInterception" : "Network.removeInterception", all);
  };
  return {
    watch,
    async intercept(on) {
      intercepting = on;
      await keepBack(on);
    },
    async cut(on) {
      isCut = on;
      await keepBack(on || intercepting);
    },
  };
}

/** Of a response that is made here the browser follows no redirect: a document leads on. */
function asDocument(answer: Answer): Answer {
  const { location } = answer.headers ?? {};
  if (!location) return answer;
  const body = `<script>location.replace(${JSON.stringify(location)})</script>`;
  return { contentType: "text/html", body };
}

interface Body {
  readonly body: string;
  readonly base64Encoded: boolean;
}
