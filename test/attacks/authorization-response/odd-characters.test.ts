import { expect } from "@esm-bundle/chai";

import { expectSilentRefusal, toReturnPage } from "../support/arrivals.js";
import { withAttackedPage, type AttackOptions } from "../support/attack.js";
import { redirect } from "../support/room.js";

const encoded = (parameters: Record<string, string>, without: string): string =>
  new URLSearchParams(Object.entries(parameters).filter(([name]) => name !== without)).toString();

/** A parameter as it stands in the address, to the letter. */
const raw = (name: string, text: (right: string) => string): AttackOptions => ({
  misconduct: {
    authorization: (parameters, request) =>
      redirect(
        toReturnPage(request, {
          search: `${name}=${text(parameters[name]!)}&${encoded(parameters, name)}`,
        }),
      ),
  },
});

/** How a code may be written, and what it then is (application/x-www-form-urlencoded, WHATWG URL). */
const codes: readonly (readonly [what: string, written: string, read: string])[] = [
  ["a plus sign, which is a blank", "a+b", "a b"],
  ["an encoded plus sign", "a%2Bb", "a+b"],
  ["encoded twice", "a%252Bb", "a%2Bb"],
  ["no encoding", "a%zzb%", "a%zzb%"],
  ["half an encoding", "a%2", "a%2"],
  ["an ampersand and an equals sign", "a%26state%3Dx%3D%3D", "a&state=x=="],
  ["markup", "%3Cscript%3Ealert(1)%3C%2Fscript%3E", "<script>alert(1)</script>"],
  ["a NUL", "a%00b", "a\0b"],
  ["line ends", "a%0D%0Ab", "a\r\nb"],
  ["a byte that is no UTF-8", "a%FFb", "a\ufffdb"],
  ["half a surrogate pair", "a%ED%A0%80b", "a\ufffd\ufffd\ufffdb"],
  ["an overlong encoding", "a%C0%AFb", "a\ufffd\ufffdb"],
  ["a byte order mark", "%EF%BB%BFab", "\ufeffab"],
  ["a character of four bytes", "a%F0%9F%98%80b", "a\u{1f600}b"],
];

describe("odd characters in a code: it is one code, and never becomes anything else", () => {
  for (const [what, written, read] of codes) {
    it(`${what}, to the window and to the token endpoint`, async () => {
      const options: AttackOptions = {
        ...raw("code", () => `c0de-${written}`),
        config: { silent: true },
        secrets: [`c0de-${read}`],
      };
      await withAttackedPage("code to the window", options, async ({ auth }) => {
        const credential = await auth.getCredential({ interactive: false });
        expect(credential.kind === "code" && credential.code).to.equal(`c0de-${read}`);
      });
      await withAttackedPage("exchange in the page", options, async ({ auth, room }) => {
        await auth.getCredential({ interactive: false }).catch(() => undefined);
        const sent = room.requests
          .filter(({ path }) => path === "/token")
          .map(({ body }) => [...new URLSearchParams(body).entries()]);
        expect(sent).to.have.length(1);
        expect(sent[0]?.filter(([name]) => name === "code")).to.deep.equal([
          ["code", `c0de-${read}`],
        ]);
        expect(sent[0]?.map(([name]) => name)).to.deep.equal([
          "grant_type",
          "code",
          "redirect_uri",
          "code_verifier",
          "client_id",
        ]);
      });
    });
  }
});

describe("attack: an iss written so that it might be taken for ours", () => {
  const spellings: Readonly<Record<string, (iss: string) => string>> = {
    "encoded twice": (iss) => encodeURIComponent(encodeURIComponent(iss)),
    "a NUL behind it": (iss) => `${encodeURIComponent(iss)}%00`,
    "a line end behind it": (iss) => `${encodeURIComponent(iss)}%0A`,
    "a plus sign behind it": (iss) => `${encodeURIComponent(iss)}+`,
    "a byte that is no UTF-8 behind it": (iss) => `${encodeURIComponent(iss)}%FF`,
    "half a surrogate pair behind it": (iss) => `${encodeURIComponent(iss)}%ED%A0%80`,
    "a byte order mark before it": (iss) => `%EF%BB%BF${encodeURIComponent(iss)}`,
    "an overlong slash": (iss) => encodeURIComponent(iss).replace("%2F", "%C0%AF"),
  };
  for (const [how, spell] of Object.entries(spellings)) {
    it(how, () => expectSilentRefusal("code to the window", raw("iss", spell), "response_invalid"));
  }

  it("a semicolon is no separator, and no code comes of it", () =>
    expectSilentRefusal(
      "code to the window",
      {
        misconduct: {
          authorization: ({ code = "", state = "", iss = "" }, request) =>
            redirect(
              toReturnPage(request, {
                search: `state=${state}&iss=${encodeURIComponent(iss)};code=${code}`,
              }),
            ),
        },
      },
      "response_invalid",
    ));

  it("a name that is encoded is the same name: it comes twice", () =>
    expectSilentRefusal(
      "code to the window",
      {
        misconduct: {
          authorization: (parameters, request) =>
            redirect(
              toReturnPage(request, {
                search: `${new URLSearchParams(parameters).toString()}&%63ode=injected`,
              }),
            ),
        },
      },
      "response_invalid",
    ));
});
