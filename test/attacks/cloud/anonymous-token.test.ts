import { expect } from "@esm-bundle/chai";

import { override } from "../../support/override.js";
import { withAttackedPage } from "../support/attack.js";
import { byCloud, expectGuest, expectNoGuest, guestToken, type Guest } from "../support/cloud.js";

const minute = 60_000;

/** Does something while the page's clock runs ahead. */
async function later<T>(milliseconds: number, act: () => Promise<T>): Promise<T> {
  const { now } = Date;
  const restore = override(Date, "now", () => now() + milliseconds);
  try {
    return await act();
  } finally {
    restore();
  }
}

describe("attack: an anonymous token that is none", () => {
  const refused: Readonly<Record<string, (guest: Guest) => unknown>> = {
    "no token": () => ({}),
    "a token that is null": () => ({ token: null }),
    "a token in an array": ({ claims }) => ({ token: [guestToken(claims)] }),
    "a token under a prototype": ({ claims }) => ({
      body: `{"__proto__":{"token":"${guestToken(claims)}"}}`,
    }),
    "an empty text": () => ({ token: "" }),
    "HTML in its place": () => ({ token: "<!doctype html><script>alert(1)</script>" }),
    "two parts": ({ claims }) => ({ token: guestToken(claims).replace(/\.[^.]*$/, "") }),
    "no signature": ({ claims }) => ({ token: guestToken(claims).replace(/[^.]*$/, "") }),
    "five parts": ({ claims }) => ({ token: `${guestToken(claims)}.a.b` }),
    "a payload that is no JSON": () => ({ token: "e30.PGh0bWw-.c2ln" }),
    "a payload that is an array": () => ({ token: guestToken([1]) }),
    "no subject": ({ claims }) => ({ token: guestToken({ ...claims, sub: undefined }) }),
    "an empty subject": ({ claims }) => ({ token: guestToken({ ...claims, sub: "" }) }),
    "a subject that is an object": ({ claims }) => ({ token: guestToken({ ...claims, sub: {} }) }),
    "no end": ({ claims }) => ({ token: guestToken({ ...claims, exp: undefined }) }),
    "an end that is a text": ({ claims }) => ({ token: guestToken({ ...claims, exp: "2099" }) }),
    "700 KB": ({ claims }) => ({ token: guestToken({ ...claims, text: "x".repeat(500_000) }) }),
    "64 KB and a little": ({ claims }) => ({
      token: guestToken({ ...claims, text: "x".repeat(50_000) }),
    }),
  };
  for (const [name, anonymous] of Object.entries(refused)) {
    it(name, async () => {
      let isHostile = true;
      const options = byCloud({
        anonymous: (guest) => (isHostile ? anonymous(guest) : undefined),
      });
      await withAttackedPage("code to the window", options, async (page) => {
        expectNoGuest(page, await page.call(), "anonymous_unavailable");
        isHostile = false;
        expectGuest(page, await page.call());
      });
    });
  }

  for (const [internalErrorCode, code] of [
    ["2005", "anonymous_disabled"],
    [2005, "anonymous_disabled"],
    ["2001", "anonymous_unavailable"],
    ["<img src=x>", "anonymous_unavailable"],
    [{ toString: "2005" }, "anonymous_unavailable"],
  ] as const) {
    it(`the cloud's error ${JSON.stringify(internalErrorCode)}: ${code}`, () =>
      withAttackedPage(
        "code to the window",
        byCloud({
          anonymous: () => ({ status: 500, body: JSON.stringify({ internalErrorCode }) }),
        }),
        async (page) => {
          expectNoGuest(page, await page.call(), code);
          // It is no busy server: it is not asked again.
          const asked = page.room.requests.filter(({ path }) => path.endsWith("/authorize"));
          expect(asked.filter(({ method }) => method === "POST")).to.have.length(1);
        },
      ));
  }

  it("one that has expired is handed over once, and renewed at the next call", async () => {
    let ends = -60;
    const options = byCloud({
      anonymous: ({ claims }) => ({
        token: guestToken({ ...claims, sub: "person-1", exp: Number(claims["iat"]) + ends }),
      }),
    });
    await withAttackedPage("code to the window", options, async (page) => {
      expectGuest(page, await page.call());
      ends = 600;
      expectGuest(page, await page.call());
      const bodies = page.room.requests
        .filter(({ method }) => method === "POST")
        .map(({ body }) => Object.keys(JSON.parse(body) as object));
      expect(bodies).to.deep.equal([[], ["id_token"]]);
    });
  });
});

describe("attack: a renewal that answers with another person's token", () => {
  /** Somebody else's, which must be left nowhere. */
  const stolen: string[] = [];
  const swapped = ({ claims }: Guest): unknown => {
    const token = guestToken({ ...claims, sub: "somebody-else" });
    stolen.push(token);
    return { token };
  };

  it("the guest goes on with the token that they have, while it lives", async () => {
    let isHostile = true;
    const options = byCloud({
      anonymous: (guest) => (guest.isRenewal && isHostile ? swapped(guest) : undefined),
    });
    await withAttackedPage("code to the window", { ...options, secrets: stolen }, async (page) => {
      const sub = expectGuest(page, await page.call());
      await later(9.5 * minute, async () => {
        expect(expectGuest(page, await page.call())).to.equal(sub);
      });
      isHostile = false;
      await later(9.5 * minute, async () => {
        expect(expectGuest(page, await page.call())).to.equal(sub);
      });
      expect(stolen.length).to.be.above(0);
    });
  });

  it("nobody becomes somebody else when theirs has run out, and they are there again afterwards", async () => {
    let isHostile = true;
    const options = byCloud({
      anonymous: (guest) => (guest.isRenewal && isHostile ? swapped(guest) : undefined),
    });
    await withAttackedPage("code to the window", { ...options, secrets: stolen }, async (page) => {
      const sub = expectGuest(page, await page.call());
      await later(60 * minute, async () => {
        const outcome = await page.call();
        expect(outcome.code).to.equal("anonymous_unavailable");
        expect(outcome.answers).to.have.length(1);
        isHostile = false;
        expect(expectGuest(page, await page.call())).to.equal(sub);
      });
    });
  });
});
