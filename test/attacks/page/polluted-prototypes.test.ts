import { expect } from "@esm-bundle/chai";

import { createRsaKey, signToken } from "../../support/rsa-keys.js";
import type { FlowName } from "../support/attack.js";
import {
  expectAnswered,
  expectReason,
  withFreshPage,
  type FreshPage,
  type FreshPageOptions,
  type PageWindow,
} from "../support/fresh-page.js";
import { compact, rightClaims } from "../support/provider.js";
import { json, type ServerRequest } from "../support/room.js";

type Pollution = Readonly<Record<string, unknown>>;

/** Puts data on `Object.prototype`, as a careless parser of queries or a deep merge does. */
const pollute =
  (pollution: Pollution) =>
  (page: PageWindow): void => {
    // Made of the page's own objects.
    Object.assign(page.Object.prototype, page.JSON.parse(JSON.stringify(pollution)));
  };

const strangers = ({ room }: FreshPage): readonly ServerRequest[] =>
  room.requests.filter(({ server }) => server === "stranger");

const evil = "https://evil.example";

/** The same page with a clean prototype gets this answer; so must the polluted one. */
const expectNothingChanged = (
  flow: FlowName,
  pollution: Pollution,
  options: FreshPageOptions = {},
): Promise<void> =>
  withFreshPage({ flow, before: pollute(pollution), ...options }, async (page) => {
    const outcome = await page.call();
    expectAnswered(outcome, flow, page.room);
    expect(outcome.asked).to.equal(1);
    const asked = page.room.requests.find(({ path }) => path === "/authorize");
    expect([...(asked?.query.keys() ?? [])].sort()).to.deep.equal(
      [
        "client_id",
        ...(flow === "exchange in the page" ? ["code_challenge", "code_challenge_method"] : []),
        "nonce",
        "redirect_uri",
        "response_type",
        "scope",
        "state",
      ].sort(),
    );
  });

const flowNames = ["code to the window", "implicit flow", "exchange in the page"] as const;

describe("attack: Object.prototype has options of ours", () => {
  const options: Pollution = {
    issuer: evil,
    authorizationEndpoint: `${evil}/authorize`,
    tokenEndpoint: `${evil}/token`,
    jwksEndpoint: `${evil}/keys`,
    endSessionEndpoint: `${evil}/end`,
    revocationEndpoint: `${evil}/revoke`,
    pushedAuthorizationRequestEndpoint: `${evil}/push`,
    clientId: "evil",
    scope: "openid evil",
    redirectUri: `${evil}/callback.html`,
    responseType: "code id_token",
    acrValues: "evil",
    maxAge: 1,
    prompt: "none",
    loginHint: "evil",
    uiLocales: "evil",
    authorizationParameters: { request_uri: `${evil}/request`, response_mode: "form_post" },
    dpop: true,
    fedcmConfigUrl: `${evil}/fedcm.json`,
    credentialEndpoint: `${evil}/credential`,
    provider: "evilProvider",
    host: "evilHost",
    identity: { iss: evil, sub: "evil" },
    connectorId: "evil",
    connectorApi: evil,
    domainApi: evil,
    cloudHosts: ["evil.example"],
    accountId: "666",
    flow: "implicit",
    exchange: "widget",
    engagement: "unauthenticated",
    anonymous: true,
    silent: true,
    transport: "redirect",
    answerTimeout: 1,
    interactionTimeout: 1,
    jsContext: "evil",
    jsMethodName: "evil",
    clientSecret: "evil",
  };
  for (const flow of flowNames) {
    it(`all of them (${flow})`, () => expectNothingChanged(flow, options));
  }

  it("a key: what the attacker has signed is refused all the same", async () => {
    const key = await createRsaKey("provider-key");
    await withFreshPage(
      {
        flow: "implicit flow",
        before: pollute({ jwtPublicKey: key.line, keys: [key.jwk] }),
        misconduct: { idToken: ({ claims }) => signToken(key, claims, { kid: key.jwk.kid }) },
      },
      async (page) => {
        expectReason(await page.call(), "implicit flow", "id_token_invalid");
      },
    );
  });
});

