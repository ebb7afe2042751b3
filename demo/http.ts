import type { IncomingMessage, ServerResponse } from "node:http";

const BODY_LIMIT = 64 * 1024;

export interface Reply {
  status: number;
  headers?: Record<string, string | string[]>;
  body?: string | Uint8Array;
}

export function send(response: ServerResponse, { status, headers = {}, body = "" }: Reply): void {
  response.writeHead(status, {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Length": String(Buffer.byteLength(body)),
    ...headers,
  });
  response.end(body);
}

export function json(status: number, value: unknown): Reply {
  return {
    status,
    headers: { "Content-Type": "application/json; charset=utf-8" },
    body: JSON.stringify(value),
  };
}

export function page(
  status: number,
  markup: { readonly html: string },
  headers: Record<string, string> = {},
): Reply {
  return {
    status,
    headers: { "Content-Type": "text/html; charset=utf-8", ...headers },
    body: markup.html,
  };
}

export function seeOther(location: string): Reply {
  return { status: 303, headers: { Location: location } };
}

export function notFound(): Reply {
  return {
    status: 404,
    headers: { "Content-Type": "text/plain; charset=utf-8" },
    body: "Not found",
  };
}

export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT) throw new Error("request body is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

export function pathOf(request: IncomingMessage): URL {
  return new URL(request.url ?? "/", "http://local.invalid");
}
