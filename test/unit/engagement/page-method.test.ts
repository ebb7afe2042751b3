import { expect } from "@esm-bundle/chai";

import { ConsumerAuthError } from "../../../src/base/errors.js";
import { exposePageMethod, type PageMethodOptions } from "../../../src/engagement/page-method.js";
import type { Credential } from "../../../src/sources/credential.js";
import { override } from "../../support/override.js";
import { recordWarnings, type RecordedWarnings } from "../../support/recorded-warnings.js";

type PageMethod = (callback?: unknown, codeChallenge?: unknown) => unknown;

const page = globalThis as unknown as Record<string, unknown>;
const guest: Credential = { kind: "anonymous", token: "a.b.c" };

describe("the page method", () => {
  let warnings: RecordedWarnings;
  let restore: (() => void) | undefined;
  let conceal: () => void;
  let answer: PageMethodOptions["answer"];
  let nothing: "" | Record<string, never>;

  beforeEach(() => {
    warnings = recordWarnings();
    answer = () => Promise.resolve(guest);
    nothing = "";
    conceal = exposePageMethod({
      jsContext: "window",
      jsMethodName: "testMethod",
      answer: (challenge) => answer(challenge),
      nothing: () => nothing,
    });
  });

  afterEach(() => {
    restore?.();
    restore = undefined;
    conceal();
    warnings.stop();
  });

  const call: PageMethod = (...given) => (page["testMethod"] as PageMethod)(...given);

  const answered = (codeChallenge?: unknown): Promise<readonly unknown[]> =>
    new Promise((resolve) => {
      call((...values: unknown[]) => {
        resolve(values);
      }, codeChallenge);
    });

  it("hands over a token as a text, and nothing else", async () => {
    expect(await answered()).to.deep.equal(["a.b.c"]);
    answer = () => Promise.resolve({ kind: "id_token", token: "d.e.f" });
    expect(await answered()).to.deep.equal(["d.e.f"]);
  });

  it("hands over a code with the redirect URI that it was asked for with", async () => {
    const redirectUri = "https://brand.example/callback.html";
    answer = () => Promise.resolve({ kind: "code", code: "the-code", redirectUri });
    expect(await answered()).to.deep.equal([{ ssoKey: "the-code", redirect_uri: redirectUri }]);
  });

  for (const empty of ["", {}] as const) {
    it(`tells why there is none, with ${JSON.stringify(empty)} in its place`, async () => {
      nothing = empty;
      answer = () => Promise.reject(new ConsumerAuthError("cancelled", "Declined."));
      expect(await answered()).to.deep.equal([empty, "cancelled: Declined."]);
    });
  }

  it("tells of a failure that nobody foresaw, or that happens at once", async () => {
    answer = () => Promise.reject(new TypeError("x is undefined"));
    expect(await answered()).to.deep.equal(["", "unexpected: x is undefined"]);
    answer = () => {
      throw new ConsumerAuthError("invalid_challenge", "Bad.");
    };
    expect(await answered()).to.deep.equal(["", "invalid_challenge: Bad."]);
    answer = () => Promise.reject(new DOMException("Denied.", "SecurityError"));
    expect(String((await answered())[1])).to.match(/Denied/);
  });

  it("passes the window's challenge on as it came", async () => {
    const given: unknown[] = [];
    answer = async (challenge) => {
      given.push(challenge);
      return guest;
    };
    const odd = { then: "not a promise" };
    for (const challenge of ["c".repeat(43), undefined, null, odd]) await answered(challenge);
    expect(given).to.deep.equal(["c".repeat(43), undefined, null, odd]);
  });

  it("answers though the challenge is a promise that never settles", async () => {
    expect(await answered(new Promise(() => undefined))).to.deep.equal(["a.b.c"]);
  });

  it("never answers within the call, and returns nothing", async () => {
    let calls = 0;
    const done = new Promise<void>((resolve) => {
      const returned = call(() => {
        calls++;
        resolve();
      });
      expect(returned).to.equal(undefined);
    });
    expect(calls).to.equal(0);
    await done;
    expect(calls).to.equal(1);
  });

  it("answers every one of many calls, once", async () => {
    let begun = 0;
    answer = async () => {
      if (++begun % 2 === 0) throw new ConsumerAuthError("superseded", "Later.");
      return guest;
    };
    const counts = await Promise.all(
      Array.from({ length: 6 }, async () => {
        let count = 0;
        await new Promise<void>((resolve) => {
          call(() => {
            count++;
            resolve();
          });
        });
        await new Promise((resolve) => setTimeout(resolve));
        return count;
      }),
    );
    expect(counts).to.deep.equal([1, 1, 1, 1, 1, 1]);
  });

  for (const [what, how] of [
    ["a credential", () => Promise.resolve(guest)],
    ["a failure", () => Promise.reject(new ConsumerAuthError("cancelled", "Declined."))],
  ] as const) {
    it(`does not answer again where the callback throws at ${what}; the page hears of it`, async () => {
      answer = how;
      let calls = 0;
      const later = await new Promise<() => void>((resolve) => {
        // Run here, since an uncaught error would end up in the report of the tests.
        restore = override(window, "setTimeout", resolve);
        call(() => {
          calls++;
          throw new RangeError("The window's own mistake.");
        });
      });
      expect(later).to.throw(RangeError);
      expect(calls).to.equal(1);
    });
  }

  for (const callback of [undefined, null, "callback", {}, 5]) {
    it(`can't answer where the callback is ${JSON.stringify({ callback })}, and warns`, () => {
      let asked = 0;
      answer = async () => {
        asked++;
        return guest;
      };
      expect(() => call(callback)).not.to.throw();
      expect(warnings.messages).to.have.lengthOf(1);
      expect(warnings.messages[0]).to.match(/consumer-auth: testMethod .*without a callback/);
      expect(asked).to.equal(0);
    });
  }
});
