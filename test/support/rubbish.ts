import { expect } from "@esm-bundle/chai";
import fc from "fast-check";

import { ConsumerAuthError, type ErrorCode } from "../../src/base/errors.js";

/** Every code that there is; the type says whether one is missing. */
const codes = {
  aborted: true,
  access_denied: true,
  anonymous_disabled: true,
  anonymous_unavailable: true,
  answer_timeout: true,
  authorization_failed: true,
  cancelled: true,
  cloud_host_refused: true,
  connector_unavailable: true,
  discovery_failed: true,
  grant_expired: true,
  id_token_expired: true,
  id_token_invalid: true,
  insufficient_authentication: true,
  interaction_required: true,
  interaction_timeout: true,
  invalid_call: true,
  invalid_challenge: true,
  invalid_config: true,
  keys_unavailable: true,
  load_failed: true,
  login_required: true,
  page_method_conflict: true,
  popup_blocked: true,
  popup_closed: true,
  provider_failed: true,
  request_failed: true,
  request_timeout: true,
  response_invalid: true,
  silent_failed: true,
  storage_unavailable: true,
  superseded: true,
  token_request_failed: true,
  unexpected: true,
} as const satisfies Record<ErrorCode, true>;

export const isErrorCode = (code: unknown): code is ErrorCode =>
  Object.hasOwn(codes, code as string);

/** A text that no error message may hold: it stands for a token, a code or a name. */
export const secret = "5ecret-0f-s0mebody";

/** Keys that reach, or name, what every object inherits. */
const inherited = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "valueOf",
  "toJSON",
  "then",
];

const strange: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, undefined, "", 0, -1, NaN, Infinity, true, false, [], {}),
  fc.constantFrom<unknown>(
    secret,
    "null",
    "[object Object]",
    "\u0000",
    "é\uD800",
    "1".repeat(70_000),
  ),
  fc.constantFrom<unknown>({ toString: null, valueOf: null }, Object.create(null), { length: -1 }),
  fc.constantFrom<unknown>(
    JSON.parse('{"__proto__": {"polluted": true}}'),
    [[[]]],
    1e21,
    new Date(NaN),
  ),
);

/** Whatever a script could hand in, texts like those of the domain among it. */
export const anything = (texts: readonly string[] = []): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 3, arbitrary: strange },
    { weight: 3, arbitrary: texts.length > 0 ? fc.constantFrom(...texts) : fc.string() },
    { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
    {
      weight: 2,
      arbitrary: fc.anything({
        key: fc.oneof(fc.string(), fc.constantFrom(...inherited)),
        withNullPrototype: true,
        withBoxedValues: true,
        withDate: true,
        withBigInt: true,
        maxDepth: 2,
      }),
    },
  );

/**
 * An object with some of these members, each one of the values that belong there or anything at all.
 *
 * @param members - by name: values that could be right
 */
export const almost = (
  members: Readonly<Record<string, readonly unknown[]>>,
): fc.Arbitrary<Record<string, unknown>> => {
  const names = Object.keys(members);
  const texts = Object.values(members)
    .flat()
    .filter((value) => typeof value === "string");
  return fc
    .tuple(
      fc.tuple(
        ...names.map((name) =>
          fc.option(
            fc.oneof(
              { weight: 6, arbitrary: fc.constantFrom(...(members[name] ?? [])) },
              { weight: 1, arbitrary: anything(texts) },
            ),
            { nil: undefined, freq: 6 },
          ),
        ),
      ),
      fc.array(fc.tuple(fc.constantFrom(...inherited, "x"), anything()), { maxLength: 1 }),
    )
    .map(([values, more]) => {
      const entries = names.map((name, index) => [name, values[index]] as const);
      // Own properties, whatever they are called.
      return Object.fromEntries([...entries.filter(([, value]) => value !== undefined), ...more]);
    });
};

/** Those that are JSON, as a server sends it; what JSON can't say is left out. */
export const toJson = (value: unknown): string => {
  try {
    const text = JSON.stringify(value, (_key, inner: unknown) =>
      typeof inner === "bigint" ? String(inner) : inner,
    ) as string | undefined;
    return text ?? "";
  } catch {
    return "{";
  }
};

const natural = Object.getOwnPropertyNames(Object.prototype).sort().join();

/** That nothing was written where every object would inherit it. */
export function expectCleanPrototypes(): void {
  expect(Object.getOwnPropertyNames(Object.prototype).sort().join()).to.equal(natural);
  expect(({} as Record<string, unknown>)["polluted"]).to.equal(undefined);
}

/**
 * What work comes to, which is a value, or an error of ours that gives nothing away.
 *
 * @param work - of which nothing else may come
 */
export async function outcomeOf<Value>(
  work: () => Value | Promise<Value>,
): Promise<{ value: Value; error?: never } | { value?: never; error: ConsumerAuthError }> {
  try {
    return { value: await work() };
  } catch (error) {
    if (!(error instanceof ConsumerAuthError)) throw error;
    expect(isErrorCode(error.code), error.code).to.equal(true);
    expect(error.message).not.to.include(secret);
    expect(error.message.length, "the message's length").to.be.below(5000);
    return { error };
  } finally {
    expectCleanPrototypes();
  }
}
