import { expect } from "@esm-bundle/chai";

import { verifyIdToken } from "../../../src/oidc/id-token.js";
import { createKeySource, type KeySource } from "../../../src/oidc/keys.js";
import { answerRequests, never, type AnsweredRequests } from "../../support/answered-requests.js";
import { caught } from "../../support/caught.js";
import { expectIdToken, goodClaims } from "../../support/id-tokens.js";
import { override } from "../../support/override.js";
import { createRsaKey, signToken, type RsaKey } from "../../support/rsa-keys.js";

const jwksEndpoint = "https://login.example/jwks";

const createKeys = (requestTimeout = 5000): Promise<KeySource> =>
  createKeySource({ jwksEndpoint }, requestTimeout);

describe("the keys of a JWKS endpoint", () => {
  let first: RsaKey;
  let second: RsaKey;
  let server: AnsweredRequests | undefined;
  const undo: (() => void)[] = [];

  before(async () => {
    [first, second] = await Promise.all([createRsaKey("first"), createRsaKey("second")]);
  });

  afterEach(() => {
    server?.stop();
    while (undo.length > 0) undo.pop()?.();
  });

  function publish(...keys: readonly object[]): AnsweredRequests {
    server?.stop();
    return (server = answerRequests(() => Response.json({ keys })));
  }

  const verify = async (keys: KeySource, key: RsaKey, kid?: string): Promise<unknown> =>
    verifyIdToken(await signToken(key, goodClaims, kid ? { kid } : {}), expectIdToken(keys));

  it("verify a token by its kid", async () => {
    publish(first.jwk, second.jwk);
    const keys = await createKeys();
    expect(await verify(keys, first, "first")).to.have.property("sub", "consumer-1");
    expect(await verify(keys, second, "second")).to.have.property("sub", "consumer-1");
    const { message } = await caught(verify(keys, second, "first"));
    expect(message).to.include("signature");
  });

  it("are fetched before the first token needs them, and once", async () => {
    const { requests } = publish(first.jwk);
    const keys = await createKeys();
    expect(requests).to.have.lengthOf(1);
    await Promise.all([verify(keys, first, "first"), verify(keys, first, "first")]);
    await verify(keys, first, "first");
    expect(requests.map(({ url }) => url)).to.deep.equal([jwksEndpoint]);
  });

  it("need no kid where there is one key, and need one where there are two", async () => {
    publish(first.jwk);
    expect(await verify(await createKeys(), first)).to.have.property("sub");
    publish(first.jwk, second.jwk);
    expect((await caught(verify(await createKeys(), first))).code).to.equal("id_token_invalid");
  });

  it("are fetched again at once for a kid that came after them", async () => {
    publish(first.jwk);
    const keys = await createKeys();
    await verify(keys, first, "first");
    const { requests } = publish(second.jwk);
    expect(await verify(keys, second, "second")).to.have.property("sub", "consumer-1");
    expect(requests).to.have.lengthOf(1);
  });

  it("are fetched again once in half a minute for tokens with a kid that they don't have", async () => {
    const { requests } = publish(first.jwk);
    const keys = await createKeys();
    await verify(keys, first, "first");
    for (let token = 0; token < 5; token += 1) {
      expect((await caught(verify(keys, second, "second"))).code).to.equal("id_token_invalid");
    }
    expect(requests).to.have.lengthOf(2);
    const halfAMinuteLater = Date.now() + 31_000;
    undo.push(override(Date, "now", () => halfAMinuteLater));
    for (let token = 0; token < 5; token += 1) await caught(verify(keys, second, "second"));
    expect(requests).to.have.lengthOf(3);
  });

  it("are fetched again for a new kid though the clock was set back", async () => {
    publish(first.jwk);
    const keys = await createKeys();
    await verify(keys, first, "first");
    publish(second.jwk);
    const anHourBefore = Date.now() - 3_600_000;
    undo.push(override(Date, "now", () => anHourBefore));
    expect(
      await keys({ alg: "RS256", kid: "second" }, { payload: "", signature: "" }),
    ).to.have.property("type", "public");
  });

  it("are asked for again where the server was busy, when it wants to be asked", async () => {
    let busy = true;
    server = answerRequests(() => {
      if (!busy) return Response.json({ keys: [first.jwk] });
      busy = false;
      return new Response("", { status: 429, headers: { "retry-after": "1" } });
    });
    const keys = await createKeys();
    expect(await verify(keys, first, "first")).to.have.property("sub", "consumer-1");
    expect(server.requests).to.have.lengthOf(2);
  });

  it("refuse a kid that they don't have, and say what the cloud would", async () => {
    publish(first.jwk);
    const { code, message } = await caught(verify(await createKeys(), second, "second"));
    expect(code).to.equal("id_token_invalid");
    expect(message).to.include("1041");
  });

  it("verify nothing with a key for another purpose or algorithm", async () => {
    for (const change of [{ use: "enc" }, { alg: "RS512" }, { key_ops: ["encrypt"] }]) {
      publish({ ...first.jwk, ...change });
      const { code } = await caught(verify(await createKeys(), first, "first"));
      expect(code, JSON.stringify(change)).to.equal("id_token_invalid");
    }
  });

  it("verify nothing with a secret", async () => {
    publish({ kty: "oct", k: "c2VjcmV0", kid: "first", alg: "RS256" });
    expect((await caught(verify(await createKeys(), first, "first"))).code).to.equal(
      "id_token_invalid",
    );
  });

  const unavailable: Record<string, () => Response | Promise<Response>> = {
    "the network is down": () => Promise.reject(new TypeError("Failed to fetch")),
    "there is HTML": () => new Response("<!doctype html><p>Not found"),
    "there is nothing": () => new Response(""),
    "the server fails": () => new Response("{}", { status: 500 }),
    "there is more than 1 MB": () => new Response(JSON.stringify({ keys: [] }).padEnd(1_000_001)),
    "they moved": () => new Response(JSON.stringify({ keys: [] }), { status: 404 }),
  };
  for (const [what, answer] of Object.entries(unavailable)) {
    it(`are called unavailable where ${what}, and may come back`, async () => {
      server = answerRequests(answer);
      const keys = await createKeys();
      const { code, message } = await caught(verify(keys, first, "first"));
      expect(code).to.equal("keys_unavailable");
      expect(message).to.match(/jwksEndpoint.*connect-src/);
      publish(first.jwk);
      expect(await verify(keys, first, "first")).to.have.property("sub", "consumer-1");
    });
  }

  it("may be as many as 1 MB holds", async () => {
    const keys = JSON.stringify({ keys: [first.jwk] }).padEnd(1_000_000);
    server = answerRequests(() => new Response(keys));
    expect(await verify(await createKeys(), first, "first")).to.have.property("sub", "consumer-1");
  });

  it("are called unavailable where the server does not answer in time", async () => {
    server = answerRequests(never);
    const error = await caught(verify(await createKeys(10), first, "first"));
    expect(error.code).to.equal("keys_unavailable");
  });

  it("give way to the connector's own key, and are not asked for then", async () => {
    const { requests } = publish(second.jwk);
    const keys = await createKeySource({ jwksEndpoint, jwtPublicKey: first.line }, 1000);
    expect(await verify(keys, first, "any")).to.have.property("sub", "consumer-1");
    expect((await caught(verify(keys, second, "second"))).code).to.equal("id_token_invalid");
    expect(requests).to.have.lengthOf(0);
  });
});
