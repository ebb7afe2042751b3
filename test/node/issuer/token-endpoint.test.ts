import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, afterEach, before, describe, it, mock } from "node:test";
import {
  createAuthorizationCodes,
  createMemoryCodeStore,
  createTokenEndpoint,
  createTokenIssuer,
  type AuthorizationCodes,
  type CodeGrant,
  type CodeStore,
  type IssuerError,
  type TokenEndpointOptions,
} from "../../../src/issuer.js";
import { basic, CLOUD, CLOUDS_BASIC, exchange, makePkce, OTHER } from "./support/clients.js";
import { readByHand } from "./support/independent.js";
import { makeKey } from "./support/keys.js";
import { refused } from "./support/refused.js";
import { serve, type Served } from "./support/serving.js";

const REDIRECT_URI = "https://www.brand.example/callback.html";
/** Milliseconds: a machine that is busy is no store that hangs. */
const PATIENCE = 30_000;
const key = makeKey();
const issuer = await createTokenIssuer({
  issuer: "https://www.brand.example",
  signingKey: key.pem,
  lifetime: 900,
});

const grant: CodeGrant = {
  clientId: CLOUD.clientId,
  redirectUri: REDIRECT_URI,
  claims: { sub: "a", given_name: "Ada" },
};

describe("the token endpoint", () => {
  const memory = createMemoryCodeStore();
  const errors: IssuerError[] = [];
  /** What a test puts in the way of the store. */
  let trouble: Partial<CodeStore> = {};
  const store: CodeStore = {
    put: (...put) => (trouble.put ?? memory.put)(...put),
    take: (...take) => (trouble.take ?? memory.take)(...take),
  };
  const codes = createAuthorizationCodes({ store });
  const secondSecret = "second-secret-while-it-is-changed-0";
  let served: Served;
  let address: string;

  before(async () => {
    const options: TokenEndpointOptions = {
      issuer,
      codes,
      clients: [
        { ...CLOUD, clientSecret: [CLOUD.clientSecret, secondSecret] },
        OTHER,
        { clientId: "a+b c", clientSecret: "per%41cent+plus 01234567890123456789" },
        { clientId: "strict", clientSecret: CLOUD.clientSecret, requirePkce: true },
      ],
      timeout: PATIENCE,
      onError: (error) => errors.push(error),
    };
    served = await serve({
      "/token": createTokenEndpoint(options),
      "/impatient": createTokenEndpoint({ ...options, timeout: 300 }),
    });
    address = `${served.origin}/token`;
  });
  after(() => served.close());
  afterEach(() => {
    trouble = {};
    errors.length = 0;
    mock.timers.reset();
  });

  const formOf = (code: string, more: Record<string, string> = {}): Record<string, string> => ({
    grant_type: "authorization_code",
    code,
    redirect_uri: REDIRECT_URI,
    ...more,
  });
  const bring = async (
    more: Record<string, string> = {},
    headers: Record<string, string> = {},
    bound: Partial<CodeGrant> = {},
  ): ReturnType<typeof exchange> =>
    exchange(address, formOf(await codes.issue({ ...grant, ...bound }), more), headers);

  it("gives a token for a code, once", async () => {
    const code = await codes.issue({ ...grant, nonce: "n-1" });
    const { status, headers, body } = await exchange(address, formOf(code));
    assert.equal(status, 200);
    assert.equal(headers.get("cache-control"), "no-store");
    assert.equal(headers.get("pragma"), "no-cache");
    assert.match(headers.get("content-type") ?? "", /^application\/json/);
    assert.deepEqual(Object.keys(body).sort(), [
      "access_token",
      "expires_in",
      "id_token",
      "token_type",
    ]);
    assert.equal(body["token_type"], "Bearer");
    assert.equal(body["expires_in"], 900);
    const { claims } = readByHand(body["id_token"] ?? "", key.publicKey);
    assert.deepEqual(
      [claims["aud"], claims["nonce"], claims["sub"], claims["given_name"]],
      [CLOUD.clientId, "n-1", "a", "Ada"],
    );
    const again = await exchange(address, formOf(code));
    assert.deepEqual([again.status, again.body["error"]], [400, "invalid_code"]);
    assert.deepEqual(errors, []);
  });

  it("gives one token for fifty that bring the same code at the same time", async () => {
    const code = await codes.issue(grant);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => exchange(address, formOf(code))),
    );
    const good = answers.filter(({ status }) => status === 200);
    const bad = answers.filter(({ body }) => body["error"] === "invalid_code");
    assert.deepEqual([good.length, bad.length], [1, 49]);
  });

  it("refuses a code that is too old", async () => {
    const code = await codes.issue(grant);
    mock.timers.enable({ apis: ["Date"], now: Date.now() + 60_001 });
    assert.equal((await exchange(address, formOf(code))).body["error"], "invalid_code");
  });

  const WRONG: Readonly<
    Record<string, [Record<string, string>, status: number, error: string, Partial<CodeGrant>?]>
  > = {
    "an unknown code": [{ code: "A".repeat(43) }, 400, "invalid_code"],
    "a code that is none": [{ code: "../../etc" }, 400, "invalid_code"],
    "a huge code": [{ code: "A".repeat(50_000) }, 400, "invalid_code"],
    "an empty code": [{ code: "" }, 400, "invalid_request"],
    "another redirect URI": [{ redirect_uri: `${REDIRECT_URI}/` }, 400, "invalid_code"],
    "the vendor's redirect URI": [{ redirect_uri: "https://liveperson.net" }, 400, "invalid_code"],
    "another client's code": [{}, 400, "invalid_code", { clientId: OTHER.clientId }],
    "a verifier that nobody asked for": [
      { code_verifier: makePkce().verifier },
      400,
      "invalid_code",
    ],
    "a challenge that nobody answers": [
      {},
      400,
      "invalid_code",
      { codeChallenge: makePkce().challenge },
    ],
    "an empty verifier": [
      { code_verifier: "" },
      400,
      "invalid_code",
      { codeChallenge: makePkce().challenge },
    ],
    "a wrong verifier": [
      { code_verifier: makePkce().verifier },
      400,
      "invalid_code",
      { codeChallenge: makePkce().challenge },
    ],
    "the challenge as verifier (plain)": [
      { code_verifier: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" },
      400,
      "invalid_code",
      { codeChallenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" },
    ],
    "another grant": [{ grant_type: "refresh_token" }, 400, "unsupported_grant_type"],
    "no grant": [{ grant_type: "" }, 400, "unsupported_grant_type"],
    "another client_id": [{ client_id: OTHER.clientId }, 400, "invalid_request"],
    "the secret in the form too": [{ client_secret: CLOUD.clientSecret }, 400, "invalid_request"],
  };
  for (const [name, [more, status, error, bound]] of Object.entries(WRONG)) {
    it(`refuses ${name} with ${error}`, async () => {
      const answer = await bring(more, {}, bound);
      assert.deepEqual([answer.status, answer.body["error"]], [status, error]);
      assert.equal(answer.headers.get("cache-control"), "no-store");
      assert.equal(answer.body["id_token"], undefined);
    });
  }

  it("ends a code that is tried with a wrong verifier", async () => {
    const { verifier, challenge } = makePkce();
    const code = await codes.issue({ ...grant, codeChallenge: challenge });
    const wrong = formOf(code, { code_verifier: makePkce().verifier });
    assert.equal((await exchange(address, wrong)).body["error"], "invalid_code");
    const right = formOf(code, { code_verifier: verifier });
    assert.equal((await exchange(address, right)).body["error"], "invalid_code");
  });

  it("leaves a code alone that somebody brings who isn't the cloud", async () => {
    const code = await codes.issue(grant);
    const headers = { authorization: basic(CLOUD.clientId, "guessed") };
    assert.equal((await exchange(address, formOf(code), headers)).status, 401);
    assert.equal((await exchange(address, formOf(code))).status, 200);
  });

  it("takes the verifier of a challenge, the long ones of the mobile SDK too", async () => {
    for (const length of [43, 128, 200]) {
      const { verifier, challenge } = makePkce(length);
      const answer = await bring({ code_verifier: verifier }, {}, { codeChallenge: challenge });
      assert.equal(answer.status, 200, `${length}`);
    }
  });

  it("gives a client with PKCE nothing for a code without a challenge", async () => {
    const headers = { authorization: basic("strict", CLOUD.clientSecret) };
    const answer = await bring({}, headers, { clientId: "strict" });
    assert.equal(answer.body["error"], "invalid_code");
    const { verifier, challenge } = makePkce();
    const bound = { clientId: "strict", codeChallenge: challenge };
    assert.equal((await bring({ code_verifier: verifier }, headers, bound)).status, 200);
  });

  it("takes the vendor's redirect URI for the one that isn't sent", async () => {
    const bound = { ...grant, redirectUri: "https://liveperson.net" };
    const form = { grant_type: "authorization_code", code: await codes.issue(bound) };
    assert.equal((await exchange(address, form)).status, 200);
    const mine = { grant_type: "authorization_code", code: await codes.issue(grant) };
    assert.equal((await exchange(address, mine)).body["error"], "invalid_code");
  });

  describe("knows the cloud by Basic authentication", () => {
    const CLIENT = "a+b c";
    const SECRET = "per%41cent+plus 01234567890123456789";
    const encode = (text: string): string => encodeURIComponent(text).replaceAll("%20", "+");

    it("encoded as RFC 6749 wants it, or not; with either of two secrets", async () => {
      for (const [authorization, clientId] of [
        [CLOUDS_BASIC, CLOUD.clientId],
        [CLOUDS_BASIC.replace("Basic", "bAsIc "), CLOUD.clientId],
        [basic(CLOUD.clientId, secondSecret), CLOUD.clientId],
        [basic(encode(CLIENT), encode(SECRET)), CLIENT],
        [basic(CLIENT, SECRET), CLIENT],
      ] as const) {
        const answer = await bring({}, { authorization }, { clientId });
        assert.equal(answer.status, 200, authorization);
      }
    });

    const STRANGERS: Readonly<Record<string, string>> = {
      "no header": "",
      "another scheme": CLOUDS_BASIC.replace("Basic", "Bearer"),
      "no base64": "Basic ****",
      "no colon": `Basic ${btoa("messaging")}`,
      "no client": basic("", CLOUD.clientSecret),
      "no secret": basic(CLOUD.clientId, ""),
      "an unknown client": basic("unknown", CLOUD.clientSecret),
      "a client called __proto__": basic("__proto__", CLOUD.clientSecret),
      "another client's secret": basic(CLOUD.clientId, OTHER.clientSecret),
      "a part of the secret": basic(CLOUD.clientId, CLOUD.clientSecret.slice(1)),
      "more than the secret": basic(CLOUD.clientId, `${CLOUD.clientSecret}x`),
      "the secret in capitals": basic(CLOUD.clientId, CLOUD.clientSecret.toUpperCase()),
      "bytes that are no UTF-8": `Basic ${Buffer.from([0xff, 0x3a, 0xfe]).toString("base64")}`,
      "bent percent signs": basic("%zz", "%zz"),
      "two headers in one": `${CLOUDS_BASIC}, ${CLOUDS_BASIC}`,
      "a huge header": basic(CLOUD.clientId, "x".repeat(10_000)),
    };
    for (const [name, authorization] of Object.entries(STRANGERS)) {
      it(`and refuses ${name}`, async () => {
        const answer = await bring({}, { authorization });
        assert.deepEqual([answer.status, answer.body["error"]], [401, "unauthorized_client"]);
        assert.match(answer.headers.get("www-authenticate") ?? "", /^Basic realm=/);
      });
    }

    it("and by nothing else", async () => {
      const secret = { client_id: CLOUD.clientId, client_secret: CLOUD.clientSecret };
      const answer = await bring(secret, { authorization: "" });
      assert.equal(answer.status, 401);
    });
  });

  describe("reads no more than it must", () => {
    it("and answers no other method", async () => {
      for (const method of ["GET", "PUT", "DELETE", "OPTIONS", "PATCH"]) {
        const response = await fetch(address, { method });
        assert.equal(response.status, 405, method);
        assert.equal(response.headers.get("allow"), "POST");
      }
    });

    const form = "grant_type=authorization_code&code=x";
    const BODIES: Readonly<Record<string, [string, string, number, string]>> = {
      json: ['{"code":"x"}', "application/json", 400, "json_parse_error"],
      "no type": [form, "", 400, "json_parse_error"],
      multipart: [form, "multipart/form-data; boundary=x", 400, "json_parse_error"],
      "a type that only begins well": [
        form,
        "application/x-www-form-urlencodedx",
        400,
        "json_parse_error",
      ],
      "a parameter twice": [`${form}&code=y`, "", 400, "invalid_request"],
      "a parameter that we don't know twice": [`${form}&a=1&a=2`, "", 400, "invalid_request"],
      "64 KB and more": [`${form}&a=${"x".repeat(65_536)}`, "", 413, "invalid_request"],
      nothing: ["", "", 400, "invalid_request"],
    };
    for (const [name, [body, type, status, error]] of Object.entries(BODIES)) {
      it(`${name}: ${error}`, async () => {
        const isTyped = type !== "" || name === "no type";
        const contentType = isTyped ? type : "application/x-www-form-urlencoded; charset=UTF-8";
        const answer = await exchange(address, body, { "content-type": contentType });
        assert.deepEqual([answer.status, answer.body["error"]], [status, error]);
      });
    }

    it("nor bytes that are no UTF-8", async () => {
      const response = await fetch(address, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: Uint8Array.from([...Buffer.from("code="), 0xff, 0xfe]),
      });
      const { error } = (await response.json()) as { error: string };
      assert.deepEqual([response.status, error], [400, "json_parse_error"]);
    });

    it("nor a body without end, whose length nobody says", async () => {
      let chunks = 0;
      let isCancelled = false;
      const body = new ReadableStream({
        pull(controller) {
          chunks += 1;
          controller.enqueue(new Uint8Array(16_384).fill(97));
        },
        cancel() {
          isCancelled = true;
        },
      });
      const init = { method: "POST", headers: { authorization: CLOUDS_BASIC }, body };
      const handler = createTokenEndpoint({ issuer, codes, clients: [CLOUD] });
      const response = await handler(
        new Request(address, { ...init, duplex: "half" } as RequestInit),
      );
      assert.equal(response.status, 413);
      assert.ok(chunks < 8 && isCancelled, `${chunks} chunks`);
    });

    /** What a client hears that sends a head, and then next to nothing. */
    async function firstLineFor(path: string, length: number): Promise<string> {
      const socket = connect(Number(new URL(address).port), "127.0.0.1");
      const type = "application/x-www-form-urlencoded";
      const head = `Host: x\r\nContent-Type: ${type}\r\nContent-Length: ${length}`;
      socket.write(`POST ${path} HTTP/1.1\r\n${head}\r\n\r\ncode=`);
      const [line = ""] = await new Promise<string[]>((resolve) => {
        socket.once("data", (data) => resolve(data.toString().split("\r\n")));
      });
      socket.destroy();
      return line;
    }

    it("nor waits for one that doesn't come", async () => {
      assert.match(await firstLineFor("/impatient", 100), /^HTTP\/1\.1 503/);
      assert.equal(errors[0]?.code, "request_timeout");
    });

    it("nor for one that says itself that it is too large", async () => {
      assert.match(await firstLineFor("/token", 65_537), /^HTTP\/1\.1 413/);
      assert.deepEqual(errors, []);
    });
  });

  describe("when the store is in trouble", () => {
    it("says that it is, and says nothing of what it knows", async () => {
      const form = formOf(await codes.issue(grant));
      trouble = { take: () => Promise.reject(new Error("redis://user:password@host")) };
      const answer = await exchange(address, form);
      assert.deepEqual(
        [answer.status, answer.body["error"], answer.headers.get("retry-after")],
        [503, "temporarily_unavailable", "1"],
      );
      assert.equal(JSON.stringify(answer.body).includes("password"), false);
      assert.equal(errors[0]?.code, "store_failed");
      assert.equal(errors[0].message.includes("password"), false);
      assert.match(String(errors[0].cause), /redis:/);
    });

    it("doesn't wait longer than its deadline", async () => {
      trouble = { take: () => new Promise(() => undefined) };
      const answer = await exchange(`${served.origin}/impatient`, formOf("A".repeat(43)));
      assert.equal(answer.status, 503);
      assert.equal(errors[0]?.code, "request_timeout");
    });

    it("takes nothing for a code that the store makes up", async () => {
      for (const value of ["", "e30", "AAAA".repeat(20), 5, true, null]) {
        trouble = { take: () => Promise.resolve(value as string) };
        const answer = await exchange(address, formOf("A".repeat(43)));
        assert.equal(answer.body["error"], "invalid_code", String(value));
      }
    });

    it("doesn't stumble over who keeps the records", async () => {
      const failing: AuthorizationCodes = {
        issue: () => Promise.reject(new Error("x")),
        redeem: () => Promise.reject(new Error("x")),
      };
      const handler = createTokenEndpoint({
        issuer,
        codes: failing,
        clients: [CLOUD],
        onError: () => {
          throw new Error("the disk is full");
        },
      });
      const response = await handler(
        new Request(address, {
          method: "POST",
          headers: { authorization: CLOUDS_BASIC },
          body: new URLSearchParams(formOf("A".repeat(43))),
        }),
      );
      assert.equal(response.status, 500);
    });
  });

  it("puts nothing into the store that tells the code or who it is for", async () => {
    const kept: unknown[] = [];
    trouble = { put: (...put) => Promise.resolve(void kept.push(put)) };
    const code = await codes.issue({ ...grant, claims: { sub: "a", email: "ada@example.com" } });
    const text = JSON.stringify(kept);
    const hex = Buffer.from(code, "base64url").toString("hex");
    for (const secret of [code, hex, "ada", Buffer.from("ada@example.com").toString("base64url")]) {
      assert.equal(text.includes(secret), false);
    }
  });
});

