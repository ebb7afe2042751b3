import { expect } from "@esm-bundle/chai";

import { answering } from "../support/arrivals.js";
import { expectCredential, expectRefusal } from "../support/attack.js";
import { signToken } from "../../support/rsa-keys.js";
import { providerKey, rightClaims } from "../support/provider.js";

/** What the provider gave the attacker in the attacker's own browser, for the same client. */
async function theirIdToken(issuer: string): Promise<string> {
  const key = await providerKey();
  const claims = { ...rightClaims(issuer, "n".repeat(43)), sub: "the-attacker" };
  return signToken(key, claims, { kid: key.jwk.kid });
}

const s256 = /^[\w-]{43}$/;

describe("attack: a response of the attacker's sign-in is injected (login CSRF, session fixation)", () => {
  it("their code, with the right state: it is not bound to this page's verifier", () =>
    expectRefusal(
      "exchange in the page",
      answering((parameters) => (parameters["code"] = "a-code-of-another-session")),
      "grant_expired",
      ({ room }) => {
        const [asked, ...more] = room.requests.filter(({ path }) => path === "/token");
        expect(more).to.deep.equal([]);
        expect(new URLSearchParams(asked?.body).get("code_verifier")).to.match(s256);
      },
    ));

  it("their code, at a provider that looks at no verifier: its ID token has another nonce", () => {
    let issuer: string;
    return expectRefusal(
      "exchange in the page",
      {
        config: ({ provider }) => {
          issuer = provider;
          return {};
        },
        misconduct: {
          token: async (tokens) => ({ ...tokens, id_token: await theirIdToken(issuer) }),
        },
      },
      "id_token_invalid",
    );
  });

  it("their ID token, with the right state: it has another nonce", () =>
    expectRefusal(
      "implicit flow",
      {
        misconduct: {
          authorization: async (parameters) => ({
            ...parameters,
            id_token: await theirIdToken(parameters["iss"]!),
          }),
        },
      },
      "id_token_invalid",
    ));

  it("their code beside the consumer's ID token: it has another c_hash", () =>
    expectRefusal(
      "code with an ID token",
      answering((parameters) => (parameters["code"] = "a-code-of-another-session")),
      "id_token_invalid",
    ));

  it("their code and their ID token, with the right state", () =>
    expectRefusal(
      "code with an ID token",
      {
        misconduct: {
          authorization: async (parameters) => ({
            ...parameters,
            code: "a-code-of-another-session",
            id_token: await theirIdToken(parameters["iss"]!),
          }),
        },
      },
      "id_token_invalid",
    ));

  it("an ID token as an answer to a code: it is not even read", () =>
    expectRefusal(
      "exchange in the page",
      {
        misconduct: {
          authorization: async ({ state = "", iss = "" }) => ({
            state,
            iss,
            id_token: await theirIdToken(iss),
          }),
        },
      },
      "response_invalid",
    ));
});

describe("what binds a response to its request", () => {
  it("every request has a state, a nonce and a challenge of its own", () =>
    expectCredential("exchange in the page", {}, async (attacked) => {
      await attacked.auth.signOut();
      await attacked.call();
      const asked = attacked.room.requests.filter(({ path }) => path === "/authorize");
      expect(asked).to.have.length(2);
      for (const name of ["state", "nonce", "code_challenge"]) {
        const [one, other] = asked.map(({ query }) => query.get(name));
        expect(one).to.match(s256);
        expect(other).to.match(s256);
        expect(one).not.to.equal(other);
      }
      for (const { query } of asked) expect(query.get("code_challenge_method")).to.equal("S256");
    }));

  it("the window's challenge reaches the provider as it is, and its code that call alone", () => {
    const codeChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    return expectCredential("code to the window", { codeChallenge }, ({ room }) => {
      const asked = room.requests.filter(({ path }) => path === "/authorize");
      expect(asked.map(({ query }) => query.get("code_challenge"))).to.deep.equal([codeChallenge]);
      expect(asked[0]?.query.get("code_challenge_method")).to.equal("S256");
    });
  });
});
