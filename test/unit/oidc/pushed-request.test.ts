import { expect } from "@esm-bundle/chai";
import { decodeJwt } from "jose";

import { checkConfig } from "../../../src/config/check-config.js";
import type { ConsumerAuthConfig } from "../../../src/config/options.js";
import {
  createAuthorizationRequest,
  type AuthorizationRequest,
} from "../../../src/oidc/authorization-request.js";
import { createProofOfPossession } from "../../../src/oidc/dpop.js";
import type { Provider } from "../../../src/oidc/provider-metadata.js";
import { findProvider } from "../../../src/oidc/provider.js";
import { push, pushAuthorizationRequest } from "../../../src/oidc/pushed-request.js";
import {
  answerRequests,
  never,
  type Answer,
  type AnsweredRequests,
} from "../../support/answered-requests.js";
import { caught, codeOf } from "../../support/caught.js";
import { createMovingClock } from "../../support/moving-clock.js";

const requestUri = "urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c";
const pushed = (): Response =>
  Response.json({ request_uri: requestUri, expires_in: 60 }, { status: 201 });

let server: AnsweredRequests | undefined;

const serve = (answer: Answer): AnsweredRequests => (server = answerRequests(answer));

afterEach(() => {
  server?.stop();
  server = undefined;
});

describe("a pushed authorization request", () => {
  const endpoint = "https://login.example/par";
  const options = {
    endpoint,
    clientId: "brand & söhne",
    parameters: new URLSearchParams([
      ["scope", "openid"],
      ["login_hint", "secret"],
      ["resource", "a"],
      ["resource", "b"],
    ]),
    timeout: 5000,
  };

  it("says all that it would say in the address, by a request without a preflight", async () => {
    const { requests } = serve(pushed);
    expect(await pushAuthorizationRequest(options)).to.deep.equal({ requestUri, expiresIn: 60 });
    const request = requests[0]!;
    expect(request.url).to.equal(endpoint);
    expect(request.method).to.equal("POST");
    expect([...request.headers.keys()]).to.deep.equal(["content-type"]);
    expect(request.headers.get("content-type")).to.match(/^application\/x-www-form-urlencoded/);
    expect([...new URLSearchParams(await request.text())]).to.deep.equal([
      ...options.parameters,
      ["client_id", options.clientId],
    ]);
  });

  it("proves the key that the code is to be bound to", async () => {
    let count = 0;
    const { requests } = serve(() =>
      (count += 1) === 1
        ? Response.json(
            { error: "use_dpop_nonce" },
            { status: 400, headers: { "DPoP-Nonce": "n" } },
          )
        : pushed(),
    );
    const proof = createProofOfPossession(createMovingClock());
    expect((await pushAuthorizationRequest({ ...options, proof })).requestUri).to.equal(requestUri);
    const proofs = requests.map(({ headers }) => decodeJwt(String(headers.get("dpop"))));
    expect(proofs.map(({ htm, htu, nonce }) => [htm, htu, nonce])).to.deep.equal([
      ["POST", endpoint, undefined],
      ["POST", endpoint, "n"],
    ]);
  });

  const refusals: readonly [string, () => Response, RegExp][] = [
    ["200", () => Response.json({ request_uri: requestUri, expires_in: 60 }), /HTTP 200/],
    [
      "no request_uri",
      () => Response.json({ expires_in: 60 }, { status: 201 }),
      /without a request_uri/,
    ],
    [
      "a request_uri that is no text",
      () => Response.json({ request_uri: [requestUri], expires_in: 60 }, { status: 201 }),
      /without a request_uri/,
    ],
    [
      "a request_uri that has expired",
      () => Response.json({ request_uri: requestUri, expires_in: 0 }, { status: 201 }),
      /without a request_uri that can be used/,
    ],
    [
      "a time that no number can be made of",
      () =>
        Response.json(
          { request_uri: requestUri, expires_in: { toString: null, valueOf: null } },
          { status: 201 },
        ),
      /without a request_uri that can be used/,
    ],
    [
      "an error",
      () => Response.json({ error: "invalid_client" }, { status: 401 }),
      /"invalid_client" \(HTTP 401\)/,
    ],
    [
      "a text for its error",
      () => Response.json({ error: "Call +1 555 0100" }, { status: 400 }),
      /"unknown" \(HTTP 400\)/,
    ],
    ["HTML", () => new Response("<!doctype html>", { status: 503 }), /"unknown" \(HTTP 503\)/],
  ];
  for (const [what, answer, says] of refusals) {
    it(`fails where the answer is ${what}`, async () => {
      serve(answer);
      const { code, message } = await caught(pushAuthorizationRequest(options));
      expect(code).to.equal("authorization_failed");
      expect(message).to.match(says);
      expect(message).not.to.match(/secret|555|urn:/);
    });
  }

  it("fails where the network is down or slow, or nobody waits", async () => {
    serve(() => Promise.reject(new TypeError("Failed to fetch")));
    expect(await codeOf(pushAuthorizationRequest(options))).to.equal("request_failed");
    server?.stop();
    serve(never);
    expect(await codeOf(pushAuthorizationRequest({ ...options, timeout: 10 }))).to.equal(
      "request_timeout",
    );
    const signal = AbortSignal.abort();
    expect(await codeOf(pushAuthorizationRequest({ ...options, signal }))).to.equal("aborted");
  });
});

