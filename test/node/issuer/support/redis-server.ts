import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { ensureRedis } from "../../../../scripts/redis.mjs";
import { freePort } from "./free-port.js";

/** A Redis server of this run's own, that keeps nothing on disk. */
export interface RedisServer {
  readonly url: string;
  /** The path of its socket. */
  readonly path: string;
  /** Ends it, as a crash would. */
  kill(): Promise<void>;
}

/** The server for all tests of a suite. */
export function useRedis(): { readonly redis: RedisServer } {
  const stage: { redis?: RedisServer } = {};
  const folder = mkdtempSync(join(tmpdir(), "redis-"));
  before(async () => {
    stage.redis = await start(join(folder, "socket"));
  });
  after(async () => {
    await stage.redis?.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  return stage as { readonly redis: RedisServer };
}

async function start(path: string): Promise<RedisServer> {
  const program = ensureRedis();
  const port = await freePort();
  const server = spawn(
    program,
    [
      "--bind",
      "127.0.0.1",
      "--port",
      `${port}`,
      "--unixsocket",
      path,
      "--save",
      "",
      "--appendonly",
      "no",
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const end = (): boolean => server.kill("SIGKILL");
  process.once("exit", end);
  await ready(server);
  return {
    url: `redis://127.0.0.1:${port}`,
    path,
    kill: async () => {
      process.off("exit", end);
      if (server.exitCode !== null || server.signalCode !== null) return;
      const ended = new Promise((resolve) => server.once("exit", resolve));
      end();
      await ended;
    },
  };
}

function ready({ stdout }: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = "";
    stdout?.on("data", (data: Buffer) => {
      output += data.toString();
      if (/ready to accept connections/i.test(output)) resolve();
    });
    stdout?.once("end", () => reject(new Error(`The Redis server has ended: ${output}`)));
  });
}
