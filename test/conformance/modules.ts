import { expect } from "@esm-bundle/chai";

import { createRsaKey, signToken } from "../support/rsa-keys.js";
import {
  expectCredential,
  expectRefusal,
  withAttackedPage,
  type AttackOptions,
  type FlowName,
} from "../attacks/support/attack.js";
import { withClaims, withHeader } from "../attacks/support/id-token.js";
import { compact, type Misconduct } from "../attacks/support/provider.js";

/** What the suite's provider does in one of its test modules, and what the relying party must make of it. */
export type Module = (flow: FlowName) => Promise<void>;

const accepts =
  (misconduct: Misconduct = {}): Module =>
  (flow) =>
    expectCredential(flow, { misconduct });

const refuses =
  (misconduct: Misconduct): Module =>
  (flow) =>
    expectRefusal(flow, { misconduct }, "id_token_invalid");

const another = createRsaKey("another-key");

/** The first sign-in with one key, the second with the next one. */
async function rotate(flow: FlowName, isToldLate: boolean): Promise<void> {
  const next = createRsaKey("next-key");
  let signIns = 0;
  let keySets = 0;
  const isRotated = (): boolean => signIns > 1;
  const options: AttackOptions = {
    misconduct: {
      keys: async ({ keys }) => {
        keySets += 1;
        // Just before it signs: whoever has the keys already has the old ones.
        return { keys: isRotated() || (!isToldLate && signIns > 0) ? [(await next).jwk] : keys };
      },
      idToken: async ({ claims, key }) => {
        signIns += 1;
        const signing = isRotated() ? await next : key;
        return signToken(signing, claims, { kid: signing.jwk.kid });
      },
    },
  };
  await withAttackedPage(flow, options, async ({ auth, call }) => {
    expect((await call()).code).to.equal(undefined);
    await auth.signOut();
    expect((await call()).code).to.equal(undefined);
    expect(auth.session.state).to.equal("authenticated");
    expect(keySets).to.equal(2);
  });
}

/** By the names that the OpenID Foundation's conformance suite gives them. */
export const modules = {
  "oidcc-client-test": accepts(),
  "oidcc-client-test-invalid-iss": refuses({
    idToken: withClaims({ iss: "https://another.example" }),
  }),
  "oidcc-client-test-missing-sub": refuses({ idToken: withClaims({ sub: undefined }) }),
  "oidcc-client-test-invalid-aud": refuses({ idToken: withClaims({ aud: "another-client" }) }),
  "oidcc-client-test-missing-iat": refuses({ idToken: withClaims({ iat: undefined }) }),
  "oidcc-client-test-kid-absent-single-jwks": accepts({ idToken: withHeader({ kid: undefined }) }),
  "oidcc-client-test-kid-absent-multiple-jwks": refuses({
    idToken: withHeader({ kid: undefined }),
    keys: async ({ keys }) => ({ keys: [...keys, (await another).jwk] }),
  }),
  "oidcc-client-test-idtoken-sig-rs256": accepts({ idToken: withHeader({ alg: "RS256" }) }),
  "oidcc-client-test-idtoken-sig-none": refuses({
    idToken: ({ claims }) => compact({ alg: "none" }, claims, ""),
  }),
  "oidcc-client-test-invalid-sig-rs256": refuses({
    idToken: async ({ claims, key }) => signToken(await another, claims, { kid: key.jwk.kid }),
  }),
  "oidcc-client-test-nonce": (flow) =>
    expectCredential(flow, {}, ({ room }) => {
      const request = room.requests.find(({ path }) => path === "/authorize");
      expect(request?.query.get("nonce")).to.match(/^[\w-]{43}$/);
    }),
  "oidcc-client-test-nonce-invalid": refuses({ idToken: withClaims({ nonce: "another" }) }),
  "oidcc-client-test-missing-chash": refuses({ idToken: withClaims({ c_hash: undefined }) }),
  "oidcc-client-test-invalid-chash": refuses({
    idToken: withClaims({ c_hash: "AAAAAAAAAAAAAAAAAAAAAA" }),
  }),
  "oidcc-client-test-discovery-openid-config": (flow) =>
    expectCredential(flow, {}, ({ room }) => {
      expect(room.requests[0]?.path).to.equal("/.well-known/openid-configuration");
    }),
  "oidcc-client-test-discovery-jwks-uri-keys": (flow) =>
    expectCredential(flow, {}, ({ room }) => {
      expect(room.requests.some(({ path }) => path === "/keys")).to.equal(true);
    }),
  "oidcc-client-test-discovery-issuer-mismatch": (flow) =>
    expectRefusal(
      flow,
      {
        misconduct: {
          discovery: (metadata) => ({ ...metadata, issuer: "https://another.example" }),
        },
      },
      "discovery_failed",
      ({ room }) => {
        expect(room.requests.some(({ path }) => path === "/authorize")).to.equal(false);
      },
    ),
  "oidcc-client-test-signing-key-rotation": (flow) => rotate(flow, false),
  "oidcc-client-test-signing-key-rotation-just-before-signing": (flow) => rotate(flow, true),
  "oidcc-client-test-ignores-unparseable-key-in-jwks": accepts({
    keys: ({ keys }) => ({
      keys: [{ kty: "RSA", kid: "broken", n: "!", e: "AQAB" }, { kty: "unheard-of" }, ...keys],
    }),
  }),
} as const satisfies Record<string, Module>;

export type ModuleName = keyof typeof modules;

/** One test for each module of a profile. */
export function itConforms(flow: FlowName, names: readonly ModuleName[]): void {
  for (const name of names) {
    it(name, () => modules[name](flow));
  }
}