describe("attack: Object.prototype has what the provider may leave out", () => {
  const metadata: Pollution = {
    issuer: evil,
    authorization_endpoint: `${evil}/authorize`,
    token_endpoint: `${evil}/token`,
    jwks_uri: `${evil}/keys`,
    pushed_authorization_request_endpoint: `${evil}/push`,
    require_pushed_authorization_requests: true,
    pushedAuthorizationRequestEndpoint: `${evil}/push`,
    end_session_endpoint: `${evil}/end`,
    revocation_endpoint: `${evil}/revoke`,
    id_token: "evil",
    refresh_token: "evil",
    access_token: "evil",
    token_type: "DPoP",
  };
  for (const flow of flowNames) {
    it(`of its metadata and its tokens (${flow})`, () => expectNothingChanged(flow, metadata));
  }

  it("of its metadata, and it leaves the token endpoint out: nothing is sent elsewhere", () =>
    withFreshPage(
      {
        flow: "exchange in the page",
        before: pollute(metadata),
        misconduct: { discovery: (right) => ({ ...right, token_endpoint: undefined }) },
      },
      async (page) => {
        expectReason(await page.call(), "exchange in the page", "discovery_failed");
      },
    ));

  it("of its key set: keys that it doesn't have are not used", async () => {
    const key = await createRsaKey("evil");
    await withFreshPage(
      {
        flow: "implicit flow",
        before: pollute({ keys: [key.jwk] }),
        misconduct: {
          keys: () => ({}),
          idToken: ({ claims }) => signToken(key, claims, { kid: "evil" }),
        },
      },
      async (page) => {
        expectReason(await page.call(), "implicit flow", "keys_unavailable");
      },
    );
  });

  it("of its response: a missing code is not made up", () =>
    withFreshPage(
      {
        before: pollute({ code: "evil", id_token: "evil", parameters: "code=evil", error: null }),
        misconduct: {
          authorization: ({ state, iss }) => ({ state, iss }) as Record<string, string>,
        },
      },
      async (page) => {
        expectReason(await page.call(), "code to the window", "response_invalid");
      },
    ));
});

describe("attack: Object.prototype has claims, and the ID token leaves them out", () => {
  for (const claim of ["iss", "sub", "aud", "exp", "iat", "nonce"]) {
    it(`${claim}: the token is refused`, () => {
      let claims: Record<string, unknown> = {};
      return withFreshPage(
        {
          flow: "implicit flow",
          misconduct: {
            idToken({ claims: right, key }) {
              claims = right;
              const { [claim]: left, ...rest } = right;
              // The attacker may know all of it.
              Object.assign(polluted.prototype, { [claim]: left });
              return signToken(key, rest, { kid: key.jwk.kid });
            },
          },
          before: (page) => {
            polluted.prototype = page.Object.prototype as unknown as Record<string, unknown>;
          },
        },
        async (page) => {
          expectReason(await page.call(), "implicit flow", "id_token_invalid");
          expect(claims).to.have.property(claim);
        },
      );
    });
  }

  const polluted: { prototype: Record<string, unknown> } = { prototype: {} };

  for (const [name, value] of Object.entries({ alg: "none", b64: false, kid: "provider-key" })) {
    it(`${name} in the header: a token that nobody signed is refused`, () =>
      withFreshPage(
        {
          flow: "implicit flow",
          before: pollute({ [name]: value }),
          misconduct: { idToken: ({ claims }) => compact({ typ: "JWT" }, claims, "") },
        },
        async (page) => {
          expectReason(await page.call(), "implicit flow", "id_token_invalid");
        },
      ));
  }
});

describe("attack: Object.prototype has what requests are made of", () => {
  const init: Pollution = {
    credentials: "include",
    headers: { "x-evil": "evil" },
    cache: "force-cache",
    redirect: "follow",
    referrer: evil,
    keepalive: true,
    listAs: "evil",
    retries: true,
    timeout: 1,
  };
  for (const flow of flowNames) {
    it(`all of it (${flow})`, () => expectNothingChanged(flow, init));
    for (const [name, value] of Object.entries(init)) {
      if (flow === "exchange in the page") {
        it(`${name} (${flow})`, () => expectNothingChanged(flow, { [name]: value }));
      }
    }
  }
});

