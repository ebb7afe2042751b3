import { expect } from "@esm-bundle/chai";

import {
  answering,
  expectSilentRefusal,
  expectUnheard,
  isRelayed,
  shownBy,
  toReturnPage,
} from "../support/arrivals.js";
import { expectCredential, expectRefusal, type AttackOptions } from "../support/attack.js";
import { page, redirect } from "../support/room.js";

type Parameters = Record<string, string>;

/** The response, with more behind it. */
const followedBy = (more: (parameters: Parameters) => readonly string[][]): AttackOptions => ({
  misconduct: {
    authorization: (parameters) =>
      new URLSearchParams([...Object.entries(parameters), ...more(parameters)]),
  },
});

/** The response stands where the attack puts it. */
const standing = (
  where: (right: string, parameters: Parameters) => { search?: string; hash?: string },
): AttackOptions => ({
  misconduct: {
    authorization: (parameters, request) =>
      redirect(
        toReturnPage(request, where(new URLSearchParams(parameters).toString(), parameters)),
      ),
  },
});

const addError = (parameters: Parameters): string => (parameters["error"] = "access_denied");

describe("attack: an authorization response that contradicts itself", () => {
  for (const flow of [
    "code to the window",
    "exchange in the page",
    "implicit flow",
    "code with an ID token",
  ] as const) {
    it(`a result and an error (${flow})`, () =>
      expectRefusal(flow, answering(addError), "response_invalid"));
  }

  for (const error of ["", "login_required", "temporarily_unavailable"]) {
    it(`a code and the error ${JSON.stringify(error)}`, () =>
      expectSilentRefusal(
        "code to the window",
        answering((parameters) => (parameters["error"] = error)),
        "response_invalid",
      ));
  }

  it("an empty code and an error", () =>
    expectSilentRefusal(
      "code to the window",
      answering((parameters) => {
        parameters["code"] = "";
        addError(parameters);
      }),
      "response_invalid",
    ));

  for (const [flow, names] of [
    ["code to the window", ["code", "state", "iss"]],
    ["implicit flow", ["id_token", "state", "iss"]],
    ["code with an ID token", ["code", "id_token"]],
  ] as const) {
    for (const name of names) {
      it(`${name} twice, the same (${flow})`, () =>
        expectSilentRefusal(
          flow,
          followedBy((parameters) => [[name, parameters[name]!]]),
          "response_invalid",
        ));

      it(`${name} twice, another behind it (${flow})`, () =>
        expectSilentRefusal(
          flow,
          followedBy(() => [[name, "another"]]),
          "response_invalid",
        ));
    }
  }

  for (const name of ["code", "iss", "anything"]) {
    it(`${name} twice, in a popup`, () =>
      expectRefusal(
        "code to the window",
        followedBy(() => [
          [name, "one"],
          [name, "two"],
        ]),
        "response_invalid",
      ));
  }

  it("an error twice", () =>
    expectSilentRefusal(
      "code to the window",
      {
        misconduct: {
          authorization: ({ state = "", iss = "" }) =>
            new URLSearchParams([
              ["error", "login_required"],
              ["error", "access_denied"],
              ["state", state],
              ["iss", iss],
            ]),
        },
      },
      "response_invalid",
    ));

  it("another state before the right one: nobody hears it", () =>
    expectUnheard(
      "code to the window",
      {
        misconduct: {
          authorization: (parameters) =>
            new URLSearchParams([["state", "another"], ...Object.entries(parameters)]),
        },
      },
      (_page, heard) => isRelayed(heard, "another"),
    ));
});

describe("attack: an authorization response without what was asked for", () => {
  const without: Readonly<Record<string, (parameters: Parameters) => unknown>> = {
    "no code": (parameters) => delete parameters["code"],
    "an empty code": (parameters) => (parameters["code"] = ""),
    "an ID token in place of the code": (parameters) => {
      delete parameters["code"];
      parameters["id_token"] = "a.b.c";
    },
    "an access token in place of the code": (parameters) => {
      delete parameters["code"];
      parameters["access_token"] = "an-access-token";
      parameters["token_type"] = "Bearer";
    },
    "Code in capitals": (parameters) => {
      parameters["Code"] = parameters["CODE"] = parameters["code"]!;
      delete parameters["code"];
    },
    "code[] as an array": (parameters) => {
      parameters["code[]"] = parameters["code[0]"] = parameters["code"]!;
      delete parameters["code"];
    },
    "a code with a NUL in its name": (parameters) => {
      parameters["code\0"] = parameters["code"]!;
      delete parameters["code"];
    },
    "an error's description alone": (parameters) => {
      delete parameters["code"];
      parameters["error_description"] = "It failed.";
    },
  };
  for (const [what, change] of Object.entries(without)) {
    it(what, () =>
      expectSilentRefusal("code to the window", answering(change), "response_invalid"),
    );
  }

  it("no ID token", () =>
    expectRefusal(
      "implicit flow",
      answering((parameters) => delete parameters["id_token"]),
      "response_invalid",
    ));

  it("a code in place of the ID token", () =>
    expectSilentRefusal(
      "implicit flow",
      answering((parameters) => {
        delete parameters["id_token"];
        parameters["code"] = "a-code";
      }),
      "response_invalid",
    ));
});

