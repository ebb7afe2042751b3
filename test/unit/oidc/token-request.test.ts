import { expect } from "@esm-bundle/chai";

import { exchangeCode, type CodeExchange } from "../../../src/oidc/token-request.js";
import {
  answerRequests,
  never,
  type Answer,
  type AnsweredRequests,
} from "../../support/answered-requests.js";
import { caught, codeOf } from "../../support/caught.js";

const exchange: CodeExchange = {
  tokenEndpoint: "https://login.example/token",
  clientId: "brand & söhne",
  code: "secret+code/=",
  redirectUri: "https://brand.example/callback.html?a=b",
  codeVerifier: "secret-verifier-secret-verifier-secret-verif",
  timeout: 5000,
};

describe("the exchange of a code", () => {
  let server: AnsweredRequests | undefined;

  const serve = (answer: Answer): AnsweredRequests => (server = answerRequests(answer));

  afterEach(() => {
    server?.stop();
    server = undefined;
  });

  it("gives the ID token", async () => {
    serve(() => Response.json({ access_token: "x", token_type: "Bearer", id_token: "a.b.c" }));
    expect(await exchangeCode(exchange)).to.equal("a.b.c");
  });

  it("proves itself by the verifier, as a public client, without a preflight", async () => {
    const { requests } = serve(() => Response.json({ id_token: "a.b.c" }));
    await exchangeCode(exchange);
    const request = requests[0]!;
    expect(request.url).to.equal(exchange.tokenEndpoint);
    expect(request.method).to.equal("POST");
    expect([...request.headers.keys()]).to.deep.equal(["content-type"]);
    expect(request.headers.get("content-type")).to.match(/^application\/x-www-form-urlencoded/);
    expect(Object.fromEntries(new URLSearchParams(await request.text()))).to.deep.equal({
      grant_type: "authorization_code",
      client_id: exchange.clientId,
      code: exchange.code,
      redirect_uri: exchange.redirectUri,
      code_verifier: exchange.codeVerifier,
    });
  });

  const refusals: readonly [string, Response, RegExp][] = [
    ["no ID token", Response.json({ access_token: "x" }), /without an id_token.*openid/],
    ["an ID token that is no text", Response.json({ id_token: { a: 1 } }), /without an id_token/],
    ["HTML", new Response("<!doctype html>"), /without an id_token/],
    [
      "an error",
      Response.json({ error: "invalid_grant" }, { status: 400 }),
      /"invalid_grant".*400/,
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
      const { code, message } = await caught(exchangeCode(exchange));
      expect(code).to.equal("token_request_failed");
      expect(message).to.match(says);
      expect(message).not.to.match(/secret|evil|555/);
    });
  }

  it("fails where the network is down or slow, or nobody waits, without a word of its secrets", async () => {
    serve(() => Promise.reject(new TypeError("Failed to fetch")));
    const down = await caught(exchangeCode(exchange));
    expect(down.code).to.equal("request_failed");
    expect(down.message).not.to.include("secret");
    server?.stop();
    serve(never);
    expect(await codeOf(exchangeCode({ ...exchange, timeout: 10 }))).to.equal("request_timeout");
    const signal = AbortSignal.abort();
    expect(await codeOf(exchangeCode({ ...exchange, signal }))).to.equal("aborted");
  });
});
