import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const CACHE = join(ROOT, ".cache");

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandStage {
  /** A folder of this suite's own, in which the command runs. */
  readonly folder: string;
  run(args: readonly string[], stdin?: string, env?: Record<string, string>): Promise<Ran>;
  /** A line for a shell, in which npx is there and runs the command. */
  shell(line: string): Promise<Ran>;
}

/** The command as it stands in src, in a process of its own. */
export function useCommand(): CommandStage {
  const folder = mkdtempSync(join(tmpdir(), "command-"));
  mkdirSync(CACHE, { recursive: true });
  // Within the project, where its libraries are found.
  const built = mkdtempSync(join(CACHE, "command-"));
  const file = join(built, "command.mjs");
  before(async () => {
    await build({
      entryPoints: [join(ROOT, "src/command.ts")],
      outfile: file,
      bundle: true,
      platform: "node",
      format: "esm",
      packages: "external",
      logLevel: "error",
    });
    const shim = `#!/bin/sh\nshift\nexec "${process.execPath}" "${file}" "$@"\n`;
    writeFileSync(join(built, "npx"), shim, { mode: 0o755 });
  });
  after(() => {
    for (const one of [folder, built]) rmSync(one, { recursive: true, force: true });
  });
  return {
    folder,
    run: (args, stdin, env) => start(process.execPath, [file, ...args], folder, stdin, env),
    shell: (line) =>
      start("/bin/sh", ["-c", line], folder, undefined, {
        PATH: `${built}:${String(process.env["PATH"])}`,
      }),
  };
}

function start(
  program: string,
  args: readonly string[],
  cwd: string,
  stdin = "",
  env: Record<string, string> = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env } });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
    // It may have ended without reading.
    child.stdin.on("error", () => undefined);
    child.stdin.end(stdin);
  });
}
