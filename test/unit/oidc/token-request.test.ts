import { expect } from "@esm-bundle/chai";

import { requestTokens, type TokenRequest } from "../../../src/oidc/token-request.js";
import {
  answerRequests,
  never,
  type Answer,
  type AnsweredRequests,
} from "../../support/answered-requests.js";
import { caught, codeOf } from "../../support/caught.js";

const request: TokenRequest = {
  tokenEndpoint: "https://login.example/token",
  clientId: "brand & söhne",
  parameters: {
    grant_type: "authorization_code",
    code: "secret+code/=",
    redirect_uri: "https://brand.example/callback.html?a=b",
    code_verifier: "secret-verifier-secret-verifier-secret-verif",
  },
  timeout: 5000,
};

describe("a request for tokens", () => {
  let server: AnsweredRequests | undefined;

  const serve = (answer: Answer): AnsweredRequests => (server = answerRequests(answer));

  afterEach(() => {
    server?.stop();
    server = undefined;
  });

  it("gives the ID token", async () => {
    serve(() => Response.json({ access_token: "x", token_type: "Bearer", id_token: "a.b.c" }));
    expect(await requestTokens(request)).to.deep.equal({
      idToken: "a.b.c",
      refreshToken: undefined,
    });
  });

  it("gives the refresh token that came with it, if it is one", async () => {
    for (const [refresh_token, refreshToken] of [
      ["the-token", "the-token"],
      [undefined, undefined],
      [null, undefined],
      [{ a: 1 }, undefined],
    ]) {
      server?.stop();
      serve(() => Response.json({ id_token: "a.b.c", refresh_token }));
      expect(await requestTokens(request)).to.deep.equal({ idToken: "a.b.c", refreshToken });
    }
  });

  it("proves itself by the verifier, as a public client, without a preflight", async () => {
    const { requests } = serve(() => Response.json({ id_token: "a.b.c" }));
    await requestTokens(request);
    const sent = requests[0]!;
    expect(sent.url).to.equal(request.tokenEndpoint);
    expect(sent.method).to.equal("POST");
    expect([...sent.headers.keys()]).to.deep.equal(["content-type"]);
    expect(sent.headers.get("content-type")).to.match(/^application\/x-www-form-urlencoded/);
    expect(Object.fromEntries(new URLSearchParams(await sent.text()))).to.deep.equal({
      ...request.parameters,
      client_id: request.clientId,
    });
  });

  const refusals: readonly [string, Response, RegExp][] = [
    ["no ID token", Response.json({ access_token: "x" }), /without an id_token.*openid/],
    ["an ID token that is no text", Response.json({ id_token: { a: 1 } }), /without an id_token/],
    ["HTML", new Response("<!doctype html>"), /without an id_token/],
    [
      "an error",
      Response.json({ error: "invalid_client" }, { status: 400 }),
      /"invalid_client".*400/,
    ],
    [
      "a text for its error",
      Response.json({ error: "Call +1 555 0100", error_description: "evil" }, { status: 401 }),
      /"unknown" \(HTTP 401\)/,
    ],
    ["an object for its error", Response.json({ error: {} }, { status: 400 }), /"unknown"/],
    [
      "a token with an error's status",
      Response.json({ id_token: "a.b.c" }, { status: 500 }),
      /500/,
    ],
  ];
  for (const [what, response, says] of refusals) {
    it(`fails where the answer is ${what}`, async () => {
      serve(() => response);
      const { code, message } = await caught(requestTokens(request));
      expect(code).to.equal("token_request_failed");
      expect(message).to.match(says);
      expect(message).not.to.match(/secret|evil|555/);
    });
  }

  it("says that a code or a refresh token won't do any more", async () => {
    serve(() =>
      Response.json({ error: "invalid_grant", error_description: "secret" }, { status: 400 }),
    );
    const { code, message } = await caught(requestTokens(request));
    expect(code).to.equal("grant_expired");
    expect(message).to.include('"invalid_grant" (HTTP 400)').and.not.include("secret");
  });

  it("is made once, whatever the server answers: a code works once", async () => {
    for (const status of [429, 500, 503]) {
      server?.stop();
      const { requests } = serve(() => new Response("", { status }));
      expect(await codeOf(requestTokens(request))).to.equal("token_request_failed");
      expect(requests).to.have.lengthOf(1);
    }
  });

  it("fails where the network is down or slow, or nobody waits, without a word of its secrets", async () => {
    serve(() => Promise.reject(new TypeError("Failed to fetch")));
    const down = await caught(requestTokens(request));
    expect(down.code).to.equal("request_failed");
    expect(down.message).not.to.include("secret");
    server?.stop();
    serve(never);
    expect(await codeOf(requestTokens({ ...request, timeout: 10 }))).to.equal("request_timeout");
    const signal = AbortSignal.abort();
    expect(await codeOf(requestTokens({ ...request, signal }))).to.equal("aborted");
  });
});
