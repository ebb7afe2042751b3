import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { page, send } from "../http.js";
import type { IdpTrouble } from "../scenarios.js";
import { downPage } from "./pages.js";

export const TROUBLE_PARAMETER = "demo_trouble";

// RFC 6749 3.1 lets an authorization endpoint have a query of its own, which clients keep. The
// trouble travels in it from page to page, so that one tab's trouble is no other tab's.
export function troubleOf(query: URLSearchParams): IdpTrouble | null {
  const name = query.get(TROUBLE_PARAMETER);
  return name === "slow" || name === "coop" || name === "never" || name === "down" ? name : null;
}

export function withTrouble(address: string, trouble: IdpTrouble | null): string {
  if (!trouble) return address;
  return `${address}${address.includes("?") ? "&" : "?"}${TROUBLE_PARAMETER}=${trouble}`;
}

/** Makes the trouble; says whether the request is to be answered at all. */
export async function trouble(
  kind: IdpTrouble | null,
  response: ServerResponse,
  slowMs: number,
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
    case null:
      return "go on";
  }
}
