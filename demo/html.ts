export interface Markup {
  readonly html: string;
}

type Value = string | number | Markup | null | false | readonly Markup[];

const ESCAPES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

/** Markup that is already known to be safe. */
export function raw(text: string): Markup {
  return { html: text };
}

/** A template whose values are escaped unless they are markup themselves. */
export function markup(parts: TemplateStringsArray, ...values: Value[]): Markup {
  const text = parts.reduce((out, part, i) => out + render(values[i - 1] ?? null) + part);
  return { html: text };
}

function render(value: Value): string {
  if (value === null || value === false) return "";
  if (typeof value === "string" || typeof value === "number") return escape(String(value));
  if ("html" in value) return value.html;
  return value.map((one) => one.html).join("");
}
