import { expect } from "@esm-bundle/chai";
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify, type JWTVerifyResult } from "jose";

import { createProofOfPossession } from "../../../src/oidc/dpop.js";
import { requestTokens } from "../../../src/oidc/token-request.js";
import { createIndexedDbStore } from "../../../src/store/indexed-db.js";
import {
  answerRequests,
  never,
  type Answer,
  type AnsweredRequests,
} from "../../support/answered-requests.js";
import { caught, codeOf } from "../../support/caught.js";
import { createMovingClock } from "../../support/moving-clock.js";

const tokenEndpoint = "https://login.example/token";
const clock = createMovingClock();

/** As a server does it: the key is the one in the header. */
const verify = (proof: string): Promise<JWTVerifyResult> =>
  jwtVerify(proof, EmbeddedJWK, {
    typ: "dpop+jwt",
    algorithms: ["ES256"],
    currentDate: new Date(clock.now()),
    maxTokenAge: 5,
  });

/** The public key of RFC 9449's examples, and its thumbprint there (section 6.1). */
const published = {
  jwk: {
    kty: "EC",
    x: "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
    y: "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
    crv: "P-256",
  },
  thumbprint: "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I",
};

describe("a proof of possession", () => {
  it("is signed by the key that it shows, for this request and this moment", async () => {
    const proof = createProofOfPossession(clock);
    const { payload, protectedHeader } = await verify(await proof.header("POST", tokenEndpoint));
    expect(Object.keys(protectedHeader).sort()).to.deep.equal(["alg", "jwk", "typ"]);
    expect(Object.keys(Object(protectedHeader.jwk) as object).sort()).to.deep.equal([
      "crv",
      "kty",
      "x",
      "y",
    ]);
    const { jti, ...claims } = payload;
    expect(jti).to.match(/^[\w-]{43}$/);
    expect(claims).to.deep.equal({
      htm: "POST",
      htu: tokenEndpoint,
      iat: Date.UTC(2030, 0, 1) / 1000,
    });
  });

  it("is another one each time, by the same key, at the time of the clock", async () => {
    const moving = createMovingClock(clock.now() + 999);
    const proof = createProofOfPossession(moving);
    const first = await verify(await proof.header("POST", tokenEndpoint));
    moving.move(2000);
    const second = await jwtVerify(await proof.header("GET", tokenEndpoint), EmbeddedJWK);
    expect(second.payload.jti).not.to.equal(first.payload.jti);
    expect(second.payload["htm"]).to.equal("GET");
    expect(Number(second.payload.iat) - Number(first.payload.iat)).to.equal(2);
    expect(second.protectedHeader.jwk).to.deep.equal(first.protectedHeader.jwk);
  });

  it("is of another key for another client", async () => {
    const one = await createProofOfPossession(clock).thumbprint();
    expect(await createProofOfPossession(clock).thumbprint()).not.to.equal(one);
  });

  for (const [url, htu] of [
    ["https://login.example/token?tenant=a&b=c", "https://login.example/token"],
    ["https://login.example/token#x", "https://login.example/token"],
    ["https://LOGIN.example:443/a/../token", "https://login.example/token"],
    ["https://login.example:8443/a%20b/", "https://login.example:8443/a%20b/"],
    ["http://localhost:8081", "http://localhost:8081/"],
  ] as const) {
    it(`for ${url} names ${htu}`, async () => {
      const proof = await createProofOfPossession(clock).header("POST", url);
      expect((await verify(proof)).payload["htu"]).to.equal(htu);
    });
  }

  it("has a thumbprint as RFC 7638 computes it", async () => {
    const proof = createProofOfPossession(clock);
    const { protectedHeader } = await verify(await proof.header("POST", tokenEndpoint));
    expect(await proof.thumbprint()).to.equal(
      await calculateJwkThumbprint(Object(protectedHeader.jwk) as object),
    );
  });

  it("has the thumbprint that RFC 9449 prints for its key", async () => {
    const algorithm = { name: "ECDSA", namedCurve: "P-256" };
    const publicKey = await crypto.subtle.importKey("jwk", published.jwk, algorithm, true, []);
    const { privateKey } = await crypto.subtle.generateKey(algorithm, false, ["sign"]);
    const proof = createProofOfPossession(clock, { publicKey, privateKey });
    expect(await proof.thumbprint()).to.equal(published.thumbprint);
  });

  it("is of a key that can't be taken out of the browser, but stored in it", async () => {
    const proof = createProofOfPossession(clock);
    const pair = await proof.keyPair;
    expect(pair.privateKey.extractable).to.equal(false);
    for (const format of ["jwk", "pkcs8"] as const) {
      const outcome = await crypto.subtle.exportKey(format, pair.privateKey).catch(String);
      expect(outcome).to.match(/InvalidAccessError/);
    }
    const store = createIndexedDbStore((error) => {
      throw error;
    });
    await store.set("key", pair);
    const stored = (await store.get("key")) as CryptoKeyPair;
    await store.delete("key");
    const later = createProofOfPossession(clock, stored);
    expect(await later.thumbprint()).to.equal(await proof.thumbprint());
    await verify(await later.header("POST", tokenEndpoint));
  });
});

