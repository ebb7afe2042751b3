import { expect } from "@esm-bundle/chai";
import { exportJWK } from "jose";

import { createRsaKey, signToken } from "../../support/rsa-keys.js";
import { expectRefusal } from "../support/attack.js";
import { json } from "../support/room.js";

const attacker = createRsaKey("attacker");

/** Headers that bring a key along, or say where one lies. */
const headers = {
  jwk: async () => ({ jwk: await exportJWK((await attacker).publicKey) }),
  jku: (stranger: string) => ({ jku: `${stranger}/keys` }),
  x5u: (stranger: string) => ({ x5u: `${stranger}/certificate` }),
  x5c: async () => ({ x5c: [(await attacker).line] }),
  "x5t and x5c": async () => ({ x5t: "c2hhMQ", x5c: [(await attacker).line] }),
} as const;

describe("attack: an ID token that brings its own key", () => {
  for (const [name, header] of Object.entries(headers)) {
    for (const kid of ["provider-key", "attacker", undefined]) {
      it(`${name}, with the kid ${kid}`, async () => {
        let stranger = "";
        await expectRefusal(
          "implicit flow",
          {
            config: (room) => {
              ({ stranger } = room);
              return {};
            },
            misconduct: {
              idToken: async ({ claims }) =>
                signToken(await attacker, claims, { kid, ...(await header(stranger)) }),
              elsewhere: async ({ server }) =>
                server === "stranger" ? json({ keys: [(await attacker).jwk] }) : undefined,
            },
          },
          "id_token_invalid",
          ({ room }) => {
            expect(room.requests.filter(({ server }) => server === "stranger")).to.have.length(0);
          },
        );
      });
    }
  }
});