describe("a token endpoint", () => {
  const codes = createAuthorizationCodes();

  it("needs an issuer that is ready, and codes", async () => {
    const unready = createTokenIssuer({ issuer: "https://a.example", signingKey: key.pem });
    for (const [option, wrong] of [
      ["issuer", { issuer: unready }],
      ["issuer", { issuer: undefined }],
      ["codes", { codes: undefined }],
      ["codes", { codes: createMemoryCodeStore() }],
      ["timeout", { timeout: 5 }],
    ] as const) {
      const options = { issuer, codes, clients: [CLOUD], ...wrong } as TokenEndpointOptions;
      const error = await refused(() => createTokenEndpoint(options), "invalid_config");
      assert.ok(error.message.startsWith(option), error.message);
    }
    for (const options of [{ store: null }, { store: codes }, { lifetime: 4 }, { lifetime: 601 }]) {
      await refused(() => createAuthorizationCodes(options as never), "invalid_config");
    }
    await unready;
  });
});

describe("clients of a token endpoint", () => {
  const make = (clients: unknown): unknown =>
    createTokenEndpoint({ issuer, codes: createAuthorizationCodes(), clients: clients as [] });

  const WRONG: Readonly<Record<string, unknown>> = {
    "no list": undefined,
    "an empty list": [],
    "no client": [null],
    "addresses that are no list": [{ ...CLOUD, redirectUris: "https://www.brand.example/" }],
    "no clientId": [{ clientSecret: CLOUD.clientSecret }],
    "no secret": [{ clientId: "a" }],
    "a short secret": [{ clientId: "a", clientSecret: "short" }],
    "a short second secret": [{ clientId: "a", clientSecret: [CLOUD.clientSecret, "short"] }],
    "five secrets": [{ clientId: "a", clientSecret: Array(5).fill(CLOUD.clientSecret) }],
    "a client twice": [CLOUD, CLOUD],
    "an http address": [{ ...CLOUD, redirectUris: ["http://www.brand.example/"] }],
    "a wildcard": [{ ...CLOUD, redirectUris: ["https://*.brand.example/"] }],
    "a fragment": [{ ...CLOUD, redirectUris: ["https://www.brand.example/#a"] }],
    "a parameter of a response": [
      { ...CLOUD, redirectUris: ["https://www.brand.example/?code=1"] },
    ],
  };
  for (const [name, clients] of Object.entries(WRONG)) {
    it(`${name} is refused at the start, and no secret is told`, async () => {
      const error = await refused(() => make(clients), "invalid_config");
      assert.match(error.message, /^clients/);
      assert.equal(error.message.includes(CLOUD.clientSecret), false);
    });
  }
});
