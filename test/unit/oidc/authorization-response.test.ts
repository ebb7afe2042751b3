import { expect } from "@esm-bundle/chai";

import {
  readAuthorizationResponse,
  type ExpectedResponse,
  type RawAuthorizationResponse,
} from "../../../src/oidc/authorization-response.js";
import type { ConsumerAuthError } from "../../../src/base/errors.js";
import { caught } from "../../support/caught.js";

const issuer = "https://login.example";
const expected: ExpectedResponse = { state: "the-state", issuer, responseType: "code" };
const token: ExpectedResponse = { ...expected, responseType: "id_token" };
const hybrid: ExpectedResponse = { ...expected, responseType: "code id_token" };

const inQuery = (parameters: string): RawAuthorizationResponse => ({ mode: "query", parameters });
const inFragment = (parameters: string): RawAuthorizationResponse => ({
  mode: "fragment",
  parameters,
});

const refusal = (
  parameters: string,
  changes: Partial<ExpectedResponse> = {},
): Promise<ConsumerAuthError> =>
  caught(() => readAuthorizationResponse(inQuery(parameters), { ...expected, ...changes }));

describe("an authorization response", () => {
  it("gives the code of the query", () => {
    const response = inQuery("code=a%2Fb%2Bc&state=the-state&session_state=x");
    expect(readAuthorizationResponse(response, expected)).to.deep.equal({
      code: "a/b+c",
      id_token: "",
    });
  });

  it("gives the ID token of the fragment", () => {
    const response = inFragment("id_token=a.b.c&state=the-state");
    expect(readAuthorizationResponse(response, token)).to.deep.equal({
      code: "",
      id_token: "a.b.c",
    });
  });

  it("gives both in the hybrid flow, and neither without the other", async () => {
    const response = inFragment("code=x&id_token=a.b.c&state=the-state");
    expect(readAuthorizationResponse(response, hybrid)).to.deep.equal({
      code: "x",
      id_token: "a.b.c",
    });
    for (const [half, missing] of [
      ["code=x", "id_token"],
      ["code=x&id_token=", "id_token"],
      ["id_token=a.b.c", "code"],
    ] as const) {
      const read = () => readAuthorizationResponse(inFragment(`${half}&state=the-state`), hybrid);
      const { code, message } = await caught(read);
      expect(code).to.equal("response_invalid");
      expect(message).to.include(`has no ${missing}`);
    }
    const inTheQuery = () => readAuthorizationResponse({ ...response, mode: "query" }, hybrid);
    expect((await caught(inTheQuery)).message).to.include("arrived in the query");
  });

  it("gives nothing that its type does not promise", () => {
    const code = inQuery("code=x&id_token=forged&state=the-state");
    expect(readAuthorizationResponse(code, expected)).to.deep.equal({ code: "x", id_token: "" });
    const idToken = inFragment("code=forged&id_token=a.b.c&state=the-state");
    expect(readAuthorizationResponse(idToken, token)).to.deep.equal({
      code: "",
      id_token: "a.b.c",
    });
  });

  for (const state of ["", "&state=", "&state=other", "&state=the-state2", "&state=THE-STATE"]) {
    it(`is refused with ${state === "" ? "no state" : state.slice(1)}`, async () => {
      const error = await refusal(`code=x${state}`);
      expect(error.code).to.equal("response_invalid");
      expect(error.message).to.include("another state");
    });
  }

  it("is refused before its error is read, where it is not ours", async () => {
    expect((await refusal("error=access_denied&state=other")).code).to.equal("response_invalid");
  });

  for (const twice of [
    "code=a&code=b&state=the-state",
    "code=a&state=the-state&state=the-state",
    "code=a&state=the-state&state=other",
    "code=a&state=the-state&iss=https://login.example&iss=https://evil.example",
    "code=a&state=the-state&x=1&x=1",
  ]) {
    it(`is refused with a parameter twice: ${twice}`, async () => {
      const error = await refusal(twice);
      expect(error.code).to.equal("response_invalid");
      expect(error.message).to.include("twice");
    });
  }

  it("is refused where it stands in the wrong part of the address", async () => {
    const code = () => readAuthorizationResponse(inFragment("code=x&state=the-state"), expected);
    const idToken = () => readAuthorizationResponse(inQuery("id_token=x&state=the-state"), token);
    expect((await caught(code)).message).to.include("arrived in the fragment");
    expect((await caught(idToken)).message).to.include("arrived in the query");
  });

  it("is refused without a result, or with another flow's", async () => {
    for (const result of ["", "&code=", "&id_token=a.b.c", "&token=x"]) {
      const error = await refusal(`state=the-state${result}`);
      expect(error.code, result).to.equal("response_invalid");
      expect(error.message).to.include("has no code");
    }
  });

  it("may be long, but not absurdly so", async () => {
    const most = "x".repeat(65_536);
    const response = inQuery(`code=${most}&state=the-state`);
    expect(readAuthorizationResponse(response, expected).code).to.equal(most);
    const error = await refusal(`code=${most}x&state=the-state`);
    expect(error.code).to.equal("response_invalid");
    expect(error.message).to.have.length.below(100);
  });
});

