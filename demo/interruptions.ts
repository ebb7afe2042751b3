import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { send } from "./http.js";

/** What goes wrong with requests of one kind. */
export interface Interruption<Kind extends string> {
  /** The kind of request; the names are those of the counters. */
  readonly path: Kind;
  /** The answer's status, in place of the real answer. */
  readonly status?: number;
  /** Of the answer in place of the real one. Default: a JSON object with an `error`. */
  readonly body?: string;
  /** Default `application/json`. */
  readonly contentType?: string;
  /** Seconds, as the answer's `Retry-After`. */
  readonly retryAfter?: number;
  /** Milliseconds until the answer, whether the real one or another. */
  readonly delay?: number;
  /** There is never an answer. */
  readonly hang?: boolean;
  /** The connection breaks off. */
  readonly cut?: boolean;
  /** Whether a page of another origin may read the answer. Default `true`. */
  readonly readable?: boolean;
  /** Gets the real answer, whose work is done by then, as a function that lets it go. */
  readonly keep?: (letGo: () => void) => void;
  /** How many requests it befalls. Default 1. */
  readonly times?: number;
}

export interface Interruptions<Kind extends string> {
  /** Makes trouble; returns what ends it early. */
  readonly interrupt: (interruption: Interruption<Kind>) => () => void;
  /** Ends all trouble. */
  readonly restore: () => void;
  /** Befalls a request; says whether the real answer is still wanted. */
  befall(
    kinds: readonly Kind[],
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<"go on" | "done">;
}

/** The most recent interruption that fits a request wins. */
export function createInterruptions<Kind extends string>(): Interruptions<Kind> {
  const waiting: { readonly what: Interruption<Kind>; left: number }[] = [];

  const take = (kinds: readonly Kind[]): Interruption<Kind> | undefined => {
    const found = waiting.find(({ what }) => kinds.includes(what.path));
    if (!found) return undefined;
    found.left -= 1;
    if (found.left <= 0) waiting.splice(waiting.indexOf(found), 1);
    return found.what;
  };

  return {
    interrupt: (what) => {
      const entry = { what, left: what.times ?? 1 };
      waiting.unshift(entry);
      return () => {
        const place = waiting.indexOf(entry);
        if (place >= 0) waiting.splice(place, 1);
      };
    },
    restore: () => {
      waiting.length = 0;
    },
    befall: async (kinds, request, response) => {
      const what = take(kinds);
      if (!what) return "go on";
      if (what.delay) await sleep(what.delay);
      if (what.hang) return "done";
      if (what.cut) {
        request.socket.destroy();
        return "done";
      }
      if (what.keep) keepAnswer(response, what.keep);
      if (what.status === undefined) return "go on";
      const { origin } = request.headers;
      const readable = origin !== undefined && (what.readable ?? true);
      send(response, {
        status: what.status,
        headers: {
          "Content-Type": what.contentType ?? "application/json",
          ...(what.retryAfter === undefined ? {} : { "Retry-After": String(what.retryAfter) }),
          ...(readable
            ? {
                "Access-Control-Allow-Origin": origin,
                "Access-Control-Expose-Headers": "Retry-After",
              }
            : {}),
        },
        body: what.body ?? JSON.stringify({ error: "temporarily_unavailable" }),
      });
      return "done";
    },
  };
}

function keepAnswer(response: ServerResponse, keep: (letGo: () => void) => void): void {
  const end = response.end.bind(response) as (...answer: unknown[]) => void;
  response.end = (...answer: unknown[]) => {
    keep(() => {
      end(...answer);
    });
    return response;
  };
}
