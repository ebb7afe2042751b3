import { LOG_EVENT, type LogEntry } from "../../window/log.js";

export type Source = LogEntry["source"] | "session";

const LONG = 32;
const KEPT = 200;

export type Log = (source: Source, text: string, detail?: unknown) => void;

/** Shows the window's log entries, and those that the page adds itself. */
export function startLog(list: HTMLElement): Log {
  const add: Log = (source, text, detail) => {
    const item = document.createElement("li");
    item.dataset["source"] = source;
    item.append(
      part("time", new Date().toLocaleTimeString("en-GB")),
      part("span", source, "source"),
      part("span", text, "text"),
    );
    if (detail !== undefined)
      item.append(part("code", typeof detail === "string" ? shortened(detail) : shown(detail)));
    list.append(item);
    while (list.childElementCount > KEPT) list.firstElementChild?.remove();
    list.scrollTop = list.scrollHeight;
  };
  document.addEventListener(LOG_EVENT, (event) => {
    const { source, text, detail } = (event as CustomEvent<LogEntry>).detail;
    add(source, text, detail);
  });
  return add;
}

function part(tag: string, text: string, className = ""): HTMLElement {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

function shown(detail: unknown): string {
  if (detail === undefined) return "undefined";
  // The arguments of a call, each as it came.
  if (Array.isArray(detail)) return `(${detail.map(shown).join(", ")})`;
  return JSON.stringify(detail, (_name, value: unknown) =>
    typeof value === "string" ? shortened(value) : value,
  );
}

function shortened(text: string): string {
  if (text.length <= LONG || /\s|:\/\//.test(text)) return text;
  return `${text.slice(0, 14)}…${text.slice(-6)} [${text.length}]`;
}
