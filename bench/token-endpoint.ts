import { fork } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import autocannon, { type Result } from "autocannon";

import { startRedis, type Redis } from "./token-endpoint/redis.js";
import {
  CLIENT,
  PKCE,
  REDIRECT_URI,
  type Contender,
  type Memory,
  type Reply,
} from "./token-endpoint/setting.js";

const CONNECTIONS = 64;
const SECONDS = Number(process.argv[2] ?? 20);
const WARM_UP = 3;
/** More than a core can sign in the time. */
const CODES = 4000 * SECONDS;

const SIGNING_KEY = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .privateKey.export({ type: "pkcs8", format: "pem" })
  .toString();

/** The measured process. */
interface Server {
  readonly url: string;
  tell<Name extends keyof Reply>(order: Name, count?: number): Promise<Reply[Name]>;
  stop(): void;
}

async function start(contender: Contender, socket: string): Promise<Server> {
  const profile = process.env["CPU_PROFILES"];
  const child = fork(
    fileURLToPath(new URL("token-endpoint/server.ts", import.meta.url)),
    [contender, socket],
    {
      // Not as an argument, which every process of the machine could read.
      env: { ...process.env, SIGNING_KEY },
      execArgv: [
        "--import=tsx",
        "--expose-gc",
        ...(profile ? ["--cpu-prof", `--cpu-prof-dir=${profile}`] : []),
      ],
    },
  );
  const next = () =>
    new Promise<unknown>((resolve, reject) => {
      child.once("message", resolve);
      child.once("exit", () => reject(new Error(`${contender} has ended.`)));
    });
  process.once("exit", () => child.kill());
  const port = await next();
  return {
    url: `http://127.0.0.1:${String(port)}/token`,
    async tell<Name extends keyof Reply>(order: Name, count = 0) {
      const reply = next();
      child.send([order, count]);
      return (await reply) as Reply[Name];
    },
    stop: () => void child.kill(),
  };
}

const AUTHORIZATION = `Basic ${Buffer.from(`${CLIENT.clientId}:${CLIENT.clientSecret}`).toString("base64")}`;

/** Every request brings a code of its own. */
async function load(url: string, codes: string[], seconds: number): Promise<Result> {
  return autocannon({
    url,
    connections: CONNECTIONS,
    duration: seconds,
    requests: [
      {
        method: "POST",
        headers: {
          authorization: AUTHORIZATION,
          "content-type": "application/x-www-form-urlencoded",
        },
        setupRequest: (request) => ({
          ...request,
          body: `${new URLSearchParams({
            grant_type: "authorization_code",
            code: codes.pop() ?? "none-left",
            redirect_uri: REDIRECT_URI,
            code_verifier: PKCE.verifier,
          })}`,
        }),
      },
    ],
  });
}

interface Figures {
  readonly name: string;
  readonly result: Result;
  readonly before: Memory;
  readonly after: Memory;
  readonly load: number;
}

async function measure(name: string, contender: Contender, socket = ""): Promise<Figures> {
  const server = await start(contender, socket);
  try {
    const needsCodes = contender === "memory" || contender === "redis";
    await load(
      server.url,
      needsCodes ? [...(await server.tell("issue", 2000 * WARM_UP))] : [],
      WARM_UP,
    );
    await server.tell("drop");
    const before = await server.tell("memory");
    const codes = needsCodes ? [...(await server.tell("issue", CODES))] : [];
    const result = await load(server.url, codes, SECONDS);
    if (needsCodes && codes.length === 0) throw new Error("The codes have run out: make more.");
    await server.tell("drop");
    return { name, result, before, after: await server.tell("memory"), load: loadavg()[0] ?? 0 };
  } finally {
    server.stop();
  }
}

function print(all: readonly Figures[]): void {
  const limit = all[0]?.result.requests.average ?? NaN;
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
  const change = (figures: Figures, of: keyof Memory): string =>
    `${megabytes(figures.before[of])} → ${megabytes(figures.after[of])}`;
  const rows = [
    ["", "requests/s", "of the limit", "p50 ms", "p99 ms", "errors", "RSS MB", "heap MB", "load"],
    ...all.map((figures) => {
      const { requests, latency, errors, timeouts, non2xx } = figures.result;
      return [
        figures.name,
        requests.average.toFixed(0),
        (requests.average / limit).toFixed(2),
        String(latency.p50),
        String(latency.p99),
        String(errors + timeouts + non2xx),
        change(figures, "rss"),
        change(figures, "heapUsed"),
        figures.load.toFixed(1),
      ];
    }),
  ];
  const widths = rows[0]?.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  for (const row of rows) {
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths?.[column] ?? 0))
        .join("  ")
        .trimEnd(),
    );
  }
}

console.log(
  `The token endpoint: ${CONNECTIONS} connections, ${SECONDS} s after ${WARM_UP} s to warm up, ${cpus().length} cores, Node ${process.version}.
Server and load have a process each. Every request brings a fresh code and its verifier; the codes were
issued in the server before the time runs: making them is not measured, redeeming them is. Memory is
that after a forced collection, before codes were made and after those that were left have been dropped.
Errors are broken connections, timeouts and every answer but 2xx.
\n`,
);

const folder = mkdtempSync(join(tmpdir(), "bench-"));
let redis: Redis | undefined;
try {
  redis = await startRedis(join(folder, "socket"));
  const figures = [
    await measure("node:http that signs with jose (the limit)", "bare"),
    await measure("the same as (Request) => Response", "bare Request"),
    await measure("token endpoint, codes in memory", "memory"),
  ];
  if (redis) figures.push(await measure("token endpoint, codes in Redis", "redis", redis.socket));
  else console.log("No redis-server here: without the row of Redis.\n");
  print(figures);
} finally {
  redis?.stop();
  rmSync(folder, { recursive: true, force: true });
}
