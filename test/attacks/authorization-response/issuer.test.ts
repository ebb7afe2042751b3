import { answering, expectSilentRefusal } from "../support/arrivals.js";
import { expectCredential, expectRefusal, type AttackOptions } from "../support/attack.js";

/** The provider does not promise an iss. */
const unpromised = (change: (parameters: Record<string, string>) => unknown): AttackOptions => ({
  misconduct: {
    ...answering(change).misconduct,
    discovery: (metadata) => ({
      ...metadata,
      authorization_response_iss_parameter_supported: false,
    }),
  },
});

const lookAlikes: Readonly<Record<string, (issuer: string) => string>> = {
  "a slash more": (issuer) => `${issuer}/`,
  "another scheme": (issuer) => issuer.replace("http:", "https:"),
  "the scheme in capitals": (issuer) => issuer.replace("http:", "HTTP:"),
  "the path in capitals": (issuer) => issuer.toUpperCase().replace("HTTP:", "http:"),
  "a letter that looks like another": (issuer) => issuer.replace("hostile", "h\u043estile"),
  "a digit that looks like another": (issuer) => issuer.replace("127", "\uff1127"),
  "another spelling of the address": (issuer) => issuer.replace("127.0.0.1", "127.1"),
  "another name of the host": (issuer) => issuer.replace("127.0.0.1", "localhost"),
  "a user name": (issuer) => issuer.replace("//", "//login@"),
  "its letters encoded": (issuer) => issuer.replace("hostile", "%68ostile"),
  "a way through the parent": (issuer) => issuer.replace("/hostile/", "/x/../hostile/"),
  "a blank before it": (issuer) => ` ${issuer}`,
  "a NUL after it": (issuer) => `${issuer}\0`,
  "its beginning only": (issuer) => issuer.slice(0, -1),
  "more behind it": (issuer) => `${issuer}0`,
  "quotes around it": (issuer) => `"${issuer}"`,
};

describe("attack: an authorization response of another issuer (RFC 9207)", () => {
  for (const flow of ["code to the window", "exchange in the page", "implicit flow"] as const) {
    it(`another provider's iss (${flow})`, () =>
      expectRefusal(
        flow,
        answering((parameters) => (parameters["iss"] = "https://other.example")),
        "response_invalid",
      ));
  }

  for (const [how, change] of Object.entries(lookAlikes)) {
    it(`an iss that looks like ours: ${how}`, () =>
      expectSilentRefusal(
        "code to the window",
        answering((parameters) => (parameters["iss"] = change(parameters["iss"]!))),
        "response_invalid",
      ));
  }

  it("an empty iss", () =>
    expectSilentRefusal(
      "code to the window",
      answering((parameters) => (parameters["iss"] = "")),
      "response_invalid",
    ));

  for (const flow of ["code to the window", "exchange in the page"] as const) {
    it(`no iss, though the provider promises one (${flow})`, () =>
      expectRefusal(
        flow,
        answering((parameters) => delete parameters["iss"]),
        "response_invalid",
      ));
  }

  it("an error without iss, though the provider promises one", () =>
    expectRefusal(
      "code to the window",
      answering((parameters) => {
        delete parameters["iss"];
        delete parameters["code"];
        parameters["error"] = "access_denied";
      }),
      "response_invalid",
    ));

  it("an error of another issuer", () =>
    expectRefusal(
      "implicit flow",
      answering((parameters) => {
        delete parameters["id_token"];
        parameters["iss"] = "https://other.example";
        parameters["error"] = "login_required";
      }),
      "response_invalid",
    ));

  it("another issuer's iss, where the provider promises none", () =>
    expectRefusal(
      "code to the window",
      unpromised((parameters) => (parameters["iss"] = "https://other.example")),
      "response_invalid",
    ));
});

describe("an issuer that is not named is no attack", () => {
  it("where the provider promises none", () =>
    expectCredential(
      "code to the window",
      unpromised((parameters) => delete parameters["iss"]),
    ));

  it("where the ID token names it", () =>
    expectCredential(
      "implicit flow",
      answering((parameters) => delete parameters["iss"]),
    ));
});
