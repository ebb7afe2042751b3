import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from "jose";

import { makeSigningKey } from "../../../demo/keys.js";
import type { Application, ApplicationTokens } from "../../../src/platform.js";
import { failsWith } from "./support/applications.js";
import { CLIENT, publicJwk, useFakeService } from "./support/fake-service.js";

describe("the ID token of a login", () => {
  const service = useFakeService();

  const finish = async (
    application: Application = service.application(),
  ): Promise<ApplicationTokens> => {
    const { transaction } = await application.startLogin();
    return application.finishLogin(`?code=the-code&state=${transaction.state}`, transaction);
  };
  const answerWith = (idToken: string | undefined): void => {
    service.script = {
      token: async () => ({ body: await service.tokens({ id_token: idToken }) }),
    };
  };
  const seconds = (): number => Math.floor(Date.now() / 1000);

  it("is taken where everything is right", async () => {
    answerWith(await service.idToken());
    assert.equal((await finish()).claims.sub, "3552833710");
  });

  const wrong: Readonly<Record<string, readonly [JWTPayload, RegExp]>> = {
    "another issuer": [{ iss: "Sentinel" }, /iss/],
    "no issuer": [{ iss: null as never }, /iss/],
    "another audience": [{ aud: "another-application" }, /aud/],
    "no audience": [{ aud: null as never }, /aud/],
    "an audience beside ours": [{ aud: [CLIENT, "another-application"] }, /aud/],
    "another authorized party": [{ aud: [CLIENT, "b"], azp: "b" }, /azp/],
    "its end in the past": [{ exp: seconds() - 60 }, /exp/],
    "no end": [{ exp: null as never }, /exp/],
    "an end that is no number": [{ exp: "soon" as never }, /exp/],
    "its beginning in the future": [{ iat: seconds() + 120 }, /iat/],
    "no beginning": [{ iat: null as never }, /iat/],
    "no subject": [{ sub: null as never }, /sub/],
    "an empty subject": [{ sub: "" }, /sub/],
    "is_admin as a text": [{ is_admin: "false" }, /is_admin/],
    "is_lpa as a number": [{ is_lpa: 1 }, /is_lpa/],
    "a nonce that nobody sent": [{ nonce: "surprise" }, /nonce/],
    "nbf in the future": [{ nbf: seconds() + 120 }, /nbf/],
  };
  for (const [what, [claims, message]] of Object.entries(wrong)) {
    it(`is refused with ${what}`, async () => {
      answerWith(await service.idToken(claims));
      await assert.rejects(finish(), failsWith("id_token_invalid", message));
    });
  }

  it("may say nothing of roles: then the user has none", async () => {
    answerWith(await service.idToken({ is_admin: null, is_lpa: null }));
    const { claims } = await finish();
    assert.deepEqual([claims.is_admin, claims.is_lpa], [false, false]);
  });

  it("is held against clocks with the tolerance that is asked for", async () => {
    answerWith(await service.idToken({ exp: seconds() - 60 }));
    await finish(service.application({ clockTolerance: 90 }));
    answerWith(await service.idToken({ exp: seconds() - 5 }));
    await assert.rejects(
      finish(service.application({ clockTolerance: 0 })),
      failsWith("id_token_invalid", /exp/),
    );
  });

  it("may have another issuer where that is asked for, and then no other", async () => {
    answerWith(await service.idToken({ iss: "Sentinel" }));
    assert.equal(
      (await finish(service.application({ issuer: "Sentinel" }))).claims.iss,
      "Sentinel",
    );
    answerWith(await service.idToken());
    await assert.rejects(
      finish(service.application({ issuer: "Sentinel" })),
      failsWith("id_token_invalid", /iss/),
    );
  });

  it("must carry the nonce where one was sent", async () => {
    answerWith(await service.idToken());
    await assert.rejects(
      finish(service.application({ nonce: true })),
      failsWith("id_token_invalid", /nonce/),
    );
  });

  it("is refused with a signature of another key", async () => {
    const { privateKey } = await makeSigningKey("key-1");
    const good = await service.idToken();
    const [header, payload] = good.split(".");
    const forged = await new SignJWT(JSON.parse(atob(payload!.replaceAll("-", "+"))) as JWTPayload)
      .setProtectedHeader({ alg: "RS256", kid: "key-1" })
      .sign(privateKey);
    answerWith(forged);
    await assert.rejects(finish(), failsWith("id_token_invalid", /signature/));
    answerWith(`${header!}.${payload!}.`);
    await assert.rejects(finish(), failsWith("id_token_invalid"));
  });

  it("is refused without a signature, or with one of the secret", async () => {
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const [, payload] = (await service.idToken()).split(".");
    for (const alg of ["none", "None", "NONE"]) {
      answerWith(`${encode({ alg })}.${payload!}.`);
      await assert.rejects(finish(), failsWith("id_token_invalid", /alg/));
    }
    answerWith(await service.idToken({}, { alg: "HS256" }));
    await assert.rejects(finish(), failsWith("id_token_invalid", /alg/));
  });

  it("is refused where it is something else", async () => {
    for (const text of ["nonsense", "a.b", "a.b.c", "a.b.c.d.e", "..", "{}"]) {
      answerWith(text);
      await assert.rejects(finish(), failsWith("id_token_invalid"));
    }
    answerWith(undefined);
    await assert.rejects(finish(), failsWith("response_invalid", /id_token/));
  });

  describe("and the published keys", () => {
    it("are fetched once for many logins, and again for a new kid", async () => {
      const application = service.application();
      service.script = {};
      const before = service.requests.jwks;
      await Promise.all([finish(application), finish(application), finish(application)]);
      await finish(application);
      assert.equal(service.requests.jwks, before + 1);
    });

    it("may not know its kid", async () => {
      answerWith(await service.idToken({}, { kid: "unknown" }));
      await assert.rejects(finish(), failsWith("id_token_invalid", /kid/));
    });

    it("may be one key, for a token without a kid", async () => {
      answerWith(await service.idToken({}, { kid: null }));
      assert.equal((await finish()).claims.sub, "3552833710");
    });

    it("may be several, and a token without a kid is for none of them", async () => {
      const other = await makeSigningKey("key-2");
      answerWith(await service.idToken({}, { kid: null }));
      service.script.jwks = () => ({ body: { keys: [publicJwk(service.key), publicJwk(other)] } });
      await assert.rejects(finish(), failsWith("id_token_invalid", /kid/));
    });

    it("may be too short: they count for nothing", async () => {
      const { publicKey } = await generateKeyPair("RS256", {
        modulusLength: 2048,
        extractable: true,
      });
      const jwk = await exportJWK(publicKey);
      const short = { ...jwk, n: jwk.n!.slice(0, 171), kid: "key-1", alg: "RS256", use: "sig" };
      answerWith(await service.idToken());
      service.script.jwks = () => ({ body: { keys: [short] } });
      await assert.rejects(finish(), failsWith("id_token_invalid", /2048/));
    });

    it("may not be there", async () => {
      answerWith(await service.idToken());
      for (const [answer, code] of [
        [{ status: 404, body: {} }, "response_invalid"],
        [{ status: 500, body: {} }, "response_invalid"],
        [{ type: "text/html", body: "<h1>Hello</h1>" }, "response_invalid"],
        [{ body: { keys: "none" } }, "response_invalid"],
        [{ body: [] }, "response_invalid"],
        [{ cut: true }, "request_failed"],
      ] as const) {
        service.script.jwks = () => answer;
        await assert.rejects(finish(), failsWith(code));
      }
    });

    it("are not asked for where the key is given, in either form", async () => {
      answerWith(await service.idToken());
      service.script.jwks = () => ({ cut: true });
      const pem = `-----BEGIN PUBLIC KEY-----\n${service.key.oneLine}\n-----END PUBLIC KEY-----\n`;
      for (const jwtPublicKey of [service.key.oneLine, pem]) {
        const tokens = await finish(service.application({ jwtPublicKey }));
        assert.equal(tokens.claims.sub, "3552833710");
      }
      const { oneLine } = await makeSigningKey("other");
      await assert.rejects(
        finish(service.application({ jwtPublicKey: oneLine })),
        failsWith("id_token_invalid", /signature/),
      );
    });
  });
});
