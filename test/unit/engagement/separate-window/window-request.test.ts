import { expect } from "@esm-bundle/chai";

import {
  readWindowRequest,
  type WindowRequestOptions,
} from "../../../../src/engagement/separate-window/window-request.js";
import { caught } from "../../../support/caught.js";
import { accepted, requests, toQuery, windowAddress } from "../../../support/window-requests.js";

const options = { allowedRedirectUris: [windowAddress], clientId: "messaging" };
const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

const read = (
  parameters: Readonly<Record<string, string | undefined>>,
  changes: Partial<WindowRequestOptions> = {},
) => readWindowRequest(toQuery(parameters), { ...options, ...changes });

const refusal = (parameters: Readonly<Record<string, string | undefined>>) =>
  read(parameters).refusal;

describe("a request of the separate window", () => {
  it("is recognised in either dialect and flow", () => {
    const found = Object.values(requests).map((request) => {
      const { dialect, responseType, responseMode } = accepted(read(request));
      return [dialect, responseType, responseMode];
    });
    expect(found).to.deep.equal([
      ["openid", "token", "fragment"],
      ["openid", "code", "query"],
      ["rfc", "id_token", "fragment"],
      ["rfc", "code", "query"],
    ]);
  });

  it("says all that a sign-in needs to know", () => {
    const request = accepted(
      read({
        ...requests.rfcCode,
        nonce: "n-1",
        code_challenge: challenge,
        code_challenge_method: "S256",
        login_hint: "ada@brand.example",
        ui_locales: "de en",
      }),
    );
    expect(request).to.deep.include({
      clientId: "messaging",
      redirectUri: windowAddress,
      nonce: "n-1",
      codeChallenge: challenge,
      interactive: true,
    });
    expect(request.parameters).to.include({
      scope: "openid",
      login_hint: "ada@brand.example",
      ui_locales: "de en",
    });
  });

  it("is found in a whole address too, and in a server's request.url", () => {
    const query = toQuery(requests.rfcCode);
    for (const address of [
      query,
      `/login${query}`,
      `https://login.brand.example/${query}#top`,
      `//[${query}`,
    ]) {
      expect(accepted(readWindowRequest(address, options)).dialect, address).to.equal("rfc");
    }
  });

  it("may hold parameters that nobody knows", () => {
    const request = read({
      ...requests.rfcImplicit,
      parentWindowOrigin: "https://www.brand.example",
    });
    expect(accepted(request).responseType).to.equal("id_token");
  });

  it("keeps the state as it stood in the address", () => {
    const query = toQuery({ ...requests.rfcCode, state: undefined });
    for (const state of [
      "a%20b",
      "a+b",
      "%7b%22a%22%3A1%7D",
      "{%22a%22:1}",
      "%FF%FE",
      "a=b=c",
      "?a",
      "%26%3D%23",
      "%E2%82%AC",
    ]) {
      expect(readWindowRequest(`${query}&state=${state}`, options).state, state).to.equal(state);
      expect(readWindowRequest(`?state=${state}&${query.slice(1)}`, options).state).to.equal(state);
      expect(readWindowRequest(`${query}&st%61te=${state}`, options).state).to.equal(state);
    }
  });

  it("may come without a state; an empty parameter is none", () => {
    const request = accepted(
      read({ ...requests.rfcCode, state: "", nonce: "", prompt: "", response_mode: "" }),
    );
    expect([request.state, request.nonce, request.interactive]).to.deep.equal([
      undefined,
      undefined,
      true,
    ]);
    expect(request.parameters).not.to.have.property("state");
  });

  it("may ask for the fragment, for a code as well", () => {
    const { responseMode } = read({ ...requests.rfcCode, response_mode: "fragment" });
    expect(responseMode).to.equal("fragment");
  });

  it("may forbid to ask the consumer", () => {
    expect(accepted(read({ ...requests.rfcCode, prompt: "none" })).interactive).to.equal(false);
    expect(accepted(read({ ...requests.rfcCode, prompt: "login" })).interactive).to.equal(true);
  });

  it("may be of any client where none is configured", () => {
    const query = toQuery({ ...requests.rfcCode, client_id: undefined });
    const request = readWindowRequest(query, { allowedRedirectUris: [windowAddress] });
    expect(accepted(request).clientId).to.equal(undefined);
  });
});

