import { hasGesture } from "./gesture.js";
import { describe, type CallReason, type CallRecord } from "./record.js";

type PageMethod = (callback: (...args: unknown[]) => void, codeChallenge?: string) => unknown;

export interface MethodPlace {
  readonly jsContext: string;
  readonly jsMethodName: string;
}

export interface CallEvents {
  onAnswer(args: unknown[]): void;
  /** The page has answered this call before. */
  onViolation(args: unknown[]): void;
}

export function newCall(reason: CallReason, challenge: string | undefined): CallRecord {
  return {
    reason,
    ...(challenge === undefined ? {} : { challenge }),
    gesture: hasGesture(),
    answers: [],
    started: performance.now(),
    elapsed: 0,
  };
}

/**
 * Calls the page method as the vendor's window does: with a callback, and with a challenge when the
 * connector has PKCE. There is no limit to the time that the page may take.
 */
export function callPageMethod(place: MethodPlace, call: CallRecord, events: CallEvents): void {
  const callback = (...args: unknown[]) => {
    const at = Math.round(performance.now() - call.started);
    call.answers.push({ args: args.map(describe), at });
    if (call.answers.length > 1) {
      events.onViolation(args);
      return;
    }
    call.elapsed = at;
    events.onAnswer(args);
  };

  const context = contextOf(place.jsContext);
  const method = context?.[place.jsMethodName];
  if (typeof method !== "function") throw new MissingMethod(place);
  if (call.challenge === undefined) (method as PageMethod).call(context, callback);
  else (method as PageMethod).call(context, callback, call.challenge);
}

export class MissingMethod extends Error {
  constructor({ jsContext, jsMethodName }: MethodPlace) {
    super(`There is no function ${jsMethodName} in ${jsContext}.`);
  }
}

function contextOf(path: string): Record<string, unknown> | undefined {
  const names = path.split(".").filter((name, i) => !(i === 0 && name === "window"));
  let here: unknown = window;
  for (const name of names) {
    if (typeof here !== "object" || here === null) return undefined;
    here = Reflect.get(here, name);
  }
  return typeof here === "object" && here !== null ? (here as Record<string, unknown>) : undefined;
}
