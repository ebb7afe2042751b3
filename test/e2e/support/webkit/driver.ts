import { DEFAULT_TIMEOUT } from "./waiting.js";

/** A session of the driver, which is one browser. */
export interface Driver {
  /** One after the other with all other work of the session. */
  inTurn<Result>(work: (command: Command) => Promise<Result>): Promise<Result>;
}

/** Sends a command: method, path below the session, and its parameters. */
export type Command = (
  method: "GET" | "POST" | "DELETE",
  path: string,
  body?: unknown,
) => Promise<unknown>;

/** Has the driver take hold of its browser. Navigations don't wait: the inspector tells when they are done. */
export async function startSession(port: number): Promise<Driver> {
  const send = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      signal: AbortSignal.timeout(DEFAULT_TIMEOUT),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { value } = (await response.json()) as { value: { error?: string; message?: string } };
    if (!response.ok) {
      const gone = value.error === "no such window" ? "Target closed" : value.error;
      throw new Error(`${method} ${path}: ${gone} ${value.message}`);
    }
    return value;
  };
  const { sessionId } = (await send("POST", "/session", {
    capabilities: { alwaysMatch: { pageLoadStrategy: "none" } },
  })) as { sessionId: string };
  const command: Command = (method, path, body) =>
    send(method, `/session/${sessionId}${path}`, body);
  let last: Promise<unknown> = Promise.resolve();
  return {
    inTurn(work) {
      const result = last.then(() => work(command));
      last = result.catch(() => undefined);
      return result;
    },
  };
}
