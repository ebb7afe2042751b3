import assert from "node:assert/strict";
import { fork, type ChildProcess } from "node:child_process";
import { after, afterEach, before, describe, it, mock } from "node:test";
import { createClient } from "redis";
import {
  createAuthorizationCodes,
  createMemoryCodeStore,
  createRedisCodeStore,
  createTokenEndpoint,
  createTokenIssuer,
  type CodeGrant,
  type CodeStore,
  type IoRedisClient,
  type IssuerError,
} from "../../../src/issuer.js";
import { CLOUD, exchange } from "./support/clients.js";
import { makeKey } from "./support/keys.js";
import { useRedis } from "./support/redis-server.js";
import { refused } from "./support/refused.js";
import { serve, type Served } from "./support/serving.js";

const redirectUri = "https://www.brand.example/callback.html";
const grant: CodeGrant = { clientId: CLOUD.clientId, redirectUri, claims: { sub: "a" } };

/** What every store must do. */
function keeps(store: () => CodeStore): void {
  it("gives back what was put, once", async () => {
    await store().put("key", "value", 60);
    assert.equal(await store().take("key"), "value");
    assert.equal((await store().take("key")) ?? undefined, undefined);
    assert.equal((await store().take("another")) ?? undefined, undefined);
  });

  it("gives it to one of fifty that ask together", async () => {
    await store().put("key", "value", 60);
    const taken = await Promise.all(Array.from({ length: 50 }, () => store().take("key")));
    assert.equal(taken.filter((one) => one === "value").length, 1);
  });

  it("keeps the codes of an issuer, and ends them with their first use", async () => {
    const codes = createAuthorizationCodes({ store: store() });
    const [one, other] = await Promise.all([codes.issue(grant), codes.issue(grant)]);
    assert.notEqual(one, other);
    assert.deepEqual(await codes.redeem(one), grant);
    assert.equal(await codes.redeem(one), undefined);
    assert.deepEqual(await codes.redeem(other), grant);
  });
}

describe("codes in memory", () => {
  afterEach(() => mock.timers.reset());
  const shared = createMemoryCodeStore();
  keeps(() => shared);

  it("are gone when they are too old, with no timer that would keep a process alive", async () => {
    mock.timers.enable({ apis: ["Date", "setTimeout", "setInterval"], now: 1_795_000_000_000 });
    const store = createMemoryCodeStore();
    await store.put("key", "value", 60);
    mock.timers.setTime(1_795_000_059_999);
    await store.put("key", "value", 60);
    mock.timers.setTime(1_795_000_119_999);
    assert.equal(await store.take("key"), undefined);
  });

  it("are no more than there is room for: the oldest go", async () => {
    const store = createMemoryCodeStore({ capacity: 3 });
    for (const key of ["a", "b", "c", "d"]) await store.put(key, key, 60);
    assert.equal(await store.take("a"), undefined);
    for (const key of ["b", "c", "d"]) assert.equal(await store.take(key), key);
  });

  it("need a capacity that is one", async () => {
    for (const capacity of [0, -1, 1.5, NaN]) {
      await refused(() => createMemoryCodeStore({ capacity }), "invalid_config");
    }
  });
});

describe("codes in a store that forgets nothing", () => {
  afterEach(() => mock.timers.reset());

  it("are too old all the same when their time is over", async () => {
    mock.timers.enable({ apis: ["Date"], now: 1_795_000_000_000 });
    const kept = new Map<string, string>();
    const store: CodeStore = {
      put: async (key, value) => void kept.set(key, value),
      take: async (key) => kept.get(key),
    };
    const codes = createAuthorizationCodes({ store, lifetime: 30 });
    const code = await codes.issue(grant);
    mock.timers.setTime(1_795_000_029_999);
    assert.deepEqual(await codes.redeem(code), grant);
    mock.timers.setTime(1_795_000_030_000);
    assert.equal(await codes.redeem(code), undefined);
  });
});