describe("the address of a pushed request", () => {
  const authorizationEndpoint = "https://login.example/authorize?tenant=a";
  const { signal } = new AbortController();
  let count = 0;
  /** Each test has an endpoint of its own: one that can't be used is remembered. */
  const target = (offersPush: boolean): Provider => ({
    authorizationEndpoint,
    pushedAuthorizationRequestEndpoint: `https://login.example/par/${(count += 1)}`,
    offersPush,
  });
  const { config } = checkConfig({ clientId: "brand", requestTimeout: 50 });

  const plain = (): AuthorizationRequest =>
    createAuthorizationRequest(
      authorizationEndpoint,
      {
        response_type: "code",
        client_id: "brand",
        redirect_uri: "https://brand.example/callback.html",
        scope: "openid",
      },
      "c".repeat(43),
    );

  it("holds the client and the request_uri, and nothing of the request", async () => {
    const { requests } = serve(pushed);
    const request = plain();
    const { url, ...rest } = await push(request, config, target(false), signal, undefined);
    expect([...new URL(url).searchParams]).to.deep.equal([
      ["tenant", "a"],
      ["client_id", "brand"],
      ["request_uri", requestUri],
    ]);
    expect(new URL(url).origin + new URL(url).pathname).to.equal("https://login.example/authorize");
    const { url: before, ...same } = request;
    expect(rest).to.deep.equal(same);
    const body = new URLSearchParams(await requests[0]!.text());
    expect([...body].sort()).to.deep.equal([...new URL(before).searchParams].sort());
    expect(body.get("state")).to.equal(request.state);
  });

  it("is that of the request as it was where an offer can't be taken, which is tried once", async () => {
    for (const answer of [
      (): Response => Response.json({ error: "invalid_client" }, { status: 401 }),
      (): Promise<Response> => Promise.reject(new TypeError("Failed to fetch")),
      never,
    ]) {
      const network = serve(answer);
      const provider = target(true);
      const request = plain();
      expect(await push(request, config, provider, signal, undefined)).to.equal(request);
      expect(await push(request, config, provider, signal, undefined)).to.equal(request);
      expect(network.requests).to.have.lengthOf(1);
      network.stop();
    }
  });

  it("is pushed by an offer that can be taken", async () => {
    serve(pushed);
    const { url } = await push(plain(), config, target(true), signal, undefined);
    expect(new URL(url).searchParams.get("request_uri")).to.equal(requestUri);
  });

  it("can't be had where a push is demanded and fails, and each login tries anew", async () => {
    const provider = target(false);
    serve(() => new Response("", { status: 503 }));
    const error = await caught(push(plain(), config, provider, signal, undefined));
    expect(error.code).to.equal("authorization_failed");
    expect(error.message).to.include("HTTP 503");
    server?.stop();
    serve(never);
    expect(await codeOf(push(plain(), config, provider, signal, undefined))).to.equal(
      "request_timeout",
    );
    server?.stop();
    serve(pushed);
    const { url } = await push(plain(), config, provider, signal, undefined);
    expect(url).to.include("request_uri=");
  });

  it("is waited for no longer than the caller does, an offer neither", async () => {
    serve(never);
    const provider = target(true);
    const abort = AbortSignal.abort();
    expect(await codeOf(push(plain(), config, provider, abort, undefined))).to.equal("aborted");
    server?.stop();
    serve(pushed);
    const { url } = await push(plain(), config, provider, signal, undefined);
    expect(url).to.include("request_uri=");
  });
});

