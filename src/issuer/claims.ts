import { engagementAttributes, type EngagementAttribute } from "./engagement-attributes.js";
import { IssuerError } from "./issuer-error.js";
import { integer, json, record, text, type Fields, type Shape } from "./shape.js";

/** What a token says of a consumer: what the cloud shows the agent, as authenticated. */
export interface ConsumerClaims {
  /**
   * The consumer's name to the cloud, for ever: 1 to 255 characters of ASCII, unique, never given to
   * somebody else, and not guessable.
   */
  readonly sub: string;
  readonly preferred_username?: string | undefined;
  /** E.164 is recommended: `+442079460101`. */
  readonly phone_number?: string | undefined;
  readonly given_name?: string | undefined;
  readonly family_name?: string | undefined;
  readonly email?: string | undefined;
  readonly gender?: string | undefined;
  /** Engagement attributes. */
  readonly lp_sdes?: readonly EngagementAttribute[] | undefined;
  /** When the consumer signed in, in seconds since 1970 UTC. */
  readonly auth_time?: number | undefined;
  /** How well they proved who they are. */
  readonly acr?: string | undefined;
}

const MOST_MISTAKES = 50;

/** Of the claims as JSON: a token travels through pages and forms. */
const LONGEST = 16_384;

const OWN = "is set by the issuer; leave it out";

/** Claims that say how the token came to be. */
export const OWN_CLAIMS = [
  "iss",
  "aud",
  "iat",
  "exp",
  "nbf",
  "jti",
  "nonce",
  "azp",
  "at_hash",
  "c_hash",
] as const;

const KNOWN: Readonly<Record<keyof ConsumerClaims, Shape>> = {
  sub: text(
    /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/,
    "1 to 255 characters of ASCII, without a space at its ends",
  ),
  preferred_username: text(),
  phone_number: text(),
  given_name: text(),
  family_name: text(),
  email: text(),
  gender: text(),
  lp_sdes: engagementAttributes,
  auth_time: integer(1, 99_999_999_999),
  acr: text(/./s, "a text that is not empty"),
};

/** The names of the claims that need not be named by `additionalClaims`. */
export const KNOWN_CLAIMS: readonly string[] = Object.keys(KNOWN);

/** Looks at claims, and gives a copy of what it has looked at. */
export type ReadClaims = (claims: unknown) => ConsumerClaims;

/**
 * @param additionalClaims - names of further claims that are let through, as any value of JSON
 * @returns a function that throws an IssuerError `invalid_claims` with every mistake at once
 */
export function createReadClaims(additionalClaims: readonly string[]): ReadClaims {
  const fields: Fields = {
    known: { ...KNOWN, ...Object.fromEntries(additionalClaims.map((name) => [name, json])) },
    required: ["sub"],
    refused: Object.fromEntries(OWN_CLAIMS.map((name) => [name, OWN])),
  };
  const shape = record(fields);
  return (claims) => {
    const mistakes: string[] = [];
    let copy: unknown;
    try {
      copy = shape(claims, "", (path, mistake) => {
        mistakes.push(`${path || "claims"}: ${mistake}`);
      });
      if (mistakes.length === 0 && JSON.stringify(copy).length > LONGEST) {
        mistakes.push(`claims: must be ${LONGEST} characters of JSON at most`);
      }
    } catch {
      // A getter or a proxy that throws, whose error may hold anything.
      mistakes.push("claims: can't be read");
    }
    if (mistakes.length > 0) throw invalid(mistakes);
    return copy as ConsumerClaims;
  };
}

function invalid(mistakes: readonly string[]): IssuerError {
  const told = mistakes.slice(0, MOST_MISTAKES);
  const more = mistakes.length - told.length;
  const end = more > 0 ? `; and ${more} more` : "";
  return new IssuerError("invalid_claims", `The claims are wrong: ${told.join("; ")}${end}.`, {
    mistakes: told,
  });
}
