import assert from "node:assert/strict";
import { inspect } from "node:util";

import { PlatformError, type PlatformErrorCode } from "../../../../src/platform.js";

/** The error with which something ends; it must be one of `./platform`. */
export async function caught(work: Promise<unknown> | (() => unknown)): Promise<PlatformError> {
  try {
    await (typeof work === "function" ? work() : work);
  } catch (error) {
    assert.ok(error instanceof PlatformError, inspect(error));
    return error;
  }
  assert.fail("It did not fail.");
}

export const codeOf = async (
  work: Promise<unknown> | (() => unknown),
): Promise<PlatformErrorCode> => (await caught(work)).code;

/** Everything of a value that could end in a log: all properties, hidden ones, causes, JSON. */
export function everythingOf(value: unknown): string {
  const shown = inspect(value, { depth: Infinity, showHidden: true, getters: true });
  const { message, stack } = Object(value) as Partial<Error>;
  return [shown, JSON.stringify(value), message, stack].join("\n");
}

/** Fails if one of them can be seen. */
export function assertNowhere(secrets: readonly string[], value: unknown): void {
  const all = everythingOf(value);
  for (const secret of secrets) {
    for (const form of [
      secret,
      encodeURIComponent(secret),
      Buffer.from(secret).toString("base64"),
    ]) {
      assert.ok(!all.includes(form), `A secret is in ${all.replaceAll(form, "<secret>")}`);
    }
  }
}
