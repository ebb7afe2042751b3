import { createReadClaims, KNOWN_CLAIMS } from "../issuer/claims.js";
import { IssuerError } from "../issuer/issuer-error.js";
import type { JsonObject } from "./compact-token.js";
import { notice, wrong, type Finding } from "./finding.js";
import { TIMES } from "./time-findings.js";

/** What the connector, or the client, is said to expect. */
export interface Expected {
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
}

const readClaims = createReadClaims([]);

/** What is wrong with the claims, times aside. */
export function claimFindings(claims: JsonObject, { issuer, audience }: Expected): Finding[] {
  return [
    ...issuerFindings(claims["iss"], issuer),
    ...audienceFindings(claims["aud"], audience),
    ...shapeFindings(claims),
    ...habitFindings(claims),
  ];
}

function issuerFindings(iss: unknown, expected: string | undefined): Finding[] {
  if (iss === undefined) return [wrong("iss", "is missing: the cloud wants it in every token.")];
  if (typeof iss !== "string" || iss === "") return [wrong("iss", "must be a text.")];
  if (expected !== undefined && iss !== expected) {
    return [wrong("iss", `is not the connector's issuer${differenceOf(iss, expected)}`)];
  }
  // A StringOrURI is a URI as soon as it has a colon (RFC 7519 section 2).
  if (iss.includes(":") && !URL.canParse(iss)) return [wrong("iss", "has a colon and is no URI.")];
  return [];
}

function differenceOf(one: string, other: string): string {
  const bare = (text: string): string => text.trim().replace(/\/+$/, "");
  if (bare(one) === bare(other)) return ": they differ in a slash or a space at the end only.";
  if (one.toLowerCase() === other.toLowerCase()) return ": they differ in capital letters only.";
  if (one.replace(/^https?:/, "") === other.replace(/^https?:/, "")) {
    return ": one begins with http, the other with https.";
  }
  return "; they must be the same to the letter.";
}

function audienceFindings(aud: unknown, expected: string | undefined): Finding[] {
  const all: readonly unknown[] = Array.isArray(aud) ? aud : aud === undefined ? [] : [aud];
  if (all.some((one) => typeof one !== "string")) {
    return [wrong("aud", "must be a text, or a list of texts.")];
  }
  if (expected === undefined || all.includes(expected)) return [];
  return [
    wrong(
      "aud",
      aud === undefined ? "is missing." : "is for somebody else: the audience is not in it.",
    ),
  ];
}

/** Claims as the issuer would refuse them; those that nobody documents are let through. */
function shapeFindings(claims: JsonObject): Finding[] {
  const documented = KNOWN_CLAIMS.filter((name) => Object.hasOwn(claims, name));
  // Its own findings are better.
  const names = documented.filter((name) => !TIMES.includes(name as "auth_time"));
  try {
    readClaims(Object.fromEntries(names.map((name) => [name, claims[name]])));
    return [];
  } catch (error) {
    if (!(error instanceof IssuerError)) throw error;
    return error.mistakes.map((mistake) => {
      const colon = mistake.indexOf(": ");
      return wrong(mistake.slice(0, colon), `${mistake.slice(colon + 2)}.`);
    });
  }
}

function habitFindings({ sub, email, phone_number: phone }: JsonObject): Finding[] {
  const found: Finding[] = [];
  if (typeof sub === "string" && (sub === email || /^\d{1,12}$|@/.test(sub))) {
    found.push(notice("sub", "can be guessed: a random name is better, the same for ever."));
  }
  if (typeof phone === "string" && !/^\+[1-9]\d{6,14}$/.test(phone)) {
    found.push(notice("phone_number", "is not in the form of E.164, such as +442079460101."));
  }
  return found;
}
