import type { ConsumerClaims } from "./claims.js";
import { IssuerError } from "./issuer-error.js";

/**
 * Says who is signed in at the brand's site.
 *
 * @param request - with the consumer's cookies; its body has been read
 * @param context - what your server gave the handler besides the request
 * @returns the claims of a token; `null` or `undefined` where nobody is signed in
 */
export type FindConsumer<Context = unknown> = (
  request: Request,
  context: Context,
) => ConsumerClaims | null | undefined | Promise<ConsumerClaims | null | undefined>;

/** @throws IssuerError `consumer_lookup_failed` */
export async function lookUp<Context>(
  find: FindConsumer<Context>,
  request: Request,
  context: Context | undefined,
): Promise<ConsumerClaims | undefined> {
  try {
    return (await find(request, context as Context)) ?? undefined;
  } catch (cause) {
    throw new IssuerError("consumer_lookup_failed", "findConsumer has thrown; see the cause.", {
      cause,
    });
  }
}
