import { expect } from "@esm-bundle/chai";

import {
  createAuthorizationRequest,
  type AuthorizationParameters,
  type AuthorizationRequest,
} from "../../../src/oidc/authorization-request.js";

const endpoint = "https://login.example/authorize";

const parameters: AuthorizationParameters = {
  response_type: "code",
  client_id: "brand & söhne",
  redirect_uri: "https://brand.example/callback.html?a=b&c=d",
  scope: "openid profile",
};

const create = (at = endpoint, codeChallenge?: string): AuthorizationRequest =>
  createAuthorizationRequest(at, parameters, codeChallenge);

const asked = (at?: string, codeChallenge?: string): URLSearchParams =>
  new URL(create(at, codeChallenge).url).searchParams;

describe("an authorization request", () => {
  it("says what OpenID Connect Core asks for, and no more", () => {
    const { url, state, nonce, redirectUri } = create();
    expect(redirectUri).to.equal(parameters.redirect_uri);
    expect(Object.fromEntries(new URL(url).searchParams)).to.deep.equal({
      ...parameters,
      state,
      nonce,
    });
    expect(new URL(url).origin + new URL(url).pathname).to.equal(endpoint);
  });

  it("carries a challenge as S256, and says nothing of it where there is none", () => {
    const challenged = asked(endpoint, "c".repeat(43));
    expect(challenged.get("code_challenge")).to.equal("c".repeat(43));
    expect(challenged.get("code_challenge_method")).to.equal("S256");
    for (const none of [undefined, ""]) {
      expect([...asked(endpoint, none).keys()].join()).not.to.include("challenge");
    }
  });

  it("keeps the query that the endpoint has", () => {
    const query = asked(`${endpoint}?tenant=a%26b&x=1&x=2`);
    expect(query.get("tenant")).to.equal("a&b");
    expect(query.getAll("x")).to.deep.equal(["1", "2"]);
    expect(query.get("client_id")).to.equal(parameters.client_id);
  });

  it("lets no query of the endpoint stand in for its own parameters", () => {
    const query = asked(`${endpoint}?state=fixed&nonce=fixed&redirect_uri=x`);
    for (const name of ["state", "nonce", "redirect_uri"]) {
      expect(query.getAll(name), name).to.have.lengthOf(1);
      expect(query.get(name), name).to.have.length.above(20);
    }
  });

  it("has a state and a nonce of its own every time", () => {
    const seen = Array.from({ length: 200 }, () => create());
    expect(new Set(seen.flatMap(({ state, nonce }) => [state, nonce])).size).to.equal(400);
    for (const { state, nonce } of seen) {
      expect(state).to.match(/^[\w-]{43}$/);
      expect(nonce).to.match(/^[\w-]{43}$/);
    }
  });
});
