const UNITS = [
  ["year", 31_557_600],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
] as const;

/** The furthest day that a Date knows. */
const LAST = 8_640_000_000_000;

/** A claim that is a time, in words. */
export interface Moment {
  /** Such as `2026-11-21 09:00:00 UTC`. */
  readonly utc: string;
  /** Such as `in 5 minutes` or `3 hours ago`. */
  readonly relative: string;
}

/**
 * @param value - of the claim: seconds since 1970 UTC
 * @param now - milliseconds
 * @returns `undefined` where it is no time
 */
export function toMoment(value: unknown, now: number): Moment | undefined {
  if (typeof value !== "number" || !(Math.abs(value) <= LAST)) return undefined;
  const utc = `${new Date(value * 1000).toISOString().slice(0, -5).replace("T", " ")} UTC`;
  const seconds = Math.round(value - now / 1000);
  const length = durationInWords(Math.abs(seconds));
  if (seconds === 0) return { utc, relative: "now" };
  return { utc, relative: seconds > 0 ? `in ${length}` : `${length} ago` };
}

/** A length of time, in the largest unit that fits, never more than there is. */
export function durationInWords(seconds: number): string {
  const [unit, size] = UNITS.find(([, least]) => seconds >= least) ?? ["second", 1];
  const count = Math.floor(seconds / size);
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