describe("attack: Object.prototype has what this page, its site or another tab may have", () => {
  const token = (issuer: string): string =>
    compact({ alg: "RS256", kid: "provider-key" }, rightClaims(issuer, null));

  it("a credential with claims: nothing is handed over that nobody signed", () =>
    expectNothingChanged("implicit flow", {
      credential: {
        kind: "id_token",
        token: token(evil),
        claims: { iss: evil, sub: "evil", iat: 1, exp: 9_999_999_999 },
      },
      claims: { iss: evil, sub: "evil", iat: 1, exp: 9_999_999_999 },
      kind: "id_token",
      token: token(evil),
      grant: { refreshToken: "evil", sub: "evil" },
      held: {},
      who: "in",
      mark: "",
      since: 1,
      lives: 9_999_999_999_999,
    }));

  it("a code: the site's endpoint is taken at its own word", () =>
    withFreshPage(
      {
        before: pollute({ code: "evil", redirect_uri: evil }),
        config: ({ site }) => ({ credentialEndpoint: `${site}/credential` }),
        serve: ({ path }) =>
          path === "/credential"
            ? json({ ssoKey: "own", redirect_uri: "https://brand.example/back" })
            : (undefined as never),
      },
      async (page) => {
        const { answers } = await page.call();
        // As text: what is inherited is not part of it.
        expect(JSON.stringify(answers)).to.equal(
          JSON.stringify([[{ ssoKey: "own", redirect_uri: "https://brand.example/back" }]]),
        );
      },
    ));

  it("a guest's token: a page without guests makes none up, and one with them asks the cloud", () =>
    withFreshPage(
      {
        flow: "code to the window",
        before: pollute({ token: token(evil), since: 1, lives: 9_999_999_999_999 }),
        config: ({ provider }) => ({
          accountId: "1",
          engagement: "unauthenticated",
          domainApi: provider,
          cloudHosts: new URL(provider).host,
        }),
        misconduct: {
          elsewhere: ({ path }) =>
            path.endsWith("/baseURI.json") ? json({ error: "none" }, 404) : undefined,
        },
      },
      async (page) => {
        expectReason(await page.call(), "code to the window", "anonymous_unavailable");
      },
    ));

  it("an element's names and methods, as old libraries put them there", () =>
    withFreshPage(
      { before: pollute({ kind: "anonymous", claims: {}, state: "evil" }) },
      async (page) => {
        expectAnswered(await page.call(), "code to the window", page.room);
        expect(strangers(page)).to.deep.equal([]);
      },
    ));
});

describe("attack: Object.prototype has what stops us: the window is told at once", () => {
  for (const [name, value] of Object.entries({
    method: "DELETE",
    mode: "no-cors",
    integrity: "sha256-evil",
    body: "evil",
    // Some engines want null there, as the standard says.
    window: "evil",
  })) {
    it(`${name}: keys that can't be fetched are no keys`, () =>
      withFreshPage({ flow: "implicit flow", before: pollute({ [name]: value }) }, async (page) => {
        const { answers } = await page.call();
        expect(answers).to.have.length(1);
        expect(strangers(page)).to.deep.equal([]);
      }));
  }

  it("a signal", () =>
    withFreshPage({ before: pollute({ signal: "evil" }) }, async (page) => {
      expectReason(await page.call(), "code to the window", "unexpected");
    }));
});

describe("attack: Object.prototype has a function that all promises would run", () => {
  it("a then that never settles: the window waits no longer than for any answer", () =>
    withFreshPage(
      {
        before: (page) => {
          page.eval("Object.prototype.then = function () {}");
        },
      },
      async (page) => {
        expectReason(await page.call(), "code to the window", /^(load_failed|answer_timeout)/);
      },
    ));

  for (const then of ["text", 1, null, {}]) {
    it(`a then that is ${JSON.stringify(then)} changes nothing`, () =>
      expectNothingChanged("exchange in the page", { then }));
  }

  for (const name of ["value", "writable", "enumerable", "configurable"]) {
    it(`${name}, of which descriptors are made: the window is answered`, () =>
      withFreshPage({ before: pollute({ [name]: false }) }, async (page) => {
        const outcome = await page.call();
        expect(outcome.answers).to.have.length(1);
        if (outcome.answers[0]?.length === 1) {
          expectAnswered(outcome, "code to the window", page.room);
        } else expectReason(outcome, "code to the window", /^\w+: /);
      }));
  }
});
