import type { JsonObject } from "./compact-token.js";
import { isObject } from "./input.js";

/** One line of what the agent sees. */
export interface SeenLine {
  readonly label: string;
  /** The claim that it comes from, with its path. */
  readonly claim: string;
  readonly value: string;
}

/** What the agent would see of a token that the cloud accepts. */
export interface AgentView {
  readonly customerInfo: readonly SeenLine[];
  readonly personalInfo: readonly SeenLine[];
  /** Of the claim lp_sdes. */
  readonly attributes: readonly SeenLine[];
}

const CUSTOMER_INFO = {
  sub: "Customer ID",
  preferred_username: "User name",
  phone_number: "IMEI",
} as const;

const PERSONAL_INFO = {
  given_name: "First name",
  family_name: "Last name",
  email: "Contact e-mail",
  gender: "Gender",
} as const;

const ATTRIBUTES: Readonly<Record<string, { readonly label: string; readonly within: string }>> = {
  ctmrinfo: { label: "Customer Info", within: "info" },
  personal: { label: "Personal Info", within: "personal" },
};

const DEEPEST = 6;

/** Which claim is shown where. */
export function toAgentView(claims: JsonObject): AgentView {
  const pick = (labels: Readonly<Record<string, string>>): SeenLine[] =>
    Object.entries(labels).flatMap(([claim, label]) => {
      const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
      return typeof value === "string" ? [{ label, claim, value }] : [];
    });
  return {
    customerInfo: pick(CUSTOMER_INFO),
    personalInfo: pick(PERSONAL_INFO),
    attributes: attributesOf(claims["lp_sdes"]),
  };
}

function attributesOf(lpSdes: unknown): SeenLine[] {
  if (!Array.isArray(lpSdes)) return [];
  return lpSdes.flatMap((one: unknown, index) => {
    if (!isObject(one) || typeof one["type"] !== "string") return [];
    const type = one["type"];
    const attribute = Object.hasOwn(ATTRIBUTES, type) ? ATTRIBUTES[type] : undefined;
    if (!attribute) return [];
    const { label, within } = attribute;
    return leavesOf(one[within], []).map(([path, value]) => ({
      label: `${label}: ${path.join(" ")}`,
      claim: `lp_sdes[${index}].${within}.${path.join(".")}`,
      value,
    }));
  });
}

/** A date is one line; of the rest each field is. */
function leavesOf(value: unknown, path: readonly string[]): [readonly string[], string][] {
  if (path.length > DEEPEST) return [];
  if (typeof value === "string" || typeof value === "number") return [[path, String(value)]];
  if (Array.isArray(value)) {
    return value.flatMap((one, index) => leavesOf(one, [...path, String(index + 1)]));
  }
  if (!isObject(value)) return [];
  const { day, month, year, ...others } = value;
  if ([day, month, year].every(Number.isInteger) && Object.keys(others).length === 0) {
    const pad = (number: unknown): string => String(number).padStart(2, "0");
    return [[path, `${String(year)}-${pad(month)}-${pad(day)}`]];
  }
  return Object.entries(value).flatMap(([name, one]) => leavesOf(one, [...path, name]));
}
