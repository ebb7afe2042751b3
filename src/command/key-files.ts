import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CommandFailure, errorCodeOf } from "./command-failure.js";

/** A file to be written. */
export interface KeyFile {
  readonly name: string;
  readonly text: string;
  /** Whether nobody but its owner may read it. */
  readonly secret?: boolean;
}

/** Keeps private keys out of what is committed. */
const IGNORE = ".gitignore";

/**
 * Makes sure that nothing is overwritten, before anything is made.
 *
 * @throws CommandFailure
 */
export function refuseToOverwrite(folder: string, names: readonly string[]): void {
  const there = names.filter((name) => existsSync(join(folder, name)));
  if (there.length > 0) {
    throw new CommandFailure(
      1,
      `${folder} already has ${there.join(", ")}: name another folder by --out. With --force they would be overwritten, and a private key would be lost.`,
    );
  }
}

/**
 * Writes files, in their order. A folder that isn't there is made, for its owner alone.
 *
 * @throws CommandFailure
 */
export async function writeKeyFiles(
  folder: string,
  files: readonly KeyFile[],
  force: boolean,
): Promise<void> {
  try {
    const made = await mkdir(folder, { recursive: true, mode: 0o700 });
    if (made !== undefined) await writeFile(join(folder, IGNORE), "*.pem\n", { flag: "wx" });
    for (const { name, text, secret = false } of files) {
      await write(join(folder, name), text, secret ? 0o600 : 0o644, force);
    }
  } catch (error) {
    throw new CommandFailure(1, `${folder} can't be written to (${errorCodeOf(error)}).`);
  }
}

/** A new file in place of an old one, whose mode and links would stay. */
async function write(path: string, text: string, mode: number, force: boolean): Promise<void> {
  if (!force) {
    await writeFile(path, text, { flag: "wx", mode });
    return;
  }
  const beside = `${path}.${randomUUID()}`;
  try {
    await writeFile(beside, text, { flag: "wx", mode });
    await rename(beside, path);
  } finally {
    await rm(beside, { force: true });
  }
}
