import { expect } from "@esm-bundle/chai";

import { checkConfig } from "../../../src/config/check-config.js";
import type { ConsumerAuthConfig } from "../../../src/config/options.js";
import type { NeededEndpoint, Provider } from "../../../src/oidc/provider-metadata.js";
import { findProvider } from "../../../src/oidc/provider.js";
import { answerRequests, never, type AnsweredRequests } from "../../support/answered-requests.js";
import { caught, codeOf } from "../../support/caught.js";

const issuer = "https://login.example/tenant";
const metadata = {
  issuer,
  authorization_endpoint: "https://login.example/authorize",
  token_endpoint: "https://login.example/token",
  jwks_uri: "https://login.example/jwks",
  end_session_endpoint: "https://login.example/logout",
  revocation_endpoint: "https://login.example/revoke",
};

describe("the endpoints of an identity provider", () => {
  let server: AnsweredRequests | undefined;

  afterEach(() => {
    server?.stop();
    server = undefined;
  });

  const publish = (document: unknown, status = 200): AnsweredRequests =>
    (server = answerRequests(() => Response.json(document, { status })));

  const find = (
    needed: readonly NeededEndpoint[] = ["authorizationEndpoint"],
    options: ConsumerAuthConfig = {},
    signal = new AbortController().signal,
  ): Promise<Provider> => findProvider(checkConfig({ issuer, ...options }).config, needed, signal);

  it("are read from the issuer's metadata", async () => {
    const { requests } = publish(metadata);
    expect(await find(["authorizationEndpoint", "tokenEndpoint", "jwksEndpoint"])).to.deep.equal({
      issuer,
      authorizationEndpoint: metadata.authorization_endpoint,
      tokenEndpoint: metadata.token_endpoint,
      jwksEndpoint: metadata.jwks_uri,
      endSessionEndpoint: metadata.end_session_endpoint,
      revocationEndpoint: metadata.revocation_endpoint,
      promisesIss: false,
    });
    expect(requests.map(({ url }) => url)).to.deep.equal([
      "https://login.example/tenant/.well-known/openid-configuration",
    ]);
  });

  it("are found for an issuer that ends in a slash", async () => {
    const { requests } = publish({ ...metadata, issuer: `${issuer}/` });
    await find(undefined, { issuer: `${issuer}/` });
    expect(requests[0]?.url).to.equal(`${issuer}/.well-known/openid-configuration`);
  });

  it("are those of the configuration, without a request, where it has all that is needed", async () => {
    const { requests } = publish(metadata);
    const authorizationEndpoint = "https://own.example/authorize";
    const found = await find(["authorizationEndpoint"], { authorizationEndpoint });
    expect(found.authorizationEndpoint).to.equal(authorizationEndpoint);
    expect(requests).to.have.lengthOf(0);
  });

  it("are those of the configuration before those of the metadata", async () => {
    publish(metadata);
    const found = await find(["authorizationEndpoint", "tokenEndpoint"], {
      tokenEndpoint: "https://own.example/token",
    });
    expect(found.tokenEndpoint).to.equal("https://own.example/token");
    expect(found.authorizationEndpoint).to.equal(metadata.authorization_endpoint);
  });

  it("are asked for once by whoever has the same configuration", async () => {
    const { requests } = publish(metadata);
    const { config } = checkConfig({ issuer });
    const [first] = await Promise.all([
      findProvider(config, ["authorizationEndpoint"]),
      findProvider(config, ["tokenEndpoint"]),
    ]);
    expect(await findProvider(config, ["jwksEndpoint"])).to.deep.equal(first);
    expect(requests).to.have.lengthOf(1);
    await findProvider(checkConfig({ issuer }).config, ["jwksEndpoint"]);
    expect(requests).to.have.lengthOf(2);
  });

  it("are asked for again after that failed", async () => {
    const { config } = checkConfig({ issuer });
    server = answerRequests(() => Promise.reject(new TypeError("Failed to fetch")));
    expect(await codeOf(findProvider(config, ["tokenEndpoint"]))).to.equal("request_failed");
    server.stop();
    publish(metadata);
    const { tokenEndpoint } = await findProvider(config, ["tokenEndpoint"]);
    expect(tokenEndpoint).to.equal(metadata.token_endpoint);
  });

  it("are still asked for where one of those who wait gives up", async () => {
    let answer: (response: Response) => void = () => undefined;
    const answered = new Promise<Response>((resolve) => (answer = resolve));
    server = answerRequests(() => answered);
    const { config } = checkConfig({ issuer });
    const leaving = new AbortController();
    const leaves = findProvider(config, ["tokenEndpoint"], leaving.signal);
    const stays = findProvider(config, ["tokenEndpoint"]);
    leaving.abort();
    expect(await codeOf(leaves)).to.equal("aborted");
    answer(Response.json(metadata));
    expect((await stays).tokenEndpoint).to.equal(metadata.token_endpoint);
  });

  it("come with the promise that responses name the issuer (RFC 9207)", async () => {
    for (const [promise, promises] of [
      [true, true],
      [false, false],
      ["true", false],
    ] as const) {
      server?.stop();
      publish({ ...metadata, authorization_response_iss_parameter_supported: promise });
      expect((await find()).promisesIss).to.equal(promises);
    }
  });

  for (const other of ["https://evil.example", `${issuer}/`, undefined, null, [issuer]]) {
    it(`are refused where the metadata is that of ${JSON.stringify(other)}`, async () => {
      publish({ ...metadata, issuer: other });
      const { code, message } = await caught(find());
      expect(code).to.equal("discovery_failed");
      expect(message).to.include("names another issuer");
      expect(message).not.to.include("evil");
    });
  }

  for (const status of [201, 301, 404, 500]) {
    it(`are not read from an answer ${status}`, async () => {
      publish(metadata, status);
      // Too short to ask again.
      const { code, message } = await caught(find(undefined, { requestTimeout: 4000 }));
      expect(code).to.equal("discovery_failed");
      expect(message).to.include(`HTTP ${status}`);
    });
  }

  it("are not read from HTML", async () => {
    server = answerRequests(() => new Response("<!doctype html>"));
    expect(await codeOf(find())).to.equal("discovery_failed");
  });

  for (const endpoint of [
    undefined,
    "http://login.example/authorize",
    "javascript:alert(1)",
    [metadata.authorization_endpoint],
    "data:text/html,x",
    "/authorize",
    "https://user:password@login.example/",
    5,
    {},
    "",
  ]) {
    it(`are refused where a needed one is ${JSON.stringify(endpoint)}`, async () => {
      publish({ ...metadata, authorization_endpoint: endpoint });
      const { code, message } = await caught(find());
      expect(code).to.equal("discovery_failed");
      expect(message).to.match(/no authorization_endpoint.*give authorizationEndpoint/);
    });
  }

  it("may lack what is not needed", async () => {
    publish({ issuer, authorization_endpoint: metadata.authorization_endpoint });
    const { tokenEndpoint, jwksEndpoint } = await find();
    expect([tokenEndpoint, jwksEndpoint]).to.deep.equal([undefined, undefined]);
    expect((await caught(find(["jwksEndpoint"]))).message).to.include("jwks_uri");
  });

  for (const endpoint of ["http://login.example/", "javascript:alert(1)", "/logout", 5, ""]) {
    it(`are not spoilt by one that isn't needed, and is not safe: ${JSON.stringify(endpoint)}`, async () => {
      publish({ ...metadata, end_session_endpoint: endpoint, revocation_endpoint: endpoint });
      const found = await find();
      expect(found.authorizationEndpoint).to.equal(metadata.authorization_endpoint);
      expect([found.endSessionEndpoint, found.revocationEndpoint]).to.deep.equal([
        undefined,
        undefined,
      ]);
    });
  }

  it("can't be had from a network that is down, slow, or not waited for", async () => {
    server = answerRequests(() => Promise.reject(new TypeError("Failed to fetch")));
    expect(await codeOf(find())).to.equal("request_failed");
    server.stop();
    server = answerRequests(never);
    expect(await codeOf(find(undefined, { requestTimeout: 10 }))).to.equal("request_timeout");
    expect(await codeOf(find(undefined, {}, AbortSignal.abort()))).to.equal("aborted");
  });
});
