import assert from "node:assert/strict";
import { IssuerError, type IssuerErrorCode } from "../../../../src/issuer.js";

/** The error with which work is refused; fails where there is none, or another. */
export async function refused(
  work: Promise<unknown> | (() => unknown),
  code: IssuerErrorCode,
): Promise<IssuerError> {
  let thrown: unknown;
  try {
    await (typeof work === "function" ? work() : work);
  } catch (error) {
    thrown = error;
  }
  assert.ok(thrown instanceof IssuerError, `expected ${code}, got ${String(thrown)}`);
  assert.equal(thrown.code, code);
  return thrown;
}
