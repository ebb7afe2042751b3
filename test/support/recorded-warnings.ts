import { override } from "./override.js";

/** What the console is warned of, in place of showing it. */
export interface RecordedWarnings {
  readonly messages: readonly string[];
  stop(): void;
}

export function recordWarnings(): RecordedWarnings {
  const messages: string[] = [];
  const stop = override(console, "warn", (message: unknown) => messages.push(String(message)));
  return { messages, stop };
}