describe("whether a request is pushed", () => {
  const issuer = "https://login.example";
  const par = `${issuer}/par`;
  const own = "https://brand.example/par";
  const page = { exchange: "widget" } as const;
  const offer = { pushed_authorization_request_endpoint: par };
  const demand = { ...offer, require_pushed_authorization_requests: true };
  const option = { pushedAuthorizationRequestEndpoint: own };

  const cases: readonly [string, ConsumerAuthConfig, object, string | undefined, boolean?][] = [
    ["never, where the provider says nothing of it", page, {}, undefined, true],
    ["the page's own client takes the provider's offer", page, offer, par, true],
    ["the cloud's client doesn't: the page has no secret", {}, offer, undefined],
    ["the implicit client doesn't", { flow: "implicit" }, offer, undefined],
    ["where the provider demands it, the page's client", page, demand, par, false],
    ["where the provider demands it, the cloud's client", {}, demand, par, false],
    ["where the page gives an endpoint, the cloud's client", option, {}, own, false],
    [
      "where the page gives an endpoint, before the provider's",
      { ...page, ...option },
      demand,
      own,
      false,
    ],
    [
      "a demand that is no boolean is none",
      {},
      { ...offer, require_pushed_authorization_requests: "true" },
      undefined,
    ],
  ];
  for (const [what, options, metadata, endpoint, offersPush] of cases) {
    it(what, async () => {
      serve(() =>
        Response.json({ issuer, authorization_endpoint: `${issuer}/authorize`, ...metadata }),
      );
      const { config } = checkConfig({ issuer, ...options });
      const { signal } = new AbortController();
      const found = await findProvider(config, ["authorizationEndpoint"], signal);
      expect(found.pushedAuthorizationRequestEndpoint).to.equal(endpoint);
      expect(found.offersPush).to.equal(offersPush);
    });
  }

  it("by the page's endpoint without a request for metadata", async () => {
    const { requests } = serve(() => Response.json({}));
    const authorizationEndpoint = `${issuer}/authorize`;
    const { config } = checkConfig({ ...option, authorizationEndpoint });
    const { signal } = new AbortController();
    const found = await findProvider(config, ["authorizationEndpoint"], signal);
    expect(found.pushedAuthorizationRequestEndpoint).to.equal(own);
    expect(found.offersPush).to.equal(undefined);
    expect(requests).to.have.lengthOf(0);
  });

  it("to no place that isn't safe", async () => {
    serve(() =>
      Response.json({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        ...demand,
        pushed_authorization_request_endpoint: "http://login.example/par",
      }),
    );
    const { config } = checkConfig({ issuer });
    const { signal } = new AbortController();
    const { code, message } = await caught(findProvider(config, ["authorizationEndpoint"], signal));
    expect(code).to.equal("discovery_failed");
    expect(message).to.include("pushed_authorization_request_endpoint");
  });
});
