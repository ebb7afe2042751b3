import { expect } from "@esm-bundle/chai";

import { ConsumerAuthError } from "../../../src/base/errors.js";
import type { ConsumerAuthConfig, ProviderRequest } from "../../../src/config/options.js";
import type { Credential } from "../../../src/sources/credential.js";
import type { SourceCall } from "../../../src/sources/direct.js";
import { createSource } from "../../../src/sources/provider.js";
import { caught, codeOf } from "../../support/caught.js";
import {
  challenge,
  openSourcePage,
  sourceCall,
  type SourcePage,
} from "../../support/source-page.js";

const redirect_uri = "https://www.brand.example/callback";
const scope = window as unknown as Record<string, unknown>;

describe("a function of the page that gives the credential", () => {
  let page: SourcePage;

  afterEach(() => {
    Reflect.deleteProperty(window, "brandOfTest");
  });

  async function ask(
    provider: unknown,
    call: Partial<SourceCall> = {},
    changes: ConsumerAuthConfig = {},
  ): Promise<Credential | undefined> {
    page = await openSourcePage({ provider: provider as never, ...changes });
    return createSource(page)(sourceCall(call));
  }

  it("gives an ID token, at once or later, alone or in an object, which is verified", async () => {
    const token = await (await openSourcePage()).mint();
    for (const provider of [
      () => token,
      () => Promise.resolve(token),
      () => ({ id_token: token }),
      async () => ({ id_token: token }),
      () => ({ then: (resolve: (answer: string) => void) => resolve(token) }),
    ]) {
      const credential = await ask(provider);
      expect(credential).to.deep.include({ kind: "id_token", token });
      expect(credential).to.have.nested.property("claims.sub", "consumer-1");
    }
  });

  it("gives a code with its redirect URI", async () => {
    const provider = () => ({ code: "the-code", redirect_uri });
    expect(await ask(provider, {}, { flow: "code" })).to.deep.equal({
      kind: "code",
      code: "the-code",
      redirectUri: redirect_uri,
      claims: undefined,
    });
  });

  it("says that nobody is signed in", async () => {
    for (const nothing of [null, undefined, ""]) {
      expect(await ask(() => nothing)).to.equal(undefined);
      expect(await ask(() => Promise.resolve(nothing))).to.equal(undefined);
    }
  });

  it("is told what is wanted, and when nobody wants it any more", async () => {
    const asked: ProviderRequest[] = [];
    const leaving = new AbortController();
    const provider = (request: ProviderRequest) => {
      asked.push(request);
      return new Promise<never>(() => undefined);
    };
    const call = { codeChallenge: challenge, interactive: true, renew: true };
    const answer = codeOf(ask(provider, { ...call, signal: leaving.signal }, { flow: "code" }));
    while (asked.length === 0) await Promise.resolve();
    const { signal, ...wanted } = asked[0]!;
    expect(wanted).to.deep.equal(call);
    expect(signal.aborted).to.equal(false);
    leaving.abort(new ConsumerAuthError("cancelled", "No."));
    expect(await answer).to.equal("cancelled");
    expect(signal.aborted).to.equal(true);
  });

  it("that never answers is not waited for longer than a request", async () => {
    let given: AbortSignal | undefined;
    const provider = ({ signal }: ProviderRequest) => {
      given = signal;
      return new Promise<never>(() => undefined);
    };
    const changes = { requestTimeout: 20, interactionTimeout: 60_000 };
    const { code, message } = await caught(ask(provider, {}, changes));
    expect(code).to.equal("request_timeout");
    expect(message).to.include("provider").and.include("20 ms");
    expect(given?.aborted).to.equal(true);
  });

  it("may take as long as a person where one may be asked, and no longer", async () => {
    const token = await (await openSourcePage()).mint();
    const slow = () => new Promise((resolve) => setTimeout(resolve, 60, token));
    const changes = { requestTimeout: 20, interactionTimeout: 60_000 };
    expect(await ask(slow, { interactive: true }, changes)).to.include({ token });
    const never = () => new Promise(() => undefined);
    const hurried = { requestTimeout: 60_000, interactionTimeout: 20 };
    expect(await codeOf(ask(never, { interactive: true }, hurried))).to.equal("request_timeout");
  });

  it("that throws, or rejects, has failed, for a reason that the developer can see", async () => {
    const mistake = new TypeError("user is undefined, token a.b.c");
    for (const provider of [
      () => {
        throw mistake;
      },
      () => Promise.reject(mistake),
    ]) {
      const { code, message, cause } = await caught(ask(provider));
      expect(code).to.equal("provider_failed");
      expect(cause).to.equal(mistake);
      expect(message).not.to.include("a.b.c");
    }
  });

  it("that says by an error of ours why, is taken at its word", async () => {
    const error = new ConsumerAuthError("access_denied", "No.");
    expect(await caught(ask(() => Promise.reject(error)))).to.equal(error);
  });

  it("that gives something else is not understood", async () => {
    for (const answer of [5, true, {}, [], { code: "x", redirect_uri }, () => "a.b.c"]) {
      expect(await codeOf(ask(() => answer))).to.equal("response_invalid");
    }
    const idToken = await page.mint();
    expect(await codeOf(ask(() => idToken, {}, { flow: "code" }))).to.equal("response_invalid");
  });

  it("that gives a token that is not good is refused", async () => {
    const foreign = await (await openSourcePage()).mint({ iss: "https://evil.example" });
    expect(await codeOf(ask(() => foreign))).to.equal("id_token_invalid");
  });

  describe("by its path", () => {
    it("is found when it is called, though it is defined later", async () => {
      page = await openSourcePage({ provider: "brandOfTest.getCredential" });
      const source = createSource(page);
      const { code, message } = await caught(source(sourceCall()));
      expect(code).to.equal("provider_failed");
      expect(message).to.match(/brandOfTest\.getCredential.*define it/);
      const token = await page.mint();
      scope["brandOfTest"] = { getCredential: () => token };
      expect(await source(sourceCall())).to.include({ token });
    });

    it("keeps what it is a method of", async () => {
      const token = await (await openSourcePage()).mint();
      scope["brandOfTest"] = {
        token,
        getCredential(this: { token: string }) {
          return this.token;
        },
      };
      expect(await ask("brandOfTest.getCredential")).to.include({ token });
    });

    it("has failed where there is something else", async () => {
      for (const other of [5, "a.b.c", {}, null]) {
        scope["brandOfTest"] = { getCredential: other };
        const { code, message } = await caught(ask("brandOfTest.getCredential"));
        expect(code).to.equal("provider_failed");
        expect(message).not.to.include("a.b.c");
      }
    });
  });
});