describe("a request that only an error may answer", () => {
  const code = requests.rfcCode;
  for (const [what, change, error] of [
    ["has no response type", { response_type: undefined }, "invalid_request"],
    ["wants a hybrid", { response_type: "code id_token" }, "unsupported_response_type"],
    ["wants nothing", { response_type: "none" }, "unsupported_response_type"],
    ["wants another letter case", { response_type: "Code" }, "unsupported_response_type"],
    ["wants a form", { response_mode: "form_post" }, "invalid_request"],
    ["wants a JWT response", { response_mode: "query.jwt" }, "invalid_request"],
    [
      "wants a token in the query",
      { response_type: "id_token", response_mode: "query" },
      "invalid_request",
    ],
    ["has a plain challenge", { code_challenge: challenge, code_challenge_method: "plain" }],
    ["has a challenge without a method", { code_challenge: challenge }],
    ["has a method without a challenge", { code_challenge_method: "S256" }],
    ["has a short challenge", { code_challenge: "short", code_challenge_method: "S256" }],
    ["has a request object", { request: "a.b.c" }, "request_not_supported"],
    [
      "has a request object elsewhere",
      { request_uri: "https://evil.example/r" },
      "request_uri_not_supported",
    ],
    ["forbids to ask and wants it", { prompt: "none login" }],
    ["wants it and forbids to ask", { prompt: "login none" }],
  ] as const) {
    it(`is one that ${what}`, () => {
      const found = refusal({ ...code, ...change });
      expect(found?.error).to.equal(error ?? "invalid_request");
      expect(found?.error_description).to.match(/^[ !#-[\]-~]+$/);
    });
  }

  for (const twice of ["scope=openid", "response_type=id_token", "nonce=", "unknown=1&unknown=1"]) {
    it(`is one with a parameter twice: ${twice}`, () => {
      const request = readWindowRequest(`${toQuery(code)}&nonce=n&${twice}`, options);
      expect(request.refusal?.error).to.equal("invalid_request");
    });
  }

  it("is answered in the part of the address that the response would be in", () => {
    const modeOf = (change: Record<string, string>) => read({ ...code, ...change }).responseMode;
    expect(modeOf({ response_type: "code id_token" })).to.equal("fragment");
    expect(modeOf({ response_type: "id_token", response_mode: "query" })).to.equal("fragment");
    expect(modeOf({ response_type: "none" })).to.equal("query");
    expect(modeOf({ response_type: "none", response_mode: "fragment" })).to.equal("fragment");
  });
});

describe("a request that nobody may answer", () => {
  for (const [what, change, message] of [
    ["none at all", { redirect_uri: undefined }, "for the messaging window to open"],
    ["an empty redirect URI", { redirect_uri: "" }, "redirect_uri is missing"],
    ["no client", { client_id: undefined }, "client_id"],
    ["another client", { client_id: "Messaging" }, "client_id"],
    ["a foreign redirect URI", { redirect_uri: "https://evil.example/" }, "allowedRedirectUris"],
  ] as const) {
    it(`is one with ${what}`, async () => {
      const error = await caught(() => read({ ...requests.rfcCode, ...change }));
      expect(error.code).to.equal("invalid_call");
      expect(error.message).to.include(message);
      expect(error.message).not.to.include("evil");
    });
  }

  for (const name of ["client_id", "redirect_uri", "state"]) {
    it(`is one with two of ${name}, even where they are the same`, async () => {
      const request = requests.rfcCode;
      const [, again] = /&([^&]+)/.exec(
        `&${toQuery({ [name]: request[name as "state"] }).slice(1)}`,
      )!;
      const error = await caught(() => readWindowRequest(`${toQuery(request)}&${again}`, options));
      expect(error.code).to.equal("invalid_call");
      expect(error.message).to.include("twice");
    });
  }

  it("is any, where the configured client ID is empty", async () => {
    for (const client_id of ["", "messaging"]) {
      const error = await caught(() => read({ ...requests.rfcCode, client_id }, { clientId: "" }));
      expect(error.code).to.equal("invalid_call");
    }
  });

  it("is one whose address no allow list could hold", async () => {
    for (const allowedRedirectUris of [undefined, [], windowAddress, [undefined], [""]]) {
      const error = await caught(() =>
        read(requests.rfcCode, { allowedRedirectUris: allowedRedirectUris as string[] }),
      );
      expect(error.code).to.equal("invalid_config");
      expect(error.message).to.include("allowedRedirectUris must list");
    }
  });
});
