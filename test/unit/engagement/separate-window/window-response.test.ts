import { expect } from "@esm-bundle/chai";

import { readWindowRequest } from "../../../../src/engagement/separate-window/window-request.js";
import {
  toWindowResponse,
  type WindowAnswer,
} from "../../../../src/engagement/separate-window/window-response.js";
import { caught } from "../../../support/caught.js";
import { requests, toQuery, windowAddress } from "../../../support/window-requests.js";

const jws = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln-_";
const jwe = "eyJhbGciOiJSU0EtT0FFUC0yNTYifQ.a2V5.aXY.Y2lwaGVy.dGFn";
const own = "lpUnifiedWindowConfig=%7B%22accountId%22%3A%2212345678%22%7D";
const state = "state=%7B%22accountId%22%3A%2212345678%22%7D";

const read = (
  parameters: Readonly<Record<string, string | undefined>>,
  issuer?: string,
): ReturnType<typeof readWindowRequest> =>
  readWindowRequest(toQuery(parameters), { allowedRedirectUris: [windowAddress], issuer });

const respond = (
  parameters: Readonly<Record<string, string | undefined>>,
  answer: WindowAnswer,
): string => toWindowResponse(read(parameters), answer);

describe("a response to the separate window", () => {
  it("brings the result in the dialect of the request", () => {
    expect(respond(requests.openidImplicit, jws)).to.equal(`${windowAddress}?${own}#token=${jws}`);
    expect(respond(requests.openidCode, { code: "c-1" })).to.equal(
      `${windowAddress}?${own}&code=c-1`,
    );
    expect(respond(requests.rfcImplicit, jws)).to.equal(
      `${windowAddress}#id_token=${jws}&${state}`,
    );
    expect(respond(requests.rfcCode, { code: "c-1" })).to.equal(
      `${windowAddress}?code=c-1&${state}`,
    );
  });

  it("takes an ID token by any of its names, and one in a JWE", () => {
    for (const answer of [jws, { id_token: jws }, { token: jws }]) {
      expect(respond(requests.rfcImplicit, answer)).to.include(`#id_token=${jws}&`);
      expect(respond(requests.openidImplicit, answer)).to.include(`#token=${jws}`);
    }
    expect(respond(requests.rfcImplicit, jwe)).to.include(`#id_token=${jwe}&`);
  });

  it("keeps the redirect URI's own parameters to the letter", () => {
    for (const query of ["a+b=c%20d", "%7b=%7B", "a=%C3%A9&&=", "a='1'", ""]) {
      const redirect_uri = `${windowAddress}?${query}`;
      expect(respond({ ...requests.openidImplicit, redirect_uri }, jws)).to.equal(
        `${redirect_uri}#token=${jws}`.replaceAll("'", "%27"),
      );
    }
  });

  it("keeps the state to the letter, in either part of the address", () => {
    for (const raw of ["a+b%20c", "{%22a%22:[1,2]}", "%FF", "a=b=c;d", "%00%0d%0A", "%E2%82%ac"]) {
      for (const request of [requests.rfcCode, requests.rfcImplicit]) {
        const query = `${toQuery({ ...request, state: undefined })}&state=${raw}`;
        const address = toWindowResponse(
          readWindowRequest(query, { allowedRedirectUris: [windowAddress] }),
          request === requests.rfcCode ? { code: "c-1" } : jws,
        );
        expect(address.endsWith(`&state=${raw}`), address).to.equal(true);
      }
    }
  });

  it("can't be ended early by what it brings", () => {
    const code = "c&token=evil#=?+ %\"'";
    const { searchParams, hash } = new URL(respond(requests.rfcCode, { code }));
    expect(searchParams.get("code")).to.equal(code);
    expect([searchParams.has("token"), hash]).to.deep.equal([false, ""]);
  });

  it("names the issuer where it is configured, with an error too", () => {
    const request = read(requests.rfcCode, "https://login.brand.example");
    const iss = "iss=https%3A%2F%2Flogin.brand.example";
    expect(toWindowResponse(request, { code: "c" })).to.equal(
      `${windowAddress}?code=c&${iss}&${state}`,
    );
    expect(toWindowResponse(request)).to.equal(
      `${windowAddress}?error=access_denied&${iss}&${state}`,
    );
  });
});

describe("an error for the separate window", () => {
  it("says that the consumer declined, or must not be asked", () => {
    for (const nothing of [undefined, null, ""]) {
      expect(respond(requests.rfcCode, nothing)).to.include("?error=access_denied&");
      expect(respond(requests.rfcImplicit, nothing)).to.include("#error=access_denied&");
      expect(respond({ ...requests.rfcCode, prompt: "none" }, nothing)).to.include(
        "?error=login_required&",
      );
    }
  });

  it("may be the page's own", () => {
    const answer = { error: "temporarily_unavailable" } as const;
    expect(respond(requests.rfcImplicit, answer)).to.include("#error=temporarily_unavailable&");
    expect(respond(requests.openidCode, answer)).to.include("&error=temporarily_unavailable");
  });

  it("is all that a refused request gets, whatever the answer", () => {
    const refused = { ...requests.rfcCode, response_mode: "form_post" };
    const address = new URL(respond(refused, { code: "c-1" }));
    expect(address.searchParams.get("error")).to.equal("invalid_request");
    expect(address.searchParams.get("error_description")).to.include("response_mode");
    expect(address.searchParams.get("state")).to.equal(requests.rfcCode.state);
    expect(address.searchParams.has("code")).to.equal(false);
  });
});

describe("an answer that isn't what the window asked for", () => {
  for (const [what, request, answer] of [
    ["an ID token in place of a code", requests.rfcCode, jws],
    ["an ID token in place of a code, by name", requests.rfcCode, { id_token: jws }],
    ["a code in place of an ID token", requests.rfcImplicit, { code: "c-1" }],
    ["an empty code", requests.rfcCode, { code: "" }],
    ["a code with a line end", requests.rfcCode, { code: "c\r\nSet-Cookie: a=b" }],
    ["a code that is a number", requests.rfcCode, { code: 1 }],
    ["no JWT", requests.rfcImplicit, "token"],
    ["an unsigned JWT", requests.rfcImplicit, "eyJhbGciOiJub25lIn0.e30."],
    ["a JWT of four parts", requests.rfcImplicit, "a.b.c.d"],
    ["a JWT with a parameter behind it", requests.rfcImplicit, `${jws}&state=evil`],
    ["an object without a word", requests.rfcImplicit, {}],
    ["an error that is none", requests.rfcCode, { error: "" }],
    ["an error that is an object", requests.rfcCode, { error: { message: "no" } }],
    ["a number", requests.rfcImplicit, 1],
    ["yes", requests.rfcImplicit, true],
  ] as const) {
    it(`is refused: ${what}`, async () => {
      const error = await caught(() => respond(request, answer as WindowAnswer));
      expect(error.code).to.equal("response_invalid");
      expect(error.message).not.to.match(/eyJ|c-1|evil/);
    });
  }
});
