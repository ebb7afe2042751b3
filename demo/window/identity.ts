import { describe, type IdentityAnswer, type PersonRecord } from "./record.js";

/** What the vendor's tag makes of the page's identity functions. */

type IdentityFunction = (callback: (identity: unknown) => void) => void;

const PATIENCE_MS = 2000;

/** What every function of `lpTag.identities` answers with, in their order. */
export async function askIdentities(functions: unknown): Promise<unknown[]> {
  const asked = (Array.isArray(functions) ? (functions as unknown[]) : []).filter(
    (one): one is IdentityFunction => typeof one === "function",
  );
  return await Promise.all(asked.map(answerOf));
}

function answerOf(ask: IdentityFunction): Promise<unknown> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(new Error("There was no answer in time.")), PATIENCE_MS);
    try {
      ask((identity) => resolve(identity));
    } catch (error) {
      resolve(error);
    }
  });
}

/**
 * Judges as the cloud does: all three keys, the only level that there is, and the very person of the
 * token that the conversation was opened with.
 */
export function judgeIdentity(
  answer: unknown,
  person: PersonRecord | null,
): Pick<IdentityAnswer, "identity" | "refused"> {
  return { identity: describe(answer).value, refused: refusalOf(answer, person) };
}

function refusalOf(answer: unknown, person: PersonRecord | null): string | null {
  if (answer === null) return null;
  if (answer instanceof Error) return answer.message;
  if (typeof answer !== "object") return "It is neither an object nor null.";
  const names = Object.keys(answer).sort().join(", ");
  if (names !== "acr, iss, sub") return `It has ${names || "no keys"}, not acr, iss and sub.`;
  const { iss, acr, sub } = answer as Record<string, unknown>;
  if (acr !== "loa1") return "acr is not loa1, the only level that there is.";
  if (typeof iss !== "string" || iss === "") return "iss is not a text.";
  if (typeof sub !== "string" || sub === "") return "sub is not a text.";
  if (person && iss !== person.iss) return "iss is not that of the token.";
  if (person && sub !== person.sub) return "sub is not that of the token.";
  return null;
}
