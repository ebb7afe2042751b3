/** Takes down one mistake: where, and what is wrong. */
export type Report = (path: string, mistake: string) => undefined;

/**
 * Reads a value: gives a copy of it in which nothing is but what was looked at, and reports every
 * mistake with its path.
 */
export type Shape = (value: unknown, path: string, report: Report) => unknown;

const LONGEST_LIST = 100;
const DEEPEST = 8;

/** What came, by its kind: its value is nobody's business. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (typeof value === "object") return isRecord(value) ? "an object" : "an object of a class";
  return `a ${typeof value}`;
}

const wanted = (what: string, value: unknown): string => `${what} is wanted, ${kindOf(value)} came`;

/** Dates, maps and the like are no records: what they hold isn't in their properties. */
function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return Object.prototype.toString.call(value) === "[object Object]";
}

/**
 * @param pattern - what it must look like, if that is documented
 * @param form - that in words
 */
export const text =
  (pattern?: RegExp, form = ""): Shape =>
  (value, path, report) => {
    if (typeof value !== "string") {
      report(path, wanted("a string", value));
      return;
    }
    if (pattern && !pattern.test(value)) {
      report(path, `must be ${form}`);
      return;
    }
    return value;
  };

export const oneOf = (...values: readonly string[]): Shape =>
  text(new RegExp(`^(?:${values.join("|")})$`), `one of ${values.join(", ")}`);

export const decimal: Shape = (value, path, report) => {
  if (typeof value !== "number" || !Number.isFinite(value)) {
    report(path, wanted("a number", value));
    return;
  }
  return value;
};

export const integer =
  (least: number, most: number): Shape =>
  (value, path, report) => {
    if (typeof value !== "number") {
      report(path, wanted("an integer", value));
      return;
    }
    if (!Number.isInteger(value) || value < least || value > most) {
      report(path, `must be an integer from ${least} to ${most}`);
      return;
    }
    return value;
  };

export const list =
  (item: Shape): Shape =>
  (value, path, report) => {
    if (!Array.isArray(value)) {
      report(path, wanted("a list", value));
      return;
    }
    if (value.length > LONGEST_LIST) {
      report(path, `must have ${LONGEST_LIST} at most`);
      return;
    }
    return Array.from(value, (one, index) => item(one, `${path}[${index}]`, report));
  };

/** What a record may hold. */
export interface Fields {
  readonly known: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  /** Fields that somebody may expect to be known, each with the reason why it isn't. */
  readonly refused?: Readonly<Record<string, string>>;
}

/** Names are told only where they can't be somebody's data. */
const named = (path: string, name: string): string =>
  /^[\w-]{1,64}$/.test(name) ? join(path, name) : join(path, "(a name that is no word)");

const join = (path: string, name: string): string => (path === "" ? name : `${path}.${name}`);

export const record =
  ({ known, required = [], refused = {} }: Fields): Shape =>
  (value, path, report) => {
    if (!isRecord(value)) {
      report(path, wanted("an object", value));
      return;
    }
    const copy: Record<string, unknown> = {};
    for (const name of Object.keys(value)) {
      const field = value[name];
      if (field === undefined) continue;
      if (Object.hasOwn(known, name)) copy[name] = known[name]?.(field, join(path, name), report);
      else if (Object.hasOwn(refused, name)) report(join(path, name), refused[name] ?? "");
      else report(named(path, name), `is not known; known are ${Object.keys(known).join(", ")}`);
    }
    for (const name of required) {
      if (!Object.hasOwn(copy, name)) report(join(path, name), "is missing");
    }
    return copy;
  };

/** Any value of JSON. */
export const json: Shape = (value, path, report) => copyJson(value, path, report, 0);

function copyJson(value: unknown, path: string, report: Report, depth: number): unknown {
  if (depth > DEEPEST) {
    report(path, `is nested more than ${DEEPEST} deep`);
    return;
  }
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return decimal(value, path, report);
  const next: Shape = (one, at) => copyJson(one, at, report, depth + 1);
  if (Array.isArray(value)) return list(next)(value, path, report);
  if (!isRecord(value)) {
    report(path, wanted("a value of JSON", value));
    return;
  }
  const entries = Object.keys(value).map((name) => [name, value[name]] as const);
  return Object.fromEntries(
    entries
      .filter(([, one]) => one !== undefined)
      .map(([name, one]) => [name, next(one, named(path, name), report)]),
  );
}
