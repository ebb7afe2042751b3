import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

import { ensureRuntime } from "../../../../scripts/runtimes.mjs";

/** A server that runs. */
export interface Running {
  readonly origin: string;
  stop(): Promise<void>;
}

/** A way to run the server of `../server`. */
export type Start = (settings: unknown) => Promise<Running>;

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const server = (name: string): string => join(ROOT, "test/node/runtimes/server", name);

/** Each says on its first line where it listens. */
export const RUNTIMES: Readonly<Record<string, Start>> = {
  Node: (settings) => run(process.execPath, [server("node.js"), JSON.stringify(settings)]),
  Express: (settings) => run(process.execPath, [server("express.js"), JSON.stringify(settings)]),
  Bun: (settings) =>
    run(ensureRuntime("bun"), ["--no-install", server("bun.js"), JSON.stringify(settings)]),
  Deno: (settings) =>
    run(ensureRuntime("deno"), [
      "run",
      "--quiet",
      "--no-prompt",
      "--no-remote",
      "--no-lock",
      "--node-modules-dir=manual",
      "--allow-net=127.0.0.1",
      `--allow-read=${ROOT}`,
      server("deno.js"),
      JSON.stringify(settings),
    ]),
  workerd: startWorker,
};

async function startWorker(settings: unknown): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), "worker-"));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    await build({
      entryPoints: [server("workerd.js")],
      outfile: join(folder, "worker.js"),
      bundle: true,
      format: "esm",
      target: "es2022",
      conditions: ["workerd", "worker"],
      external: ["cloudflare:*"],
      logLevel: "warning",
    });
    await writeFile(join(folder, "settings.json"), JSON.stringify(settings));
    await writeFile(join(folder, "config.capnp"), CONFIG);
    const config = join(folder, "config.capnp");
    const worker = await run(ensureRuntime("workerd"), ["serve", config, "--control-fd=1"]);
    return { origin: worker.origin, stop: () => worker.stop().then(remove) };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** It may reach this machine, and nothing else. */
const CONFIG = `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["127.0.0.1/32"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const worker :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  bindings = [(name = "SETTINGS", json = embed "settings.json")],
  compatibilityDate = "2026-01-01",
);
`;

/** Starts a program; it ends with this process at the latest. */
async function run(path: string, args: readonly string[]): Promise<Running> {
  const child = spawn(path, args, {
    // A group of its own: some programs are started by a script of their package.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"], HOME: tmpdir(), DENO_NO_UPDATE_CHECK: "1" },
  });
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
    child.once("error", () => resolve());
  });
  const kill = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  };
  const interrupted = (): void => process.exit(1);
  process.once("exit", kill);
  process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
  const stop = async (): Promise<void> => {
    kill();
    await ended;
    process.off("exit", kill).off("SIGINT", interrupted).off("SIGTERM", interrupted);
  };

  let complaints = "";
  child.stderr.on("data", (data: Buffer) => (complaints += data.toString()));
  const port = new Promise<number>((resolve) => {
    createInterface(child.stdout).once("line", (line) => {
      resolve((JSON.parse(line) as { port: number }).port);
    });
  });
  const found = await Promise.race([port, ended]);
  if (found !== undefined) return { origin: `http://127.0.0.1:${found}`, stop };
  await stop();
  throw new Error(`${path} ended before it listened: ${complaints}`);
}
