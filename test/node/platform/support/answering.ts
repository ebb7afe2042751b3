import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, afterEach, before } from "node:test";

/** A request as it came. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** What a server of the cloud might answer. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Uint8Array;
  /** Takes the answer over: hangs, breaks off, and the like. */
  readonly by?: (response: ServerResponse) => void;
}

export interface Answering {
  readonly origin: string;
  /** With port. */
  readonly host: string;
  /** Since the test began. */
  readonly received: readonly Received[];
  /** Answers in turn; the last of them for good. */
  answer(...answers: readonly (Answer | ((request: Received) => Answer))[]): void;
  /** Resolves when that many requests have come. */
  hasReceived(count: number): Promise<void>;
}

/** A real server that answers whatever a test wants. */
export function useAnswering(): Answering {
  const received: Received[] = [];
  let answers: (Answer | ((request: Received) => Answer))[] = [];
  let told: () => void = () => undefined;

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url: path = "", headers } = request;
      const one = { method, path, headers, body: Buffer.concat(chunks).toString() };
      const next = (answers.length > 1 ? answers.shift() : answers[0]) ?? {};
      const answer = typeof next === "function" ? next(one) : next;
      received.push(one);
      told();
      if (answer.by) return answer.by(response);
      // A connection that is kept has timers of its own, which would stand still, or jump, with the tests.
      response.writeHead(answer.status ?? 200, { connection: "close", ...answer.headers });
      response.end(answer.body);
    });
  });

  before(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
  afterEach(() => {
    received.length = 0;
    answers = [];
  });
  after(() => {
    server.close();
    server.closeAllConnections();
  });

  const host = (): string => `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    get origin() {
      return `http://${host()}`;
    },
    get host() {
      return host();
    },
    received,
    answer(...next) {
      answers = [...next];
    },
    async hasReceived(count) {
      while (received.length < count) await new Promise<void>((resolve) => (told = resolve));
    },
  };
}

export const json = (value: unknown, status = 200): Answer => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(value),
});
