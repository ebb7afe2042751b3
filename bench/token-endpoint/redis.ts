import { spawn } from "node:child_process";

import { findRedis } from "../../scripts/redis.mjs";

export interface Redis {
  /** The path of its socket. */
  readonly socket: string;
  stop(): void;
}

/** A server that keeps nothing on disk; `undefined` where none is installed. */
export async function startRedis(socket: string): Promise<Redis | undefined> {
  const path = findRedis();
  if (path === undefined) return undefined;
  const server = spawn(path, ["--port", "0", "--unixsocket", socket, "--save", ""], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const stop = (): boolean => server.kill();
  process.once("exit", stop);
  await new Promise<void>((resolve, reject) => {
    server.once("exit", () => reject(new Error("The Redis server has ended.")));
    server.stdout.on("data", (data: Buffer) => {
      if (/ready to accept connections/i.test(data.toString())) resolve();
    });
  });
  return { socket, stop: () => void stop() };
}
