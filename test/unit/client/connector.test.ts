import { expect } from "@esm-bundle/chai";

import type { ConsumerAuthError } from "../../../src/base/errors.js";
import { completeFromConnector } from "../../../src/client/connector.js";
import { needsConnector } from "../../../src/client/with-connector.js";
import { validateConfig } from "../../../src/config/explain.js";
import type { ConsumerAuthConfig } from "../../../src/config/options.js";
import { answerRequests, never, type AnsweredRequests } from "../../support/answered-requests.js";
import { caught, codeOf } from "../../support/caught.js";
import { recordWarnings, type RecordedWarnings } from "../../support/recorded-warnings.js";
import { createPublicKeyLine } from "../../support/rsa-keys.js";

const accountId = "12345678";

describe("a configuration completed by a connector", () => {
  let server: AnsweredRequests | undefined;
  let warnings: RecordedWarnings;
  let jwtPublicKey: string;

  before(async () => {
    jwtPublicKey = await createPublicKeyLine(2048);
  });

  beforeEach(() => {
    warnings = recordWarnings();
  });

  afterEach(() => {
    warnings.stop();
    server?.stop();
    server = undefined;
  });

  const implicit = (): Record<string, unknown> => ({
    issuer: "https://login.example",
    authorizationEndpoint: "https://login.example/authorize",
    clientId: "messaging",
    jwtValidationType: "PUBLIC_JWT_KEY",
    jwtPublicKey,
    jsContext: "lpMethods",
    jsMethodName: "getToken",
  });
  const code = (): Record<string, unknown> => ({
    ...implicit(),
    tokenEndpoint: "https://login.example/token",
  });
  const guests = { jsMethodName: "lpTag.taglets.unAuthMessaging.lpUnauthFunction" };

  const publish = (...configurations: object[]): AnsweredRequests =>
    (server = answerRequests(() =>
      Response.json(
        configurations.map((configuration, index) => ({ id: `${index + 1}`, configuration })),
      ),
    ));

  const complete = (options: ConsumerAuthConfig = {}): Promise<ConsumerAuthConfig> =>
    completeFromConnector({ accountId, ...options });

  it("needs nothing but the account", async () => {
    publish(implicit());
    const config = validateConfig(await complete());
    expect(config).to.include({
      accountId,
      flow: "implicit",
      issuer: "https://login.example",
      authorizationEndpoint: "https://login.example/authorize",
      clientId: "messaging",
      jwtPublicKey,
      jsContext: "lpMethods",
      jsMethodName: "getToken",
      redirectUri: `${location.origin}/callback.html`,
      engagement: "either",
    });
  });

  it("keeps every word of the page", async () => {
    publish(code());
    const page: ConsumerAuthConfig = {
      accountId,
      flow: "implicit",
      issuer: "https://login.example",
      authorizationEndpoint: "https://login.example/other",
      clientId: "mine",
      jwtPublicKey: "mine",
      jsContext: "mine",
      jsMethodName: "mine",
      redirectUri: "/mine.html",
      engagement: "authenticated",
    };
    expect({ ...(await completeFromConnector(page)) }).to.deep.include(page);
  });

  it("takes what the page leaves undefined or null", async () => {
    publish(implicit());
    const page = { clientId: undefined, jsContext: null } as unknown as ConsumerAuthConfig;
    expect(await complete(page)).to.include({ clientId: "messaging", jsContext: "lpMethods" });
  });

  it("takes no client, endpoint or key of another issuer", async () => {
    publish(code());
    const completed = await complete({ issuer: "https://staging.example" });
    expect(completed).to.include({ issuer: "https://staging.example", jsMethodName: "getToken" });
    expect(completed).not.to.have.any.keys(
      "clientId",
      "authorizationEndpoint",
      "tokenEndpoint",
      "jwtPublicKey",
    );
  });

  it("doesn't let the connector's key win over the page's key set", async () => {
    publish(implicit());
    const jwksEndpoint = "https://login.example/jwks";
    const completed = await complete({ jwksEndpoint });
    expect(completed).to.include({ jwksEndpoint }).and.not.have.property("jwtPublicKey");
  });

  it("stays with the code flow where the page exchanges the code", async () => {
    publish(implicit());
    const config = validateConfig(await complete({ exchange: "widget" }));
    expect(config).to.include({ flow: "code", exchange: "widget", clientId: "messaging" });
  });

  it("leaves the flow to the default where the connector doesn't tell", async () => {
    publish({ issuer: "https://login.example", clientId: "messaging" });
    expect(await complete()).not.to.have.property("flow");
  });

  it("takes the connector that connectorId names", async () => {
    publish(implicit(), { ...code(), clientId: "second" });
    expect(await complete({ connectorId: "2" })).to.include({ clientId: "second", flow: "code" });
    expect(await codeOf(complete({ connectorId: "3" }))).to.equal("invalid_config");
    expect(await codeOf(complete())).to.equal("invalid_config");
  });

  it("says of a wrong value that it is the connector's", async () => {
    publish({ ...implicit(), authorizationEndpoint: "http://login.example/authorize" });
    const completed = await complete();
    const { message } = await caught(() => validateConfig(completed));
    expect(message).to.match(
      /authorizationEndpoint must begin with https:\/\/.* It is from the connector "1": mend it there, or write authorizationEndpoint on the page\.$/,
    );
    // Copied, as an application completes it further.
    const copied = await caught(() => validateConfig({ ...completed, scope: "openid email" }));
    expect(copied.message).to.include('from the connector "1"');
    const mended = { ...completed, authorizationEndpoint: "https://login.example/authorize" };
    expect(validateConfig(mended).clientId).to.equal("messaging");
    const worse = { ...completed, authorizationEndpoint: "http://elsewhere.example/" };
    expect((await caught(() => validateConfig(worse))).message).not.to.include(
      "from the connector",
    );
  });

  it("refuses a weak key and a place on a prototype, which a connector may hold too", async () => {
    const weak = await createPublicKeyLine(1024);
    publish({ ...implicit(), jwtPublicKey: weak, jsMethodName: "constructor" });
    const completed = await complete();
    const { message } = await caught(() => validateConfig(completed));
    expect(message).to.match(/jwtPublicKey is not an RSA public key.*from the connector "1"/);
    expect(message).to.match(/jsMethodName must be one name.*from the connector "1"/);
  });

  it("is one for guests where the account has nothing else", async () => {
    publish(guests);
    const completed = await complete();
    expect(completed).to.include({ engagement: "unauthenticated" });
    // The cloud's own function stays where it is.
    expect(completed).not.to.have.any.keys("jsMethodName", "jsContext", "issuer");
    expect(validateConfig(completed).jsMethodName).to.equal("lpGetAuthenticationToken");
  });

  for (const page of [
    { engagement: "authenticated" },
    { engagement: "either" },
    { anonymous: false },
    { anonymous: "false" },
  ]) {
    it(`isn't made of the unauthenticated connector with ${JSON.stringify(page)}`, async () => {
      publish(guests);
      const error = await caught(complete(page as ConsumerAuthConfig));
      expect(error.code).to.equal("invalid_config");
      expect(error.message).to.include('unauthenticated connector "1"').and.include("connectorId");
    });
  }

  for (const page of [
    { accountId: "../1" },
    { connectorId: " " },
    { connectorApi: "http://accdn.example" },
    { connectorApi: "accdn.example" },
    { requestTimeout: "soon" },
  ] as object[]) {
    it(`isn't asked for with ${JSON.stringify(page)}; the check says what is wrong`, async () => {
      const { requests } = publish(implicit());
      const completed = await complete(page);
      expect(requests).to.have.lengthOf(0);
      const { message } = await caught(() => validateConfig(completed));
      expect(message).to.include(Object.keys(page)[0]);
    });
  }

  it("needs the account", async () => {
    const error = await caught(completeFromConnector({ connectorId: "1" }));
    expect(error.code).to.equal("invalid_config");
    expect(error.message).to.match(/^accountId is missing/);
  });

  it("reports a client secret once, without its value, and goes on without it", async () => {
    publish({ ...implicit(), clientSecret: "hush" }, { clientSecret: "hush" });
    const reported: ConsumerAuthError[] = [];
    const completed = await completeFromConnector(
      { accountId },
      { report: (error) => reported.push(error) },
    );
    expect(completed.clientId).to.equal("messaging");
    expect(reported.map((error) => error.code)).to.deep.equal(["invalid_config"]);
    expect(reported[0]?.message).to.match(
      /^The public connector configuration holds a client secret, .*have it replaced/,
    );
    expect(warnings.messages).to.deep.equal([`consumer-auth: ${reported[0]?.message}`]);
    const said = JSON.stringify([completed, reported, warnings.messages, reported[0]?.stack]);
    expect(said).not.to.include("hush");
  });

  it("says nothing where no secret is public", async () => {
    publish({ ...implicit(), clientSecret: null });
    await complete();
    expect(warnings.messages).to.deep.equal([]);
  });

  it("ends when the caller gives up", async () => {
    server = answerRequests(never);
    const caller = new AbortController();
    const work = completeFromConnector({ accountId }, { signal: caller.signal });
    caller.abort();
    expect(await codeOf(work)).to.equal("aborted");
  });
});

describe("a connector", () => {
  const needed: readonly [boolean, object][] = [
    [true, { accountId }],
    [true, { accountId, engagement: "authenticated" }],
    [true, { accountId, clientId: "brand" }],
    [true, { accountId, issuer: "https://login.example" }],
    [true, { connectorId: "1" }],
    [true, { accountId, connectorId: "1", clientId: "brand", issuer: "https://login.example" }],
    [true, { accountId, connectorId: "1", engagement: "unauthenticated" }],
    [false, {}],
    [false, { clientId: "brand" }],
    [false, { accountId, clientId: "brand", issuer: "https://login.example" }],
    [false, { accountId, clientId: "brand", authorizationEndpoint: "https://login.example/a" }],
    [false, { accountId, engagement: "unauthenticated" }],
    [false, { accountId, credentialEndpoint: "/token" }],
    [false, { accountId, provider: "brand.getToken" }],
    [false, { accountId, host: "brandApp" }],
  ];
  for (const [needs, options] of needed) {
    it(`is ${needs ? "" : "not "}asked for with ${JSON.stringify(options)}`, () => {
      expect(Boolean(needsConnector(options))).to.equal(needs);
    });
  }
});
