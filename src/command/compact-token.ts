import { isObject, parseJson } from "./input.js";

export type JsonObject = Readonly<Record<string, unknown>>;

/** What a token turned out to be when it was taken apart; nothing of it is proven by that. */
export type TakenApart =
  | { readonly form: "signed"; readonly header: JsonObject; readonly claims: JsonObject }
  | { readonly form: "encrypted"; readonly header: JsonObject }
  | { readonly form: "unreadable"; readonly mistake: string };

const LONGEST = 65_536;

/** Takes a compact JWS (RFC 7515) or JWE (RFC 7516) apart. */
export function takeApart(token: string): TakenApart {
  const mistake = mistakeOf(token);
  if (mistake !== undefined) return { form: "unreadable", mistake };
  const [first = "", second = "", ...rest] = token.split(".");
  const header = readPart(first);
  if (!header) return { form: "unreadable", mistake: "its header is no object of JSON." };
  if (rest.length === 3) return { form: "encrypted", header };
  const claims = readPart(second);
  if (!claims) return { form: "unreadable", mistake: "its payload is no object of JSON." };
  return { form: "signed", header, claims };
}

function mistakeOf(token: string): string | undefined {
  if (token === "") return "there is nothing.";
  if (token.length > LONGEST) return `it is longer than ${LONGEST} characters.`;
  if (/^bearer /i.test(token)) return "leave out the word Bearer: the token alone is wanted.";
  if (/^["'{[]/.test(token)) {
    return "it is JSON or quoted: the token alone is wanted, as three parts with dots between.";
  }
  if (/\s/.test(token)) return "there is a space or a line break within it.";
  const parts = token.split(".").length;
  if (parts === 1) return "it has no parts: an authorization code or an access token is no JWT.";
  if (parts !== 3 && parts !== 5) {
    return `it has ${parts} parts, where a signed token has 3 and an encrypted one 5: was it cut off?`;
  }
  if (!/^[\w.-]+$/.test(token)) {
    return "it holds characters that aren't of base64url: +, / and = have no place in it.";
  }
  return undefined;
}

function readPart(part: string): JsonObject | undefined {
  // A text of base64url can't have this length: something is missing.
  if (part.length % 4 === 1) return undefined;
  try {
    const bytes = Buffer.from(part, "base64url");
    const value = parseJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
