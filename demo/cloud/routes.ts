import type { IncomingMessage } from "node:http";
import { readBody, type Reply } from "../http.js";
import type { Account } from "./accounts.js";
import { CutOff, uncodedRefusal } from "./errors.js";

/** A request to the cloud, as its routes see it. */
export interface Call {
  readonly request: IncomingMessage;
  readonly query: URLSearchParams;
  readonly account: Account | undefined;
  /** The part of the path that names a service or a connector. */
  readonly name: string | null;
}

/** The first group of the pattern is the account, the second the name. */
export type Route<Kind extends string> = readonly [
  method: string,
  kind: Kind | null,
  pattern: RegExp,
  answer: (call: Call) => Reply | Promise<Reply>,
];

export function knownAccount({ account }: Call): Account {
  if (!account) throw uncodedRefusal(401, "invalid site");
  return account;
}

export function workingAccount(call: Call): Account {
  const account = knownAccount(call);
  if (!account.reachable) throw new CutOff();
  if (!account.idpServiceUp) throw uncodedRefusal(503, "service unavailable");
  return account;
}

export async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  const text = await readBody(request);
  if (text === "") return {};
  const type = request.headers["content-type"] ?? "";
  if (!/^application\/json\b/i.test(type)) throw uncodedRefusal(415, "send application/json");
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Falls through: both are the sender's mistake.
  }
  throw uncodedRefusal(400, "not a JSON object");
}
