import { invalidConfig } from "./checks.js";
import type { CodeStore } from "./code-store.js";

/** What is used of a client of the package `redis`. */
export interface NodeRedisClient {
  set(key: string, value: string, options: { readonly EX: number }): Promise<unknown>;
  getDel(key: string): Promise<unknown>;
}

/** What is used of a client of the package `ioredis`, and of those that are like it. */
export interface IoRedisClient {
  set(key: string, value: string, unit: "EX", seconds: number): Promise<unknown>;
  getdel(key: string): Promise<unknown>;
}

/** What {@link createRedisCodeStore} may be told. */
export interface RedisCodeStoreOptions {
  /** What the names of its keys begin with. `consumer-auth:code:` unless given. */
  readonly prefix?: string | undefined;
}

/**
 * Keeps codes in Redis 6.2 or later, so that any of several machines may exchange them. `GETDEL` gives
 * a code once, whoever asks. The client is yours: connect it, close it, and listen to its errors.
 *
 * @param client - a connected client of `redis` or `ioredis`
 * @throws IssuerError `invalid_config`
 */
export function createRedisCodeStore(
  client: NodeRedisClient | IoRedisClient,
  options: RedisCodeStoreOptions = {},
): CodeStore {
  const { prefix = "consumer-auth:code:" } = options;
  const commands = commandsOf(client);
  return {
    put: async (key, value, lifetime) => {
      await commands.put(prefix + key, value, Math.ceil(lifetime));
    },
    take: async (key) => {
      const value = await commands.take(prefix + key);
      return typeof value === "string" ? value : undefined;
    },
  };
}

interface Commands {
  put(key: string, value: string, seconds: number): Promise<unknown>;
  take(key: string): Promise<unknown>;
}

function commandsOf(client: NodeRedisClient | IoRedisClient): Commands {
  if (offers(client, "getDel")) {
    const redis = client as NodeRedisClient;
    return {
      put: (key, value, seconds) => redis.set(key, value, { EX: seconds }),
      take: (key) => redis.getDel(key),
    };
  }
  if (offers(client, "getdel")) {
    const redis = client as IoRedisClient;
    return {
      put: (key, value, seconds) => redis.set(key, value, "EX", seconds),
      take: (key) => redis.getdel(key),
    };
  }
  throw invalidConfig("createRedisCodeStore needs a client of redis or ioredis, with GETDEL.");
}

const offers = (client: unknown, name: string): boolean =>
  typeof client === "object" &&
  client !== null &&
  typeof (client as Readonly<Record<string, unknown>>)[name] === "function";
