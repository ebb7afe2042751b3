import { expect } from "@esm-bundle/chai";

import { checkConfig } from "../../../src/config/check-config.js";
import type { ConsumerAuthConfig } from "../../../src/config/options.js";
import { createSource, type FedcmSource } from "../../../src/sources/fedcm.js";
import { caught } from "../../support/caught.js";
import { standInForFedcm } from "../../support/fedcm-browser.js";
import { goodClaims, issuedAt } from "../../support/id-tokens.js";
import { createMovingClock } from "../../support/moving-clock.js";
import { createRsaKey, signToken, type RsaKey } from "../../support/rsa-keys.js";

type Parameters = Readonly<Record<string, string>>;

describe("the FedCM source", () => {
  let key: RsaKey;
  let parameters: Parameters[];
  let stop: () => void;

  before(async () => {
    key = await createRsaKey("a");
  });

  beforeEach(() => {
    parameters = [];
    stop = () => undefined;
  });

  afterEach(() => {
    stop();
  });

  /** A browser whose provider answers so. */
  function answering(answer: (passedOn: Parameters) => unknown): void {
    stop = standInForFedcm({
      async get({ identity }: { identity: { providers: [{ params: Parameters }] } }) {
        const { params } = identity.providers[0];
        parameters.push(params);
        return { token: await answer(params) };
      },
    });
  }

  const source = (config: ConsumerAuthConfig = {}): FedcmSource =>
    createSource({
      config: checkConfig({
        accountId: "1",
        flow: "implicit",
        issuer: goodClaims.iss,
        jwtPublicKey: key.line,
        clientId: goodClaims.aud,
        redirectUri: `${location.origin}/callback.html`,
        fedcmConfigUrl: "https://login.example/fedcm.json",
        scope: "openid email",
        ...config,
      }).config,
      clock: createMovingClock(issuedAt * 1000),
    });

  const call = { codeChallenge: undefined, signal: new AbortController().signal };

  const idToken = ({ nonce }: Parameters): Promise<string> =>
    signToken(key, { ...goodClaims, nonce });

  for (const [name, config] of [
    ["implicit flow", {}],
    ["exchange in the page", { flow: "code", exchange: "widget" }],
  ] as const) {
    it(`hands over a verified ID token with the ${name}`, async () => {
      answering(idToken);
      const credential = await source(config).silent(call);
      expect(credential).to.deep.include({ kind: "id_token" });
      expect(credential?.kind === "id_token" && credential.claims?.sub).to.equal(goodClaims.sub);
      expect(parameters[0]).to.deep.include({
        response_type: "id_token",
        client_id: goodClaims.aud,
        scope: "openid email",
      });
      expect(parameters[0]).not.to.have.property("code_challenge");
      expect(parameters[0]?.["nonce"]).to.match(/^[\w-]{43}$/);
    });
  }

  it("takes an ID token in an object too", async () => {
    answering(async (passedOn) => ({ id_token: await idToken(passedOn) }));
    expect((await source().interactive(call))?.kind).to.equal("id_token");
  });

  it("refuses the ID token of an earlier request", async () => {
    let first: Promise<string> | undefined;
    answering((passedOn) => (first ??= idToken(passedOn)));
    expect((await source().silent(call))?.kind).to.equal("id_token");
    expect((await caught(source().silent(call))).code).to.equal("id_token_invalid");
  });

  it("asks for a code that is bound to the window's challenge", async () => {
    answering(() => '{"code":"the-code"}');
    const codeChallenge = "c".repeat(43);
    const credential = await source({ flow: "code" }).silent({ ...call, codeChallenge });
    expect(credential).to.deep.equal({
      kind: "code",
      code: "the-code",
      redirectUri: `${location.origin}/callback.html`,
    });
    expect(parameters[0]).to.deep.include({
      response_type: "code",
      redirect_uri: `${location.origin}/callback.html`,
      code_challenge: codeChallenge,
      code_challenge_method: "S256",
    });
  });

  for (const answer of ["", null, undefined]) {
    it(`takes ${JSON.stringify(answer)} for nobody`, async () => {
      answering(() => answer);
      expect(await source().silent(call)).to.equal(undefined);
    });
  }

  for (const answer of [
    { code: "c" },
    "[1]",
    5,
    { id_token: "" },
    { id_token: "x".repeat(65_537) },
  ]) {
    it(`refuses ${JSON.stringify(answer).slice(0, 30)} where an ID token is wanted`, async () => {
      answering(() => answer);
      const { code, message } = await caught(source().silent(call));
      expect(code).to.match(/^(response_invalid|id_token_invalid)$/);
      expect(message).not.to.include("xxx");
    });
  }

  for (const answer of [
    { code: "c", redirect_uri: 5 },
    { code: "" },
    { id_token: "a.b.c" },
    "a.b.c",
  ]) {
    it(`refuses ${JSON.stringify(answer)} where a code is wanted`, async () => {
      answering(() => answer);
      const { code } = await caught(source({ flow: "code" }).silent(call));
      expect(code).to.equal("response_invalid");
    });
  }

  it("leaves a window with a challenge to the next one where it hands over ID tokens", async () => {
    answering(idToken);
    const challenged = { ...call, codeChallenge: "c".repeat(43) };
    expect(await source().silent(challenged)).to.equal(undefined);
    expect(parameters).to.deep.equal([]);
  });
});
