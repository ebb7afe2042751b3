import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { Application, ApplicationTokens, PlatformError } from "../../../src/platform.js";
import { failsWith, textOf } from "./support/applications.js";
import { SECRET, useFakeService, type Answer } from "./support/fake-service.js";

describe("a token endpoint in trouble", () => {
  const service = useFakeService();

  const finish = async (
    application: Application = service.application(),
  ): Promise<ApplicationTokens> => {
    const { transaction } = await application.startLogin();
    return application.finishLogin(`?code=the-code-itself&state=${transaction.state}`, transaction);
  };

  it("authenticates by the form, and keeps the secret out of the address", async () => {
    service.script = {};
    service.forms.length = 0;
    await finish(service.application({ pkce: false }));
    const [form] = service.forms;
    assert.deepEqual(Object.fromEntries(form ?? []), {
      grant_type: "authorization_code",
      code: "the-code-itself",
      redirect_uri: "https://app.example.com/callback",
      client_id: "the-application",
      client_secret: SECRET,
    });
  });

  const oauthError = (error: string, status = 400): Answer => ({ status, body: { error } });
  const cases: Readonly<
    Record<string, readonly [Answer, PlatformError["code"], RegExp, number?, string?]>
  > = {
    "refuses the code": [
      oauthError("invalid_grant"),
      "access_denied",
      /sign in again/,
      400,
      "invalid_grant",
    ],
    "refuses the client": [
      oauthError("invalid_client", 401),
      "access_denied",
      /clientSecret/,
      401,
      "invalid_client",
    ],
    "refuses the client with a challenge": [
      { status: 401, body: "", headers: { "www-authenticate": 'Basic realm="x"' } },
      "access_denied",
      /clientSecret/,
      401,
    ],
    "refuses the request": [
      oauthError("invalid_request"),
      "service_failed",
      /pkce to false/,
      400,
      "invalid_request",
    ],
    "has an error of its own": [
      oauthError("odd_error"),
      "service_failed",
      /odd_error/,
      400,
      "odd_error",
    ],
    "has an error that is no name": [
      { status: 400, body: { error: "<script>" } },
      "service_failed",
      /no reason that is known/,
      400,
    ],
    "answers with 500": [{ status: 500, body: {} }, "service_failed", /500/, 500],
    "answers with 503 and a page": [
      { status: 503, type: "text/html", body: "<h1>Down</h1>" },
      "service_failed",
      /503/,
      503,
    ],
    "answers with 403 and a page": [
      { status: 403, type: "text/html", body: "<h1>No</h1>" },
      "access_denied",
      /403/,
      403,
    ],
    "answers with 404": [
      { status: 404, type: "text/html", body: "" },
      "service_failed",
      /404/,
      404,
    ],
    "answers with a page": [
      { type: "text/html", body: "<h1>Hello</h1>" },
      "response_invalid",
      /./,
      200,
    ],
    "answers with half of a JSON": [{ body: '{"access_token": "the-acc' }, "response_invalid", /./],
    "answers with an array": [{ body: [] }, "response_invalid", /./],
    "answers with nothing": [{ body: "" }, "response_invalid", /./],
    "answers with null": [{ body: "null" }, "response_invalid", /./],
    redirects: [
      { status: 302, body: "", headers: { location: "https://elsewhere.example/" } },
      "response_invalid",
      /redirect/,
      302,
    ],
    "breaks off": [{ cut: true }, "request_failed", /can't be reached/],
  };
  for (const [what, [answer, code, message, status, serviceCode]] of Object.entries(cases)) {
    it(`${what}: ${code}`, async () => {
      service.script = { token: () => answer };
      const error = await finish().then(
        () => assert.fail("it was taken"),
        (one: unknown) => one as PlatformError,
      );
      assert.ok(failsWith(code, message)(error));
      assert.equal(error.status, status);
      assert.equal(error.serviceCode, serviceCode);
    });
  }

  for (const [field, value] of [
    ["access_token", undefined],
    ["access_token", ""],
    ["access_token", 5],
    ["token_type", undefined],
    ["token_type", "mac"],
    ["token_type", "DPoP"],
    ["expires_in", "soon"],
    ["expires_in", -1],
    ["refresh_token", 5],
    ["refresh_token", ""],
    ["id_token", 5],
  ] as const) {
    it(`answers with ${field} ${value === undefined ? "missing" : JSON.stringify(value)}`, async () => {
      service.script = { token: async () => ({ body: await service.tokens({ [field]: value }) }) };
      await assert.rejects(finish(), failsWith("response_invalid"));
    });
  }

  it("may leave expires_in and the refresh token out", async () => {
    service.script = {
      token: async () => ({
        body: await service.tokens({ expires_in: undefined, refresh_token: undefined }),
      }),
    };
    const tokens = await finish();
    assert.ok(!("expiresAt" in tokens) && !("refreshToken" in tokens));
    await assert.rejects(
      service.application().refresh(tokens),
      failsWith("access_denied", /no refresh token/),
    );
  });

  it("is given up when it is slow", async () => {
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    service.script = { token: () => held.then(() => ({ body: {} })) };
    await assert.rejects(
      finish(service.application({ requestTimeout: 50 })),
      failsWith("request_timeout", /50 ms/),
    );
    letGo();
  });

  it("is given up when the caller does", async () => {
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const controller = new AbortController();
    service.script = {
      token: () => {
        controller.abort();
        return held.then(() => ({ body: {} }));
      },
    };
    const application = service.application();
    const { transaction } = await application.startLogin();
    await assert.rejects(
      application.finishLogin(`?code=c&state=${transaction.state}`, transaction, controller),
      failsWith("aborted"),
    );
    letGo();
  });

  it("never gets a secret into an error, whatever it says", async () => {
    const idToken = await service.idToken({ iss: "another", sub: "somebody-nobody-may-know" });
    const access = "an-access-token-nobody-may-see";
    const answers: readonly Answer[] = [
      { body: await service.tokens({ id_token: idToken, access_token: access }) },
      { body: await service.tokens({ token_type: "mac", access_token: access }) },
      { body: `{"access_token": "${access}` },
      ...[400, 401, 500].map((status) => ({
        status,
        body: {
          error: "invalid_grant",
          error_description: `${SECRET} ${access} the code was the-code-itself-and-more`,
        },
      })),
      { status: 400, body: { error: SECRET, error_description: access } },
    ];
    for (const answer of answers) {
      service.script = { token: () => answer };
      const error = await finish().catch((one: unknown) => one);
      const text = textOf(error);
      for (const secret of [
        SECRET,
        access,
        "the-code-itself",
        idToken.split(".")[1]!,
        "somebody-nobody-may-know",
      ]) {
        assert.ok(!text.includes(secret), `${secret} in ${text}`);
      }
    }
  });
});