describe("a server's nonce", () => {
  const nonceOf = async (proof: string): Promise<unknown> => (await verify(proof)).payload["nonce"];

  it("is in the proofs for that server from then on, the latest one, and in no other's", async () => {
    const proof = createProofOfPossession(clock);
    const read = (nonce: string, origin: string): boolean =>
      proof.readNonce(new Headers({ "DPoP-Nonce": nonce }), origin);
    expect(read("one", "https://login.example")).to.equal(true);
    expect(read("other", "https://api.example")).to.equal(true);
    expect(read("two", "https://login.example")).to.equal(true);
    expect(proof.readNonce(new Headers(), "https://login.example")).to.equal(false);
    expect(await nonceOf(await proof.header("POST", tokenEndpoint))).to.equal("two");
    expect(await nonceOf(await proof.header("POST", "https://login.example/par?x"))).to.equal(
      "two",
    );
    expect(await nonceOf(await proof.header("GET", "https://api.example/me"))).to.equal("other");
    expect(await nonceOf(await proof.header("GET", "https://login.example:8443/"))).to.equal(
      undefined,
    );
  });
});

describe("a request with a proof", () => {
  let server: AnsweredRequests | undefined;
  const timeout = 5000;
  const body = new URLSearchParams({ code: "secret" });

  const serve = (answer: Answer): AnsweredRequests => (server = answerRequests(answer));

  const demandNonce = (nonce?: string): Response =>
    Response.json(
      { error: "use_dpop_nonce" },
      { status: 400, headers: nonce === undefined ? {} : { "DPoP-Nonce": nonce } },
    );

  const noncesOf = ({ requests }: AnsweredRequests): Promise<unknown[]> =>
    Promise.all(
      requests.map(
        async ({ headers }) => (await verify(String(headers.get("dpop")))).payload["nonce"],
      ),
    );

  afterEach(() => {
    server?.stop();
    server = undefined;
  });

  it("posts the form with a proof for that place", async () => {
    const { requests } = serve(() => Response.json({ done: true }));
    const { json } = await createProofOfPossession(clock).request(tokenEndpoint, { timeout, body });
    expect(json).to.deep.equal({ done: true });
    const request = requests[0]!;
    expect([...request.headers.keys()].sort()).to.deep.equal(["content-type", "dpop"]);
    expect(request.headers.get("content-type")).to.match(/^application\/x-www-form-urlencoded/);
    expect(await request.text()).to.equal("code=secret");
    const { payload } = await verify(String(request.headers.get("dpop")));
    expect(payload).to.include({ htm: "POST", htu: tokenEndpoint });
  });

  it("is made once more with the nonce that is demanded, and later ones have it at once", async () => {
    const seen = serve(async ({ headers }) =>
      (await verify(String(headers.get("dpop")))).payload["nonce"] === "first"
        ? Response.json({ done: true }, { headers: { "DPoP-Nonce": "first" } })
        : demandNonce("first"),
    );
    const proof = createProofOfPossession(clock);
    expect((await proof.request(tokenEndpoint, { timeout, body })).json).to.deep.equal({
      done: true,
    });
    await proof.request(tokenEndpoint, { timeout, body });
    expect(await noncesOf(seen)).to.deep.equal([undefined, "first", "first"]);
    const bodies = await Promise.all(seen.requests.map((request) => request.text()));
    expect(bodies).to.deep.equal(["code=secret", "code=secret", "code=secret"]);
  });

  it("has the nonce that came with a good answer, the next time", async () => {
    let count = 0;
    const seen = serve(() =>
      Response.json({}, { headers: { "DPoP-Nonce": `nonce-${(count += 1)}` } }),
    );
    const proof = createProofOfPossession(clock);
    while (seen.requests.length < 3) await proof.request(tokenEndpoint, { timeout, body });
    expect(await noncesOf(seen)).to.deep.equal([undefined, "nonce-1", "nonce-2"]);
  });

  it("is made twice at most, though the server demands another nonce each time", async () => {
    let count = 0;
    const seen = serve(() => demandNonce(`nonce-${(count += 1)}`));
    const proof = createProofOfPossession(clock);
    const { status, json } = await proof.request(tokenEndpoint, { timeout, body });
    expect([status, json["error"]]).to.deep.equal([400, "use_dpop_nonce"]);
    expect(await noncesOf(seen)).to.deep.equal([undefined, "nonce-1"]);
    await proof.request(tokenEndpoint, { timeout, body });
    expect((await noncesOf(seen))[2]).to.equal("nonce-2");
  });

  it("is not made again after any other error, whether a nonce comes with it or not", async () => {
    const proof = createProofOfPossession(clock);
    for (const [error, status] of [
      ["invalid_dpop_proof", 400],
      ["invalid_grant", 400],
      ["use_dpop_nonce", 500],
    ] as const) {
      const seen = serve(() =>
        Response.json({ error }, { status, headers: { "DPoP-Nonce": "n" } }),
      );
      await proof.request(tokenEndpoint, { timeout, body });
      expect(seen.requests).to.have.lengthOf(1);
      seen.stop();
    }
  });

  it("says what to mend where the nonce is demanded and hidden", async () => {
    const { requests } = serve(() => demandNonce());
    const proof = createProofOfPossession(clock);
    const { code, message } = await caught(proof.request(tokenEndpoint, { timeout, body }));
    expect(code).to.equal("token_request_failed");
    expect(message).to.match(/https:\/\/login\.example .*Access-Control-Expose-Headers/);
    expect(message).not.to.include("secret");
    expect(requests).to.have.lengthOf(1);
  });

  it("ends with the time, and with the caller's abort between its two tries too", async () => {
    const proof = createProofOfPossession(clock);
    serve(never);
    expect(await codeOf(proof.request(tokenEndpoint, { timeout: 10, body }))).to.equal(
      "request_timeout",
    );
    server?.stop();
    const caller = new AbortController();
    const { requests } = serve(() => {
      caller.abort();
      return demandNonce("n");
    });
    const { signal } = caller;
    expect(await codeOf(proof.request(tokenEndpoint, { timeout, body, signal }))).to.equal(
      "aborted",
    );
    expect(requests).to.have.lengthOf(1);
  });

  for (const [tokenType, bound] of [
    ["DPoP", true],
    ["dpop", true],
    ["Bearer", false],
    ["DPoP2", false],
    [undefined, false],
    [["DPoP", "Bearer"], false],
  ] as const) {
    it(`for tokens ${bound ? "takes" : "refuses"} those of type ${JSON.stringify(tokenType)}`, async () => {
      serve(() => Response.json({ id_token: "secret", token_type: tokenType }));
      const exchange = requestTokens({
        tokenEndpoint,
        clientId: "brand",
        parameters: { grant_type: "authorization_code", code: "secret", code_verifier: "secret" },
        timeout,
        proof: createProofOfPossession(clock),
      });
      if (bound) {
        expect((await exchange).idToken).to.equal("secret");
        return;
      }
      const { code, message } = await caught(exchange);
      expect(code).to.equal("token_request_failed");
      expect(message).to.match(/aren't bound/);
      expect(message).not.to.include("secret");
    });
  }

  it("for tokens tells of the server's error as ever", async () => {
    serve(() => Response.json({ error: "invalid_dpop_proof" }, { status: 400 }));
    const proof = createProofOfPossession(clock);
    const { status, json } = await proof.requestTokens(tokenEndpoint, { timeout, body });
    expect([status, json["error"]]).to.deep.equal([400, "invalid_dpop_proof"]);
  });
});
