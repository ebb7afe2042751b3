import { expect } from "@esm-bundle/chai";

import { withAttackedPage } from "../support/attack.js";
import { itRefuses, tokenFlows, withClaims } from "../support/id-token.js";
import { signToken } from "../../support/rsa-keys.js";
import { rightClaims } from "../support/provider.js";

describe("attack: an ID token that answers another request", () => {
  itRefuses({
    "another nonce": withClaims({ nonce: "another" }),
    "no nonce": withClaims({ nonce: undefined }),
    "an empty nonce": withClaims({ nonce: "" }),
    "the nonce in a list": ({ claims, key }) =>
      signToken(key, { ...claims, nonce: [claims["nonce"]] }, { kid: key.jwk.kid }),
    "the nonce in other case": ({ claims, key }) =>
      signToken(
        key,
        { ...claims, nonce: String(claims["nonce"]).toUpperCase() },
        { kid: key.jwk.kid },
      ),
  });

  for (const flow of tokenFlows) {
    it(`a token that was accepted before is refused when it comes again (${flow})`, async () => {
      let first: string | undefined;
      const misconduct = {
        idToken: async ({ claims, key }: Parameters<ReturnType<typeof withClaims>>[0]) =>
          (first ??= await signToken(key, claims, { kid: key.jwk.kid })),
      };
      await withAttackedPage(flow, { misconduct }, async ({ auth, call }) => {
        expect((await call()).answers).to.deep.equal([[first]]);
        await auth.signOut();
        const again = await call();
        expect(again.code).to.equal("id_token_invalid");
        expect(again.answers).to.have.length(1);
        expect(again.answers[0]?.[0]).to.equal("");
      });
    });
  }

  it("a nonce is never the same twice", async () => {
    const nonces = new Set<unknown>();
    const misconduct = {
      idToken: async ({ claims, key }: Parameters<ReturnType<typeof withClaims>>[0]) => {
        nonces.add(claims["nonce"]);
        return signToken(key, rightClaims(String(claims["iss"]), String(claims["nonce"])), {
          kid: key.jwk.kid,
        });
      },
    };
    await withAttackedPage("implicit flow", { misconduct }, async ({ auth, call }) => {
      for (const round of [1, 2, 3]) {
        await call();
        await auth.signOut();
        expect(nonces.size).to.equal(round);
      }
      for (const nonce of nonces) expect(nonce).to.match(/^[\w-]{43}$/);
    });
  });
});
