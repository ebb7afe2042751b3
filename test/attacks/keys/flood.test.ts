import { expect } from "@esm-bundle/chai";

import { codeOf } from "../../support/caught.js";
import { override } from "../../support/override.js";
import { createRsaKey, signToken } from "../../support/rsa-keys.js";
import { withAttackedPage, type AttackedPage } from "../support/attack.js";
import { bySite, expectRecovery } from "../support/site-page.js";

const minute = 60_000;
const another = createRsaKey("another-key");

const countKeySets = ({ room }: AttackedPage): number =>
  room.requests.filter(({ path }) => path === "/keys").length;

/** Does something while the page's clock runs ahead. */
async function later(milliseconds: number, act: () => Promise<void>): Promise<void> {
  const { now } = Date;
  const restore = override(Date, "now", () => now() + milliseconds);
  try {
    await act();
  } finally {
    restore();
  }
}

describe("attack: tokens that make the page ask for keys again and again", () => {
  it("40 tokens with unknown keys have the set asked for once more, and again half a minute later", async () => {
    let number = 0;
    const options = bySite({
      credential: ({ claims, key }) =>
        number < 40 ? signToken(key, claims, { kid: `unknown-${++number}` }) : undefined,
    });
    await withAttackedPage("implicit flow", options, async (page) => {
      for (let half = 0; half < 20; half += 1)
        expect(await codeOf(page.auth.getCredential())).to.equal("id_token_invalid");
      expect(countKeySets(page)).to.equal(2);
      await later(minute / 2 + 1000, async () => {
        for (let half = 0; half < 20; half += 1)
          expect(await codeOf(page.auth.getCredential())).to.equal("id_token_invalid");
      });
      expect(countKeySets(page)).to.equal(3);
      await expectRecovery(page);
      expect(countKeySets(page)).to.equal(3);
    });
  });
});

describe("attack: keys that change", () => {
  it("a key of the attacker's that comes a moment later is not asked for within half a minute", async () => {
    let asked = 0;
    let isHostile = true;
    const options = bySite({
      misconduct: {
        keys: async ({ keys }) => ({ keys: ++asked <= 2 ? keys : [(await another).jwk] }),
      },
      credential: async ({ claims }) =>
        isHostile ? signToken(await another, claims, { kid: "another-key" }) : undefined,
    });
    await withAttackedPage("implicit flow", options, async (page) => {
      expect((await page.call()).code).to.equal("id_token_invalid");
      expect((await page.call()).code).to.equal("id_token_invalid");
      expect(asked).to.equal(2);
      isHostile = false;
      await expectRecovery(page);
    });
  });

  it("a key that the provider has withdrawn is not believed for longer than ten minutes", async () => {
    let isWithdrawn = false;
    const options = bySite({
      config: { clockTolerance: 600 },
      misconduct: {
        keys: async ({ keys }) => ({ keys: isWithdrawn ? [(await another).jwk] : keys }),
      },
      // Too short a life to be handed over twice.
      credential: ({ claims, key }) =>
        signToken(key, { ...claims, exp: Number(claims["iat"]) + 1 }, { kid: key.jwk.kid }),
    });
    await withAttackedPage("implicit flow", options, async (page) => {
      await expectRecovery(page);
      isWithdrawn = true;
      await expectRecovery(page);
      expect(countKeySets(page)).to.equal(1);
      const { now } = Date;
      await later(10 * minute + 1000, async () => {
        expect(Date.now()).to.be.above(now());
        expect((await page.call()).code).to.equal("id_token_invalid");
      });
      expect(countKeySets(page)).to.equal(3);
    });
  });

  it("a key that the provider has added is found by the first token that needs it, half a minute later", async () => {
    let isAdded = false;
    const options = bySite({
      misconduct: {
        keys: async ({ keys }) => ({ keys: isAdded ? [...keys, (await another).jwk] : keys }),
      },
      credential: async ({ claims }) => signToken(await another, claims, { kid: "another-key" }),
    });
    await withAttackedPage("implicit flow", options, async (page) => {
      expect((await page.call()).code).to.equal("id_token_invalid");
      isAdded = true;
      await later(minute / 2 + 1000, () => expectRecovery(page));
      expect(countKeySets(page)).to.equal(3);
    });
  });
});
