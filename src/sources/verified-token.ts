import { settleBy } from "../base/deadline.js";
import { loaded } from "../base/loaded.js";
import { isClockProblem, verifyIdToken, type ExpectedIdToken } from "../oidc/id-token.js";
import { createKeySource, type KeySource } from "../oidc/keys.js";
import { findProvider, keyEndpoints } from "../oidc/provider.js";
import type { SourceContext } from "./authorization.js";
import type { IdTokenCredential } from "./credential.js";

/** What an ID token must say, besides what the configuration wants. */
export type TokenExpectation = Pick<
  ExpectedIdToken,
  "acrValues" | "code" | "maxAge" | "nonce" | "sub"
>;

/** The keys are kept from one login of a client to the next. */
const keySources = new WeakMap<SourceContext["config"], Promise<KeySource>>();

/**
 * The provider's keys; they are fetched once they are known of.
 *
 * @throws ConsumerAuthError `discovery_failed`, `request_failed`, `request_timeout`, `load_failed`
 */
export function getKeys({ config }: SourceContext): Promise<KeySource> {
  let keys = keySources.get(config);
  if (!keys) {
    keys = findProvider(config, keyEndpoints(config)).then(({ jwksEndpoint }) =>
      createKeySource({ jwtPublicKey: config.jwtPublicKey, jwksEndpoint }, config.requestTimeout),
    );
    keySources.set(config, keys);
    keys.catch(() => keySources.delete(config));
  }
  return keys;
}

/**
 * Verifies an ID token.
 *
 * @param context - the configuration, and the clock, which is set right where the token's times say
 * that it is wrong
 * @param token - compact serialization
 * @param expected - what the token must say; without a `nonce` it came by no request of ours, and may
 * be meant for another client, if it says for whom it is not at all
 * @throws ConsumerAuthError `id_token_invalid`, `id_token_expired`, `keys_unavailable`
 */
export async function toVerifiedCredential(
  context: SourceContext,
  token: string,
  expected: TokenExpectation,
  signal?: AbortSignal,
): Promise<IdTokenCredential> {
  const { clock } = context;
  const { issuer, clientId, clockTolerance, requestTimeout } = context.config;
  const { acrValues, code, maxAge, nonce, sub } = expected;
  const key = await settleBy(signal, getKeys(context));
  const verify = async (): Promise<IdTokenCredential> => ({
    kind: "id_token",
    token,
    claims: await verifyIdToken(token, {
      issuer: String(issuer),
      clientId,
      ...{ acrValues, code, maxAge, nonce, sub },
      key,
      clockTolerance,
      clock,
    }),
  });
  // Nobody is signed in by what comes after they have signed out.
  const outcome = await settleBy(signal, verify()).catch((error: unknown) => ({ error }));
  const isDoubtful =
    "error" in outcome
      ? isClockProblem(outcome.error)
      : // What was made for us just now can't be old.
        (nonce ?? sub) !== undefined &&
        clock.now() / 1000 - Number(outcome.claims?.iat) > clockTolerance;
  if (isDoubtful) {
    const { setByServer } = await loaded(import("../base/server-time.js"));
    if (await setByServer(clock, requestTimeout, signal)) return verify();
  }
  if ("error" in outcome) throw outcome.error;
  return outcome;
}
