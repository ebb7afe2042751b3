import { expect } from "@esm-bundle/chai";

import type { ConsumerAuthConfig } from "../../../src/config/options.js";
import type { RawAuthorizationResponse } from "../../../src/oidc/authorization-response.js";
import type {
  AuthorizationSource,
  PendingAuthorization,
} from "../../../src/sources/authorization.js";
import type { Credential } from "../../../src/sources/credential.js";
import { createSource } from "../../../src/sources/hybrid.js";
import { codeOf } from "../../support/caught.js";
import { issuedAt } from "../../support/id-tokens.js";
import { challenge, openSourcePage, type SourcePage } from "../../support/source-page.js";

/** A code and its hash, from the examples of OpenID Connect Core 1.0 appendix A.3. */
const code = "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk";
const c_hash = "LDktKdoQak3Pk0cnXxCltA";

describe("the hybrid flow", () => {
  let page: SourcePage;
  let source: AuthorizationSource;
  const { signal } = new AbortController();

  beforeEach(() => open());

  async function open(changes: ConsumerAuthConfig = {}): Promise<void> {
    page = await openSourcePage({
      flow: "code",
      responseType: "code id_token",
      authorizationEndpoint: "https://login.example/authorize",
      ...changes,
    });
    source = createSource(page);
  }

  const begin = (): Promise<PendingAuthorization> =>
    source.begin({ codeChallenge: challenge }, signal);

  /** What the identity provider answers to a request, but for the changes. */
  async function answer(
    pending: PendingAuthorization,
    claims: Record<string, unknown> = {},
    parameters: Record<string, string> = {},
  ): Promise<RawAuthorizationResponse> {
    const id_token = await page.mint({ nonce: pending.nonce, c_hash, ...claims });
    const { state } = pending;
    const all = new URLSearchParams({ code, id_token, state, ...parameters });
    return { mode: "fragment", parameters: all.toString() };
  }

  async function finish(
    claims: Record<string, unknown> = {},
    parameters: Record<string, string> = {},
  ): Promise<Credential> {
    const pending = await begin();
    return source.finish(pending, await answer(pending, claims, parameters), signal);
  }

  it("asks for both, bound to the window's challenge", async () => {
    const { url, nonce } = await begin();
    expect(Object.fromEntries(new URL(url).searchParams)).to.include({
      response_type: "code id_token",
      nonce,
      code_challenge: challenge,
      code_challenge_method: "S256",
    });
  });

  it("gives the code to the window, and tells the page whose it is", async () => {
    const credential = await finish({ given_name: "Zoë" });
    expect(credential).to.include({
      kind: "code",
      code,
      redirectUri: `${location.origin}/callback.html`,
    });
    expect(credential).to.have.nested.property("claims.given_name", "Zoë");
    expect(credential).to.have.property("idToken").that.matches(/^ey/);
  });

  const refused: readonly [string, Record<string, unknown>, string][] = [
    ["of another code", { c_hash: "LDktKdoQak3Pk0cnXxCltB" }, "id_token_invalid"],
    ["without the code's hash", { c_hash: undefined }, "id_token_invalid"],
    ["of another request", { nonce: "another" }, "id_token_invalid"],
    ["of no request", { nonce: undefined }, "id_token_invalid"],
    ["of another issuer", { iss: "https://evil.example" }, "id_token_invalid"],
    ["for another client", { aud: "another" }, "id_token_invalid"],
    ["for nobody in particular", { aud: undefined }, "id_token_invalid"],
    ["that has expired", { exp: issuedAt - 600 }, "id_token_expired"],
  ];
  for (const [what, claims, refusal] of refused) {
    it(`refuses both with an ID token ${what}`, async () => {
      expect(await codeOf(finish(claims))).to.equal(refusal);
    });
  }

  it("refuses a code that somebody has put in the place of the real one", async () => {
    expect(await codeOf(finish({}, { code: "stolen" }))).to.equal("id_token_invalid");
  });

  it("refuses an ID token that nobody can read, since nothing ties the code to it", async () => {
    const header = btoa('{"alg":"RSA-OAEP-256","enc":"A256GCM"}').replaceAll("=", "");
    expect(await codeOf(finish({}, { id_token: `${header}.a.b.c.d` }))).to.equal(
      "id_token_invalid",
    );
  });

  it("refuses half an answer, one in the query, and another's", async () => {
    for (const parameters of [{ code: "" }, { id_token: "" }, { state: "another" }]) {
      expect(await codeOf(finish({}, parameters))).to.equal("response_invalid");
    }
    const pending = await begin();
    const { parameters } = await answer(pending);
    const inQuery = source.finish(pending, { mode: "query", parameters }, signal);
    expect(await codeOf(inQuery)).to.equal("response_invalid");
  });

  it("refuses a sign-in that was not as it was asked for", async () => {
    await open({ acrValues: "gold", maxAge: 60 });
    expect(await codeOf(finish({ acr: "silver", auth_time: issuedAt }))).to.equal(
      "insufficient_authentication",
    );
    expect(await codeOf(finish({ acr: "gold", auth_time: issuedAt - 600 }))).to.equal(
      "insufficient_authentication",
    );
    expect(await finish({ acr: "gold", auth_time: issuedAt })).to.have.property("kind", "code");
  });
});
