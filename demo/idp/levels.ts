import type { KoaContextWithOIDC } from "oidc-provider";

/** How surely the provider knows who it is, from weak to strong. */
export const LEVELS = ["urn:alder:1", "urn:alder:2"] as const;

export type Level = (typeof LEVELS)[number];

/** The level that a request asks for first; the rest of `acr_values` would do as well. */
export function wantedLevel(acrValues: unknown): Level | null {
  const [first] = typeof acrValues === "string" ? acrValues.split(" ") : [];
  return LEVELS.find((level) => level === first) ?? null;
}

export function reaches(acr: string | undefined, wanted: Level | null): boolean {
  return wanted === null || LEVELS.findIndex((level) => level === acr) >= LEVELS.indexOf(wanted);
}

/** Whether the consumer has to prove more than the session knows. */
export function needsMore({ oidc }: KoaContextWithOIDC): boolean {
  if (!oidc.session?.accountId) return false;
  return !reaches(oidc.session.acr, wantedLevel(oidc.params?.["acr_values"]));
}
