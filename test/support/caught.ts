import { ConsumerAuthError } from "../../src/base/errors.js";

/** The error of ours with which a promise rejects, or that a function throws; anything else fails the test. */
export async function caught(work: Promise<unknown> | (() => unknown)): Promise<ConsumerAuthError> {
  let outcome: unknown;
  try {
    outcome = await (typeof work === "function" ? work() : work);
  } catch (error) {
    if (error instanceof ConsumerAuthError) return error;
    throw error;
  }
  throw new Error(`It ended well, with ${typeof outcome}.`);
}

/** The code of that error. */
export const codeOf = async (work: Promise<unknown> | (() => unknown)): Promise<string> =>
  (await caught(work)).code;
