import type { IncomingMessage } from "node:http";
import { readBody } from "../../http.js";
import { oauthRefusal } from "./refusals.js";

/** A form as RFC 6749 wants it: its own content type, each parameter once, none empty. */
export async function readForm(request: IncomingMessage): Promise<ReadonlyMap<string, string>> {
  const type = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") {
    throw oauthRefusal("invalid_request", "send application/x-www-form-urlencoded");
  }
  const form = oncePerName(new URLSearchParams(await readBody(request)));
  if (form) return form;
  throw oauthRefusal("invalid_request", "a parameter is there twice");
}

/** @returns `undefined` where a parameter is there twice */
export function oncePerName(query: URLSearchParams): ReadonlyMap<string, string> | undefined {
  const names = [...query.keys()];
  if (new Set(names).size < names.length) return undefined;
  return new Map([...query].filter(([, value]) => value !== ""));
}