describe("attack: an authorization response in the wrong place", () => {
  for (const [flow, mode] of [
    ["code to the window", "fragment"],
    ["exchange in the page", "fragment"],
    ["implicit flow", "query"],
    ["code with an ID token", "query"],
  ] as const) {
    it(`in the ${mode} (${flow})`, () =>
      expectRefusal(flow, { misconduct: { mode } }, "response_invalid"));
  }

  it("in both at once (code to the window)", () =>
    expectRefusal(
      "code to the window",
      standing((right) => ({ search: right, hash: right })),
      "response_invalid",
    ));

  it("the right one in the query, another code in the fragment", () =>
    expectRefusal(
      "code to the window",
      standing((right, parameters) => ({
        search: right,
        hash: new URLSearchParams({ ...parameters, code: "injected" }).toString(),
      })),
      "response_invalid",
    ));

  it("half of it in the query, half in the fragment", () =>
    expectRefusal(
      "code to the window",
      standing((_right, { code = "", state = "", iss = "" }) => ({
        search: new URLSearchParams({ code, iss }).toString(),
        hash: new URLSearchParams({ state }).toString(),
      })),
      "response_invalid",
    ));

  it("another state in the fragment: nobody hears it", () =>
    expectUnheard(
      "code to the window",
      standing((right) => ({ search: right, hash: "state=another&code=injected" })),
      (_page, heard) => isRelayed(heard, "another"),
    ));

  for (const hash of ["_=_", "code=injected", "", "id_token=a.b.c&code=injected&iss=x"]) {
    it(`what stands in the fragment without a state is nothing: #${hash}`, () => {
      let right: string | undefined;
      return expectCredential(
        "code to the window",
        standing((search, { code }) => {
          right = code;
          return { search, hash };
        }),
        (_page, { answers }) => {
          expect(answers[0]?.[0]).to.include({ ssoKey: right });
        },
      );
    });
  }

  it("another response in the query: the fragment is read alone (implicit flow)", () => {
    let right: string | undefined;
    return expectCredential(
      "implicit flow",
      standing((hash, { state = "", iss = "", id_token }) => {
        right = id_token;
        return {
          search: new URLSearchParams({ id_token: "a.b.c", error: "x", state, iss }).toString(),
          hash,
        };
      }),
      (_page, { answers }) => {
        expect(answers[0]?.[0] === right).to.equal(true);
      },
    );
  });
});

describe("attack: a response mode that nobody asked for", () => {
  it("a signed response (JARM)", () =>
    expectUnheard(
      "code to the window",
      standing(() => ({ search: "response=eyJhbGciOiJub25lIn0.eyJjb2RlIjoieCJ9." })),
      ({ popups }) => shownBy(popups[0]) === "no_response",
    ));

  it("a signed response (JARM) with the right state beside it", () =>
    expectSilentRefusal(
      "code to the window",
      standing((_right, { state = "", iss = "" }) => ({
        search: new URLSearchParams({
          response: "eyJhbGciOiJub25lIn0.e30.",
          state,
          iss,
        }).toString(),
      })),
      "response_invalid",
    ));

  it("a form that is posted to the return page", () =>
    expectUnheard(
      "code to the window",
      {
        misconduct: {
          authorization: (parameters, request) =>
            page(
              `<form method="post" action="${toReturnPage(request, {})}">${Object.entries(
                parameters,
              )
                .map(([name, value]) => `<input name="${name}" value="${value}">`)
                .join("")}</form><script>document.forms[0].submit()</script>`,
            ),
        },
      },
      ({ popups: [popup] }) => {
        try {
          return popup?.location.origin === location.origin;
        } catch {
          return false;
        }
      },
    ));

  it("a message of the provider's own page (web_message)", () =>
    expectUnheard(
      "code to the window",
      {
        misconduct: {
          authorization: (parameters) =>
            page(
              `<script>opener.postMessage({ type: "authorization_response", response: ${JSON.stringify(parameters)} }, "*")</script>`,
            ),
        },
      },
      (_page, { messages }) =>
        messages.some(({ data }) => (data as { type?: unknown }).type === "authorization_response"),
    ));
});
