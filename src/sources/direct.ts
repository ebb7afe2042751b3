import { ConsumerAuthError } from "../base/errors.js";
import { isJsonObject, type JsonObject } from "../base/http.js";
import { loaded } from "../base/loaded.js";
import { own } from "../base/own.js";
import type { SourceContext } from "./authorization.js";
import type { CodeCredential, IdTokenCredential } from "./credential.js";

/** What a call asks of a source that answers without sending the consumer anywhere. */
export interface SourceCall {
  /** The window's challenge, checked. */
  readonly codeChallenge: string | undefined;
  /** Whether a person may be asked. */
  readonly interactive: boolean;
  /** What was given before will not do any more: a fresh one is wanted. */
  readonly renew: boolean;
  readonly signal: AbortSignal;
}

/** Answers without sending the consumer anywhere; `undefined`: nobody is signed in. */
export type DirectSource = (
  call: SourceCall,
) => Promise<CodeCredential | IdTokenCredential | undefined>;

/**
 * Reads what the page, its site or the app around it answers: a compact JWT (alone, as `id_token` or
 * as `token`), a code (`code` or `ssoKey`, with the `redirect_uri` of its request), or nothing. An ID
 * token is verified.
 *
 * @param answer - as it came
 * @returns `undefined` for nothing: nobody is signed in
 * @throws ConsumerAuthError `response_invalid` for anything else, or for a token where the window
 * wants a code and the other way round; `id_token_invalid`, `id_token_expired`, `keys_unavailable`
 */
export async function readAnswer(
  context: SourceContext,
  answer: unknown,
  signal?: AbortSignal,
): Promise<CodeCredential | IdTokenCredential | undefined> {
  if (answer === undefined || answer === null || answer === "") return undefined;
  const { flow, exchange } = context.config;
  const wantsCode = flow === "code" && exchange === "window";
  const given: unknown = typeof answer === "string" ? { id_token: answer } : answer;
  const { id_token, token, code, ssoKey, redirect_uri }: JsonObject = own(
    isJsonObject(given) ? given : {},
  );
  const [idToken, theCode] = [id_token ?? token, code ?? ssoKey];
  const wanted = wantsCode ? theCode : idToken;
  if (typeof wanted !== "string" || wanted === "" || wanted.length > 65_536) {
    throw invalid(wantsCode ? "a code" : "an ID token");
  }
  if (!wantsCode) {
    const { toVerifiedCredential } = await loaded(import("./verified-token.js"));
    return toVerifiedCredential(context, wanted, context.config, signal);
  }
  if (typeof redirect_uri !== "string" || !URL.canParse(redirect_uri)) {
    throw invalid("the redirect_uri of the code's request");
  }
  return own<CodeCredential>({ kind: "code", code: wanted, redirectUri: redirect_uri });
}

const invalid = (wanted: string): ConsumerAuthError =>
  new ConsumerAuthError("response_invalid", `The answer does not hold ${wanted}.`);
