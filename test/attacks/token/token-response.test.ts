import { expect } from "@esm-bundle/chai";

import type { ErrorCode } from "../../../src/index.js";
import { signToken } from "../../support/rsa-keys.js";
import { expectCredential, expectRefusal, hasty } from "../support/attack.js";
import { give, patience, someBrokenAnswers, type Fault } from "../support/broken.js";
import { providerKey, rightClaims, type Misconduct } from "../support/provider.js";
import { redirect } from "../support/room.js";
import { expectNothingPolluted } from "../support/site-page.js";

const codes: Readonly<Record<Fault, ErrorCode>> = {
  "an error": "token_request_failed",
  "no JSON object": "token_request_failed",
  unreadable: "request_failed",
  late: "request_timeout",
};

describe("attack: a token endpoint that answers with anything else", () => {
  for (const broken of someBrokenAnswers) {
    const code = codes[broken.fault];
    it(`${broken.name}: ${code}, and the next sign-in works`, async () => {
      let isBroken = true;
      await expectRefusal(
        "exchange in the page",
        {
          config: { ...hasty, ...patience(broken) },
          misconduct: { token: (tokens) => (isBroken ? give(broken) : tokens) },
        },
        code,
        async ({ call, room }, { answers }) => {
          expect(String(answers[0]?.[1])).not.to.match(/[<>]/);
          // A code is sent once, whatever comes of it.
          const sent = room.requests.filter(({ path }) => path === "/token");
          expect(sent).to.have.length(1);
          isBroken = false;
          const again = await call();
          expect(again.answers).to.have.length(1);
          expect(again.answers[0]).to.have.length(1);
          expect(answers).to.have.length(1);
          expectNothingPolluted();
        },
      );
    });
  }

  it("a redirect to an honest answer: request_failed, and the code goes nowhere else", () =>
    expectRefusal(
      "exchange in the page",
      {
        misconduct: {
          token: (tokens, { query }) =>
            query.has("moved") ? tokens : redirect("token?moved", 307),
        },
      },
      "request_failed",
      ({ room }) => {
        expect(room.requests.filter(({ query }) => query.has("moved"))).to.have.length(0);
      },
    ));
});

describe("attack: a token response with the wrong things in it", () => {
  type Token = NonNullable<Misconduct["token"]>;
  const minted = async (issuer: string, claims: object): Promise<string> => {
    const key = await providerKey();
    return signToken(key, { ...rightClaims(issuer, "nonce"), ...claims }, { kid: key.jwk.kid });
  };
  const refused: Readonly<Record<string, readonly [ErrorCode, Token]>> = {
    "no ID token": ["token_request_failed", (tokens) => ({ ...tokens, id_token: undefined })],
    "an ID token that is null": [
      "token_request_failed",
      (tokens) => ({ ...tokens, id_token: null }),
    ],
    "an ID token in a list": [
      "token_request_failed",
      (tokens) => ({ ...tokens, id_token: [tokens["id_token"]] }),
    ],
    "an ID token under a prototype": [
      "token_request_failed",
      ({ id_token }) => ({ body: JSON.stringify({ P: { id_token } }).replace("P", "__proto__") }),
    ],
    "an access token in its place": [
      "id_token_invalid",
      (tokens) => ({ ...tokens, id_token: tokens["access_token"] }),
    ],
    "HTML in its place": ["id_token_invalid", (tokens) => ({ ...tokens, id_token: "<script>" })],
    "an empty text in its place": ["id_token_invalid", (tokens) => ({ ...tokens, id_token: "" })],
    "900 KB in its place": [
      "id_token_invalid",
      (tokens) => ({ ...tokens, id_token: `e30.${"x".repeat(900_000)}.c2ln` }),
    ],
    "a status of 201": [
      "token_request_failed",
      (tokens) => ({ status: 201, body: JSON.stringify(tokens) }),
    ],
    "an error beside the tokens, with 400": [
      "token_request_failed",
      (tokens) => ({ status: 400, body: JSON.stringify({ ...tokens, error: "server_error" }) }),
    ],
    "a code that won't do": [
      "grant_expired",
      () => ({ status: 400, body: '{"error":"invalid_grant"}' }),
    ],
  };
  for (const [name, [code, token]] of Object.entries(refused)) {
    it(`${name}: ${code}`, () =>
      expectRefusal("exchange in the page", { misconduct: { token } }, code));
  }

  for (const [name, claims] of Object.entries({
    "of another request": {},
    "of another client": { aud: "another-client" },
    "of another issuer": { iss: "https://evil.example" },
  })) {
    it(`an ID token ${name}: id_token_invalid`, async () => {
      let issuer = "";
      await expectRefusal(
        "exchange in the page",
        {
          config(room) {
            issuer = room.provider;
            return {};
          },
          misconduct: {
            token: async (tokens) => ({ ...tokens, id_token: await minted(issuer, claims) }),
          },
        },
        "id_token_invalid",
      );
    });
  }

  it("what is said of the access token is of no interest: it is used for nothing", () =>
    expectCredential("exchange in the page", {
      misconduct: {
        token: ({ id_token }) => ({
          id_token,
          token_type: { mac: true },
          access_token: ["x"],
          refresh_token: 5,
          expires_in: "never",
          scope: null,
        }),
      },
    }));

  it("a byte order mark and another content type don't matter", () =>
    expectCredential("exchange in the page", {
      misconduct: {
        token: (tokens) => ({
          headers: { "content-type": "text/plain" },
          body: `\ufeff${JSON.stringify(tokens)}`,
        }),
      },
    }));
});

describe("attack: bearer tokens in the place of bound ones", () => {
  const dpop = { dpop: true } as const;
  for (const token_type of [
    "Bearer",
    "bearer",
    undefined,
    null,
    "",
    "DPoP ",
    ["DPoP"],
    ["Bearer", "DPoP"],
    { toString: null },
  ]) {
    it(`token_type ${JSON.stringify(token_type)}: token_request_failed`, () =>
      expectRefusal(
        "exchange in the page",
        { config: dpop, misconduct: { token: (tokens) => ({ ...tokens, token_type }) } },
        "token_request_failed",
      ));
  }

  it("bound ones are taken", () =>
    expectCredential("exchange in the page", {
      config: dpop,
      misconduct: { token: (tokens) => ({ ...tokens, token_type: "DPoP" }) },
    }));

  it("a server that demands one nonce after the other is asked twice, not for ever", () =>
    expectRefusal(
      "exchange in the page",
      {
        config: dpop,
        misconduct: {
          elsewhere: ({ path }) =>
            path === "/token"
              ? {
                  status: 400,
                  headers: { "dpop-nonce": crypto.randomUUID() },
                  body: '{"error":"use_dpop_nonce"}',
                }
              : undefined,
        },
      },
      "token_request_failed",
      ({ room }) => {
        const sent = room.requests.filter(
          ({ path, method }) => path === "/token" && method === "POST",
        );
        expect(sent).to.have.length(2);
      },
    ));
});
