import { open } from "node:fs/promises";
import { errorCodeOf, wrongUsage } from "./command-failure.js";
import type { Surroundings } from "./surroundings.js";

/** In bytes. A token or a key set is far smaller. */
const LONGEST = 1_000_000;

const STANDARD_INPUT = "-";

/**
 * Reads a text to its end: from a file, or from standard input where `-` stands in place of a file.
 *
 * @param what - the option or operand that named it
 * @throws CommandFailure
 */
export async function readText(
  what: string,
  file: string,
  { stdin }: Surroundings,
): Promise<string> {
  if (file === STANDARD_INPUT) return collect(what, stdin);
  let handle;
  try {
    handle = await open(file, "r");
    return await collect(what, handle.createReadStream({ autoClose: false }));
  } catch (error) {
    if (error instanceof Error && error.name === "CommandFailure") throw error;
    throw wrongUsage(`${what} names a file that can't be read (${errorCodeOf(error)}).`);
  } finally {
    await handle?.close();
  }
}

async function collect(what: string, source: Surroundings["stdin"]): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of source) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > LONGEST) throw wrongUsage(`${what} is longer than 1 MB.`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The value; `undefined` where the text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
