import { expect } from "@esm-bundle/chai";
import fc from "fast-check";

import { completeFromConnector } from "../../src/client/connector.js";
import { requestAnonymousToken } from "../../src/cloud/anonymous-token.js";
import { chooseConnector } from "../../src/cloud/connectors.js";
import { findService } from "../../src/cloud/domain.js";
import { readConnectors } from "../../src/cloud/read-connectors.js";
import { checkConfig } from "../../src/config/check-config.js";
import { validateConfig } from "../../src/config/explain.js";
import { discoverProvider } from "../../src/oidc/discovery.js";
import { pushAuthorizationRequest } from "../../src/oidc/pushed-request.js";
import { requestTokens } from "../../src/oidc/token-request.js";
import { createSource as createEndpointSource } from "../../src/sources/endpoint.js";
import { createMovingClock } from "../support/moving-clock.js";
import { override } from "../support/override.js";
import { always } from "../support/properties.js";
import { almost, anything, outcomeOf, secret, toJson } from "../support/rubbish.js";

const issuer = "https://login.example";
const clientSecret = "c1ient-5ecret";

/** Addresses that are one, and such as only look like it. */
const addresses = [
  "https://login.example/a",
  "https://login.example/a",
  "http://login.example/a",
  "http://localhost:1/a",
  "https://user:pass@login.example/a",
  "https://login.example/a#b",
  "javascript:alert(1)",
  "data:text/html,x",
  "//login.example/a",
  "/a",
  "https://",
  "https://xn--",
  " https://login.example/a",
  "HTTPS://LOGIN.EXAMPLE",
];

interface ServerAnswer {
  readonly status: number;
  readonly body: string;
}

const statuses = fc.oneof(
  { weight: 5, arbitrary: fc.constant(200) },
  { weight: 2, arbitrary: fc.constantFrom(201, 204, 206, 301, 400, 401, 404, 500) },
);

