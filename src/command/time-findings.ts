import type { JsonObject } from "./compact-token.js";
import { notice, refusedWith, wrong, type Finding } from "./finding.js";
import { durationInWords } from "./moments.js";

/** In seconds: clocks of servers differ by less. */
const TOLERANCE = 60;
const SHORTEST = 60;
const LONGEST = 86_400;

/** More seconds than that are milliseconds. */
const MILLISECONDS = 100_000_000_000;

export const TIMES = ["iat", "exp", "nbf", "auth_time"] as const;

/**
 * What is wrong with the times of a token.
 *
 * @param now - milliseconds
 */
export function timeFindings(claims: JsonObject, now: number): Finding[] {
  const found: Finding[] = [];
  const read = (name: (typeof TIMES)[number], isNeeded = false): number | undefined => {
    const value = claims[name];
    if (value === undefined) {
      if (isNeeded) found.push(wrong(name, "is missing: the cloud wants it in every token."));
      return undefined;
    }
    if (typeof value === "number" && Math.abs(value) < MILLISECONDS) return value;
    found.push(
      wrong(
        name,
        typeof value === "number"
          ? "is in milliseconds: seconds since 1970 UTC are wanted; divide by 1000."
          : "must be a number: seconds since 1970 UTC.",
      ),
    );
    return undefined;
  };
  const seconds = now / 1000;
  const iat = read("iat", true);
  const exp = read("exp", true);
  const nbf = read("nbf");
  const authTime = read("auth_time");

  if (exp !== undefined && exp <= seconds) found.push(refusedWith("1012", "exp"));
  const ahead = "lies in the future: check the clock of the server that mints the token.";
  if (iat !== undefined && iat > seconds + TOLERANCE) found.push(wrong("iat", ahead));
  if (nbf !== undefined && nbf > seconds + TOLERANCE) found.push(wrong("nbf", ahead));
  if (authTime !== undefined && authTime > seconds + TOLERANCE) {
    found.push(wrong("auth_time", ahead));
  }
  if (iat !== undefined && exp !== undefined) found.push(...lifetimeFindings(exp - iat));
  return found;
}

function lifetimeFindings(lifetime: number): Finding[] {
  if (lifetime <= 0) return [wrong("exp", "must be later than iat.")];
  if (lifetime > LONGEST) {
    return [
      notice(
        "exp",
        `the token is good for ${durationInWords(lifetime)}: whoever gets hold of it has that long. An hour is usual.`,
      ),
    ];
  }
  if (lifetime < SHORTEST) {
    return [
      notice(
        "exp",
        `the token is good for ${durationInWords(lifetime)}: the window would ask for a new one all the time.`,
      ),
    ];
  }
  return [];
}