describe("the issuer of an authorization response", () => {
  const ours = `code=x&state=the-state&iss=${encodeURIComponent(issuer)}`;

  it("may be named, and may be left out where it wasn't promised", () => {
    expect(readAuthorizationResponse(inQuery(ours), expected).code).to.equal("x");
    const unnamed = inQuery("code=x&state=the-state");
    expect(readAuthorizationResponse(unnamed, expected).code).to.equal("x");
  });

  it("must be ours, to the letter", async () => {
    for (const iss of ["https://evil.example", `${issuer}/`, issuer.toUpperCase(), ""]) {
      const error = await refusal(`code=x&state=the-state&iss=${encodeURIComponent(iss)}`);
      expect(error.code, iss).to.equal("response_invalid");
      expect(error.message).not.to.include("evil");
    }
  });

  it("must be there where it was promised", async () => {
    const promised = { promisesIss: true };
    expect((await refusal("code=x&state=the-state", promised)).code).to.equal("response_invalid");
    const read = readAuthorizationResponse(inQuery(ours), { ...expected, ...promised });
    expect(read.code).to.equal("x");
  });

  it("is the ID token's own where there is one", () => {
    const response = inFragment("id_token=a.b.c&state=the-state");
    for (const { responseType } of [token, hybrid]) {
      const both = inFragment(`${response.parameters}&code=x`);
      const read = readAuthorizationResponse(both, {
        ...expected,
        responseType,
        promisesIss: true,
      });
      expect(read.id_token).to.equal("a.b.c");
    }
  });

  it("is not looked at where none is configured", () => {
    const response = inQuery("code=x&state=the-state&iss=https://any.example");
    const { state, responseType } = expected;
    expect(readAuthorizationResponse(response, { state, responseType }).code).to.equal("x");
  });
});

describe("an error of the identity provider", () => {
  it("tells a consumer's no from any other", async () => {
    const denied = await refusal("error=access_denied&state=the-state");
    expect(denied.code).to.equal("access_denied");
    const failed = await refusal("error=temporarily_unavailable&state=the-state");
    expect(failed.code).to.equal("authorization_failed");
    expect(failed.message).to.include('"temporarily_unavailable"');
  });

  for (const error of ["", "Call +1 555 0100", "<img src=x>", "a".repeat(41), "login%0Arequired"]) {
    it(`is called unknown where its name is none: ${error.slice(0, 20)}`, async () => {
      const text = "error_description=Call+me&error_uri=https://evil.example";
      const failed = await refusal(`error=${error}&${text}&state=the-state`);
      expect(failed.code).to.equal("authorization_failed");
      expect(failed.message).to.equal('The identity provider answered "unknown".');
    });
  }

  for (const error of [
    "login_required",
    "interaction_required",
    "consent_required",
    "account_selection_required",
  ]) {
    it(`says that nobody can be signed in without being asked: ${error}`, async () => {
      const failed = await refusal(`error=${error}&state=the-state`);
      expect(failed.code).to.equal("login_required");
      expect(failed.message).to.include(`"${error}"`);
    });
  }

  it("is nothing that looks like one of those from afar", async () => {
    for (const error of ["login_required2", "not_login_required", "LOGIN_REQUIRED"]) {
      const failed = await refusal(`error=${error}&state=the-state`);
      expect(failed.code, error).to.equal("authorization_failed");
    }
  });

  it("is refused together with any result that was asked for", async () => {
    for (const result of ["code=x", "id_token=a.b.c", "code=x&id_token=a.b.c", "code="]) {
      const response = inFragment(`error=login_required&${result}&state=the-state`);
      const failed = await caught(() => readAuthorizationResponse(response, hybrid));
      expect(failed.code, result).to.equal("response_invalid");
    }
  });

  it("is refused together with a result", async () => {
    const error = await refusal("error=access_denied&code=x&state=the-state");
    expect(error.code).to.equal("response_invalid");
    expect(error.message).to.include("an error and a result");
  });

  it("must come from our issuer too", async () => {
    const foreign = "error=access_denied&state=the-state&iss=https://evil.example";
    expect((await refusal(foreign)).code).to.equal("response_invalid");
    const silent = "error=access_denied&state=the-state";
    expect((await refusal(silent, { promisesIss: true })).code).to.equal("response_invalid");
  });
});
