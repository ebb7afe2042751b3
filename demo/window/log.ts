/** The window tells the page's log what it does; the page decides what it shows of it. */

export type LogSource = "window" | "cloud" | "violation" | "app";

export interface LogEntry {
  readonly source: LogSource;
  readonly text: string;
  readonly detail?: unknown;
}

export const LOG_EVENT = "demo-window-log";

export function log(source: LogSource, text: string, detail?: unknown): void {
  const entry: LogEntry = { source, text, detail };
  document.dispatchEvent(new CustomEvent(LOG_EVENT, { detail: entry }));
}

export function logAnswer(source: LogSource, args: unknown[]): void {
  log(source, source === "violation" ? "answered once more" : "callback", args);
}