/** What a server may say in place of what it should. */
const answers = (object: fc.Arbitrary<unknown>): fc.Arbitrary<ServerAnswer> =>
  fc.record({
    status: statuses,
    body: fc.oneof(
      { weight: 6, arbitrary: object.map(toJson) },
      { weight: 1, arbitrary: fc.json() },
      { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
      { weight: 1, arbitrary: anything().map(toJson) },
      { weight: 1, arbitrary: object.map((value) => toJson(value).slice(0, -1)) },
    ),
  });

/** Work whose every request gets these answers, the last one again and again. */
async function answered<Result>(
  given: readonly ServerAnswer[],
  work: () => Promise<Result>,
): Promise<Result> {
  let count = 0;
  const undo = override(window, "fetch", async () => {
    const { status, body } = given[Math.min(count++, given.length - 1)]!;
    return new Response(status === 204 ? null : body, { status });
  });
  try {
    return await work();
  } finally {
    undo();
  }
}

const isSafe = (address: unknown): boolean => {
  if (typeof address !== "string" || !URL.canParse(address)) return false;
  const { protocol, hostname, username, password, hash } = new URL(address);
  return (
    (protocol === "https:" || (protocol === "http:" && hostname === "localhost")) &&
    username + password + hash === ""
  );
};

describe("what servers answer", () => {
  always(
    "for the provider's metadata leads to safe addresses of that issuer, or nowhere",
    600,
    fc.asyncProperty(
      answers(
        almost({
          issuer: [issuer, issuer, issuer, `${issuer}/`, "https://evil.example"],
          authorization_endpoint: addresses,
          token_endpoint: addresses,
          jwks_uri: addresses,
          end_session_endpoint: addresses,
          revocation_endpoint: addresses,
          pushed_authorization_request_endpoint: addresses,
          authorization_response_iss_parameter_supported: [true, false, "true"],
          require_pushed_authorization_requests: [true, false, "true"],
        }),
      ),
      fc.constantFrom("window", "widget"),
      fc.subarray(["authorizationEndpoint", "tokenEndpoint", "jwksEndpoint"] as const),
      async (answer, exchange, needed) => {
        const { config } = checkConfig({ issuer, exchange, requestTimeout: 1000 });
        const { value, error } = await answered([answer], () =>
          outcomeOf(() => discoverProvider(config, needed)),
        );
        if (error) {
          expect(error.code).to.equal("discovery_failed");
          return;
        }
        const metadata = JSON.parse(answer.body) as Record<string, unknown>;
        expect(metadata["issuer"]).to.equal(issuer);
        for (const [name, found] of Object.entries(value)) {
          if (name.endsWith("Endpoint") && found !== undefined)
            expect(isSafe(found), String(found)).to.equal(true);
        }
        for (const name of needed) expect(value[name]).to.be.a("string");
      },
    ),
  );

  always(
    "at the token endpoint is an ID token with 200, or an error that repeats nothing",
    600,
    fc.asyncProperty(
      answers(
        almost({
          id_token: [secret, ""],
          refresh_token: [secret],
          access_token: [secret],
          token_type: ["Bearer", "DPoP"],
          error: ["invalid_grant", "invalid_request", secret, "<b>"],
          error_description: [secret],
        }),
      ),
      async (answer) => {
        const { value, error } = await answered([answer], () =>
          outcomeOf(() =>
            requestTokens({
              tokenEndpoint: "https://login.example/token",
              clientId: "brand",
              parameters: { grant_type: "authorization_code", code: secret },
              timeout: 1000,
            }),
          ),
        );
        if (error) expect(error.code).to.match(/^(token_request_failed|grant_expired)$/);
        else {
          expect(answer.status).to.equal(200);
          expect(value.idToken).to.equal(
            (JSON.parse(answer.body) as Record<string, unknown>)["id_token"],
          );
          expect(typeof value.refreshToken).to.match(/^(string|undefined)$/);
        }
      },
    ),
  );

  always(
    "to a pushed request is an address for it with 201, or an error",
    300,
    fc.asyncProperty(
      answers(
        almost({
          request_uri: ["urn:ietf:params:oauth:request_uri:1", ""],
          expires_in: [60, 0, -1, "60"],
          error: ["invalid_request", secret],
        }),
      ),
      async (answer) => {
        const { value, error } = await answered([answer], () =>
          outcomeOf(() =>
            pushAuthorizationRequest({
              endpoint: "https://login.example/par",
              clientId: "brand",
              parameters: new URLSearchParams({ login_hint: secret }),
              timeout: 1000,
            }),
          ),
        );
        if (error) expect(error.code).to.equal("authorization_failed");
        else {
          expect(answer.status).to.equal(201);
          expect(value.requestUri).to.be.a("string").that.is.not.empty;
          expect(value.expiresIn).to.be.above(0);
        }
      },
    ),
  );

  const hosts = [
    "idp.liveperson.net",
    "idp.liveperson.net:8443",
    "IDP.LivePerson.net",
    "liveperson.net",
    "liveperson.net.evil.example",
    "evilliveperson.net",
    "idp.liveperson.net@evil.example",
    "evil.example/idp.liveperson.net",
    "evil.example?.liveperson.net",
    "evil.example#.liveperson.net",
    "evil.example\\.liveperson.net",
    "idp.liveperson.net:99999",
    "idp.liveperson.net:",
    ".liveperson.net",
    "idp.liveperson.net.",
    "idp。liveperson.net",
    "https://idp.liveperson.net",
    "idp.liveperson.net\n",
    "",
  ];
  const domain = answers(
    almost({
      baseURI: [...hosts, "idp.liveperson.net", "idp.liveperson.net"],
      service: ["idp"],
      account: ["1"],
    }),
  );

  always(
    "where a service of the cloud is, is one of the hosts that are allowed",
    600,
    fc.asyncProperty(domain, async (answer) => {
      const { config } = checkConfig({ accountId: "1", requestTimeout: 1000 });
      const { value, error } = await answered([answer], () =>
        outcomeOf(() => findService(config, "idp")),
      );
      if (error) expect(error.code).to.match(/^(anonymous_unavailable|cloud_host_refused)$/);
      else expect(new URL(value).hostname).to.match(/(^|\.)(liveperson|lpsnmedia)\.net$/);
    }),
  );

  always(
    "for a guest is a token with 200, or an error code",
    300,
    fc.asyncProperty(
      answers(
        almost({ token: [secret, "a.b.c"], internalErrorCode: ["2001", 2005, "9013", secret] }),
      ),
      async (answer) => {
        const { config } = checkConfig({ accountId: "1", requestTimeout: 1000 });
        const found = { status: 200, body: '{"baseURI":"idp.liveperson.net"}' };
        const { value, error } = await answered([found, answer], () =>
          outcomeOf(() => requestAnonymousToken(config, secret)),
        );
        expect(error).to.equal(undefined);
        if (value!.token !== undefined) {
          expect(answer.status).to.equal(200);
          expect(value!.token).to.be.a("string");
        } else expect(value!.internalErrorCode).to.be.a("string");
      },
    ),
  );

  always(
    "at the site's own endpoint never is more than a code, a token or nobody",
    500,
    fc.asyncProperty(
      answers(
        fc.oneof(
          almost({
            id_token: [secret, "a.b.c"],
            code: [secret, ""],
            ssoKey: [secret],
            redirect_uri: ["https://brand.example/a", "x"],
          }),
          anything([secret, "a.b.c"]),
        ),
      ),
      async (answer) => {
        const { config } = checkConfig({
          credentialEndpoint: "/credential",
          engagement: "authenticated",
          requestTimeout: 1000,
        });
        const source = createEndpointSource({ config, clock: createMovingClock() });
        const call = { codeChallenge: undefined, interactive: false, renew: false };
        const { value, error } = await answered([answer], () =>
          outcomeOf(() => source({ ...call, signal: new AbortController().signal })),
        );
        if (error) expect(error.code).to.match(/^(provider_failed|response_invalid)$/);
        else if (value) {
          expect(answer.status).to.equal(200);
          expect(value.kind).to.equal("code");
        } else expect([200, 204, 401]).to.include(answer.status);
      },
    ),
  );

  const settings = almost({
    id: ["1", 2, "x".repeat(200)],
    name: ["a"],
    type: [1, "code", "implicit"],
    deleted: [true, "false"],
    preferred: [true, "true", false],
    issuer: [issuer],
    clientId: ["brand"],
    authorizationEndpoint: addresses,
    jsMethodName: [
      "lpGetAuthenticationToken",
      "a.b",
      "__proto__",
      "lpTag.taglets.unAuthMessaging.lpUnauthFunction",
    ],
    jsContext: ["window", "lpMethods", "constructor"],
    configuration: [
      { jsMethodName: "get", jwtPublicKey: "x", client_secret: clientSecret },
      JSON.stringify({
        issuer,
        clientId: "brand",
        tokenEndpoint: "https://login.example/token",
        pkce: true,
      }),
      "{",
    ],
  });
  const connector = fc
    .tuple(settings, fc.subarray(["clientSecret", "client_secret", "appSecret"]))
    .map(([given, names]) =>
      Object.assign(
        given,
        // An id is public, and may be named.
        toJson(given["id"]).includes(secret) && { id: "1" },
        Object.fromEntries(names.map((name) => [name, clientSecret])),
      ),
    );

  always(
    "of the account's connectors gives a configuration that is checked, and no secret of theirs",
    600,
    fc.asyncProperty(
      answers(
        fc.oneof(
          fc.array(connector, { maxLength: 4 }),
          connector,
          almost({ connectors: [[], {}] }),
        ),
      ),
      fc.constantFrom("1", "2", undefined),
      async (answer, connectorId) => {
        const read = await outcomeOf(() =>
          readConnectors(JSON.parse(answer.body) as unknown),
        ).catch((error: unknown) => {
          expect(error).to.be.instanceOf(SyntaxError);
        });
        const { connectors = [] } = read?.value ?? {};
        expect(JSON.stringify(connectors)).not.to.include(clientSecret);
        await outcomeOf(() => chooseConnector(connectors, connectorId));
        const undo = override(console, "warn", (text: unknown) =>
          expect(String(text)).not.to.include(clientSecret),
        );
        try {
          const { value, error } = await answered([answer], () =>
            outcomeOf(() =>
              completeFromConnector({
                accountId: "1",
                ...(connectorId && { connectorId }),
                requestTimeout: 1000,
              }),
            ),
          );
          if (error) expect(error.code).to.match(/^(connector_unavailable|invalid_config)$/);
          else {
            expect(JSON.stringify(value)).not.to.include(clientSecret);
            const checked = await outcomeOf(() => validateConfig(value));
            if (checked.error) expect(checked.error.code).to.equal("invalid_config");
          }
        } finally {
          undo();
        }
      },
    ),
  );
});
