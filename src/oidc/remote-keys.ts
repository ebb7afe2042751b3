import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";

import { loaded } from "../base/loaded.js";

/** A key that is not in the key set has it asked for again, once in this many milliseconds. */
const coolDown = 30_000;

/** It is asked for again in any case after this many: keys are withdrawn too. */
const longest = 600_000;

/** More bytes than that are not read: a set of a thousand keys is shorter. */
const largest = 1_000_000;

/**
 * The keys of a JWKS endpoint; fetched at once, kept, and fetched again for a `kid`
 * that is not among them. jose's own `createRemoteJWKSet` does the same in 0.8 KB more.
 *
 * @param requestTimeout - milliseconds for fetching the key set, in which a busy server is asked again
 */
export function createRemoteKeySource(
  jwksEndpoint: string,
  requestTimeout: number,
): JWTVerifyGetKey {
  let keys: Promise<JWTVerifyGetKey> | undefined;
  let askedAt = 0;
  let askedAgainAt = 0;
  // A clock that was set back makes it old as well.
  const age = (since: number): number => Math.abs(Date.now() - since);

  async function ask(): Promise<JWTVerifyGetKey> {
    const until = performance.now() + requestTimeout;
    const signal = AbortSignal.timeout(Math.ceil(requestTimeout));
    const send = (): Promise<Response> =>
      fetch(jwksEndpoint, {
        credentials: "omit",
        redirect: "error",
        referrerPolicy: "no-referrer",
        signal,
      });
    let response = await send();
    if (!response.ok) {
      const { sendAgain } = await loaded(import("../base/retries.js"));
      response = await sendAgain(response, send, until, signal);
    }
    if (response.status !== 200) throw new TypeError(`HTTP ${response.status}`);
    let size = 0;
    // As in requestJson, whose chunk weighs more than these lines.
    const bounded = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, rest) {
        size += chunk.length;
        if (size > largest) throw new TypeError("Too long.");
        rest.enqueue(chunk);
      },
    });
    const answer = (await new Response(response.body?.pipeThrough(bounded)).json()) as object;
    // A set without keys has none, whatever is on Object.prototype.
    return createLocalJWKSet({ keys: undefined, ...answer } as unknown as JSONWebKeySet);
  }

  function load(): Promise<JWTVerifyGetKey> {
    askedAt = Date.now();
    const asked = (keys = ask());
    // What failed is tried again.
    asked.catch(() => {
      if (keys === asked) keys = undefined;
    });
    return asked;
  }

  // Whoever needs them hears of what is wrong with them.
  load().catch(() => undefined);

  return async (...token) => {
    const isOld = age(askedAt) > longest;
    const asked = isOld || !keys ? load() : keys;
    const find = await asked;
    try {
      return await find(...token);
    } catch (error) {
      const { code } = error as { code?: unknown };
      const isUnknown = code === "ERR_JWKS_NO_MATCHING_KEY";
      // Another token may have had them fetched meanwhile.
      if (isUnknown && keys && keys !== asked) return (await keys)(...token);
      if (!isUnknown || age(askedAgainAt) < coolDown) throw error;
      askedAgainAt = Date.now();
      return (await load())(...token);
    }
  };
}
