import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { json, page, send } from "../http.js";
import type { IdpTrouble } from "../scenarios.js";
import type { IdpRequestKind } from "./counters.js";
import { downPage } from "./pages.js";

export const TROUBLE_PARAMETER = "demo_trouble";

const TROUBLES: readonly string[] = [
  "slow",
  "coop",
  "never",
  "down",
  "no-cookies",
  "ended",
  "cut",
] satisfies IdpTrouble[];

// RFC 6749 3.1 and 3.2 let an endpoint have a query of its own, which clients keep. The trouble
// travels in it from page to page, so that one tab's trouble is no other tab's.
export function troubleOf(query: URLSearchParams): IdpTrouble | null {
  const name = query.get(TROUBLE_PARAMETER);
  return name !== null && TROUBLES.includes(name) ? (name as IdpTrouble) : null;
}

export function withTrouble(address: string, trouble: IdpTrouble | null): string {
  if (!trouble) return address;
  return `${address}${address.includes("?") ? "&" : "?"}${TROUBLE_PARAMETER}=${trouble}`;
}

export interface TroubledRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly kinds: readonly IdpRequestKind[];
  readonly slowMs: number;
  readonly sessionCookie: string;
}

/** Makes the trouble; says whether the request is to be answered at all. */
export async function trouble(
  kind: IdpTrouble | null,
  { request, response, kinds, slowMs, sessionCookie }: TroubledRequest,
): Promise<"go on" | "done"> {
  switch (kind) {
    case "slow":
      await sleep(slowMs);
      return "go on";
    case "coop":
      response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
      return "go on";
    case "never":
      return "done";
    case "down":
      send(response, page(503, downPage(), { "Retry-After": "120" }));
      return "done";
    case "no-cookies":
      if (isFramed(request, kinds)) blockCookies(request, response);
      return "go on";
    case "ended":
      if (kinds.includes("refresh")) {
        send(response, refused(request));
        return "done";
      }
      if (kinds.includes("authorization")) forgetSession(request, sessionCookie);
      return "go on";
    case "cut":
      request.socket.destroy();
      return "done";
    case null:
      return "go on";
  }
}

// Browsers say what they load a page for; where one doesn't, nobody but a frame asks silently.
function isFramed({ headers }: IncomingMessage, kinds: readonly IdpRequestKind[]): boolean {
  const destination = headers["sec-fetch-dest"];
  return destination === undefined ? kinds.includes("silent") : destination === "iframe";
}

function blockCookies(request: IncomingMessage, response: ServerResponse): void {
  delete request.headers.cookie;
  const setHeader = response.setHeader.bind(response);
  response.setHeader = (name, value) =>
    /^set-cookie$/i.test(name) ? response : setHeader(name, value);
}

function forgetSession(request: IncomingMessage, sessionCookie: string): void {
  const kept = (request.headers.cookie ?? "")
    .split("; ")
    .filter((cookie) => !cookie.startsWith(sessionCookie));
  request.headers.cookie = kept.join("; ");
}

function refused({ headers }: IncomingMessage) {
  const reply = json(400, { error: "invalid_grant", error_description: "the session is over" });
  if (headers.origin) Object.assign(reply.headers ?? {}, corsFor(headers.origin));
  return reply;
}

const corsFor = (origin: string) => ({ "Access-Control-Allow-Origin": origin });
