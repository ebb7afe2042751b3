import { explainServiceCode } from "../../src/platform/service-codes.js";

export function codeOf(body: unknown): string | null {
  if (typeof body !== "object" || body === null) return null;
  const { internalErrorCode } = body as { internalErrorCode?: unknown };
  return typeof internalErrorCode === "string" ? internalErrorCode : null;
}

export function explain(status: number, body: unknown): string {
  const known = explainServiceCode(codeOf(body) ?? "");
  if (known) return known.charAt(0).toUpperCase() + known.slice(1);
  if (status === 0) return "The cloud can’t be reached.";
  if (status >= 500) return "The cloud’s identity service is down.";
  return "The cloud doesn’t accept what the page handed over.";
}