describe("codes in Redis", () => {
  const stage = useRedis();
  const connected = async (): Promise<ReturnType<typeof createClient>> => {
    const client = createClient({ socket: { path: stage.redis.path, reconnectStrategy: 50 } });
    // A client of redis must have a listener, or an error ends the process.
    client.on("error", () => undefined);
    return (await client.connect()) as ReturnType<typeof createClient>;
  };
  let client: ReturnType<typeof createClient>;
  before(async () => {
    client = await connected();
  });
  after(() => client.destroy());

  keeps(() => createRedisCodeStore(client));

  it("end by themselves, whoever forgets them", async () => {
    await createRedisCodeStore(client, { prefix: "p:" }).put("key", "value", 60);
    const left = await client.ttl("p:key");
    assert.ok(left > 50 && left <= 60, `${left}`);
  });

  it("are named by their hash, and read by nobody without them", async () => {
    await client.flushAll();
    const codes = createAuthorizationCodes({ store: createRedisCodeStore(client) });
    const claims = { sub: "a", email: "ada@example.com" };
    const code = await codes.issue({ ...grant, claims });
    const keys = await client.keys("*");
    assert.equal(keys.length, 1);
    assert.match(keys[0] ?? "", /^consumer-auth:code:[\w-]{43}$/);
    const kept = `${keys[0]} ${await client.get(keys[0] ?? "")}`;
    const plain = Buffer.from(kept.split(" ")[1] ?? "", "base64url").toString("latin1");
    for (const secret of [code, "ada@example.com"]) {
      assert.equal(kept.includes(secret) || plain.includes(secret), false);
    }
  });

  it("may be kept by a client like ioredis, too", async () => {
    const sent: unknown[] = [];
    const io: IoRedisClient = {
      set: (...command) => {
        sent.push(["SET", ...command]);
        return client.sendCommand(["SET", ...command.map(String)]);
      },
      getdel: (key) => client.sendCommand(["GETDEL", key]),
    };
    const store = createRedisCodeStore(io, { prefix: "io:" });
    await store.put("key", "value", 59.5);
    assert.deepEqual(sent, [["SET", "io:key", "value", "EX", 60]]);
    assert.equal(await store.take("key"), "value");
    assert.equal(await store.take("key"), undefined);
    for (const none of [undefined, null, {}, { set: () => undefined }]) {
      await refused(() => createRedisCodeStore(none as never), "invalid_config");
    }
  });

  it("are exchanged once by fifty requests to two processes that share them", async () => {
    const processes = await Promise.all([
      otherProcess(stage.redis.path),
      otherProcess(stage.redis.path),
    ]);
    try {
      const codes = createAuthorizationCodes({ store: createRedisCodeStore(client) });
      for (let round = 0; round < 3; round += 1) {
        const code = await codes.issue(grant);
        const form = { grant_type: "authorization_code", code, redirect_uri: redirectUri };
        const answers = await Promise.all(
          Array.from({ length: 50 }, (_, index) =>
            exchange(`${processes[index % 2]!.origin}/token`, form),
          ),
        );
        const statuses = answers.map(({ status }) => status);
        assert.equal(statuses.filter((status) => status === 200).length, 1);
        assert.equal(statuses.filter((status) => status === 400).length, 49);
      }
    } finally {
      for (const { child } of processes) child.kill();
    }
  });

  describe("whose server goes away", () => {
    const errors: IssuerError[] = [];
    const own = useRedis();
    let served: Served;
    let lost: ReturnType<typeof createClient>;
    before(async () => {
      lost = createClient({ socket: { path: own.redis.path, reconnectStrategy: 50 } });
      lost.on("error", () => undefined);
      await lost.connect();
      const issuer = await createTokenIssuer({
        issuer: "https://www.brand.example",
        signingKey: makeKey().pem,
      });
      const codes = createAuthorizationCodes({ store: createRedisCodeStore(lost) });
      const onError = (error: IssuerError): void => void errors.push(error);
      const options = { issuer, codes, clients: [CLOUD], onError };
      served = await serve({ "/token": createTokenEndpoint(options) });
    });
    after(async () => {
      lost.destroy();
      await served.close();
    });

    it("are asked for no longer than the deadline, and the cloud is told to come again", async () => {
      const form = {
        grant_type: "authorization_code",
        code: "A".repeat(43),
        redirect_uri: redirectUri,
      };
      const address = `${served.origin}/token`;
      assert.equal((await exchange(address, form)).body["error"], "invalid_code");
      await own.redis.kill();
      const { status, body } = await exchange(address, form);
      assert.deepEqual([status, body["error"]], [503, "temporarily_unavailable"]);
      assert.ok(["request_timeout", "store_failed"].includes(errors[0]?.code ?? ""));
    });
  });
});

interface OtherProcess {
  readonly origin: string;
  readonly child: ChildProcess;
}

async function otherProcess(path: string): Promise<OtherProcess> {
  const program = new URL("support/token-server.ts", import.meta.url);
  const child = fork(program, [path], { execArgv: ["--import=tsx"], stdio: "inherit" });
  const origin = await new Promise<string>((resolve, reject) => {
    child.once("message", resolve as (message: unknown) => void);
    child.once("exit", () => reject(new Error("The other process has ended.")));
  });
  return { origin, child };
}
