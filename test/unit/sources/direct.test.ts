import { expect } from "@esm-bundle/chai";

import type { Credential } from "../../../src/sources/credential.js";
import { readAnswer } from "../../../src/sources/direct.js";
import { answerRequests, type AnsweredRequests } from "../../support/answered-requests.js";
import { caught, codeOf } from "../../support/caught.js";
import { issuedAt } from "../../support/id-tokens.js";
import { createRsaKey, signToken } from "../../support/rsa-keys.js";
import { openSourcePage, type SourcePage } from "../../support/source-page.js";

const redirect_uri = "https://www.brand.example/callback?a=b";

describe("an answer of the page, its site or its app", () => {
  let server: AnsweredRequests;

  beforeEach(() => {
    server = answerRequests(() => {
      throw new TypeError("Failed to fetch");
    });
  });

  afterEach(() => {
    server.stop();
  });

  describe("where ID tokens are handed over", () => {
    let page: SourcePage;
    let token: string;

    beforeEach(async () => {
      page = await openSourcePage();
      token = await page.mint();
    });

    const read = (answer: unknown, signal?: AbortSignal): Promise<Credential | undefined> =>
      readAnswer(page, answer, signal);

    for (const nothing of [undefined, null, ""]) {
      it(`that is ${JSON.stringify(nothing)} says that nobody is signed in`, async () => {
        expect(await read(nothing)).to.equal(undefined);
      });
    }

    it("is an ID token, alone or in an object, and verified", async () => {
      for (const answer of [
        token,
        { id_token: token },
        { token },
        { id_token: token, token: "another" },
        { id_token: token, code: "x", expires_in: 600 },
      ]) {
        expect(await read(answer)).to.deep.include({ kind: "id_token", token });
      }
      const credential = await read(token);
      expect(credential).to.have.nested.property("claims.sub", "consumer-1");
    });

    it("of the exchange in the page is an ID token too", async () => {
      page = await openSourcePage({ flow: "code", exchange: "widget" });
      expect(await read(await page.mint())).to.have.property("kind", "id_token");
    });

    const wrong: readonly [string, unknown][] = [
      ["a code", { code: "x", redirect_uri }],
      ["an empty object", {}],
      ["an empty token", { id_token: "" }],
      ["null for a token", { id_token: null }],
      ["a token that is no text", { id_token: { a: 1 } }],
      ["an identity", { iss: "https://login.example", sub: "consumer-1", acr: "loa1" }],
      ["a list", ["a.b.c"]],
      ["a number", 5],
      ["yes", true],
      ["no", false],
      ["a function", () => "a.b.c"],
      ["absurdly long", "x".repeat(65_537)],
    ];
    for (const [what, answer] of wrong) {
      it(`that is ${what} is refused, without being repeated`, async () => {
        const { code, message } = await caught(read(answer));
        expect(code).to.equal("response_invalid");
        expect(message).to.equal("The answer does not hold an ID token.");
      });
    }

    const flaws: readonly [string, () => Promise<string>, string][] = [
      ["has expired", () => page.mint({ exp: issuedAt - 61 }), "id_token_expired"],
      ["is another issuer's", () => page.mint({ iss: "https://evil.example" }), "id_token_invalid"],
      ["is for another client", () => page.mint({ aud: "another" }), "id_token_invalid"],
      ["is of nobody", () => page.mint({ sub: "" }), "id_token_invalid"],
      ["is from the future", () => page.mint({ iat: issuedAt + 61 }), "id_token_invalid"],
      ["is no token", () => Promise.resolve("hello"), "id_token_invalid"],
      ["has another's signature", forged, "id_token_invalid"],
      ["has none", unsigned, "id_token_invalid"],
    ];
    for (const [what, make, code] of flaws) {
      it(`is refused where the token ${what}`, async () => {
        const flawed = await make();
        const error = await caught(read({ id_token: flawed }));
        expect(error.code).to.equal(code);
        for (const part of flawed.split(".")) {
          if (part) expect(error.message).not.to.include(part);
        }
      });
    }

    async function forged(): Promise<string> {
      return signToken(await createRsaKey("a"), {
        iss: page.config.issuer,
        aud: "brand",
        sub: "consumer-1",
        iat: issuedAt,
        exp: issuedAt + 600,
      });
    }

    async function unsigned(): Promise<string> {
      const [, claims] = token.split(".");
      return `${btoa('{"alg":"none"}').replaceAll("=", "")}.${claims}.`;
    }

    it("may leave out for whom the token is, since no request of ours asked for it", async () => {
      const silent = await page.mint({ aud: undefined });
      expect(await read(silent)).to.have.property("kind", "id_token");
    });

    it("must say as much of the sign-in as the configuration asks for", async () => {
      page = await openSourcePage({ acrValues: "gold silver", maxAge: 60 });
      const fits = await page.mint({ acr: "silver", auth_time: issuedAt - 60 });
      expect(await read(fits)).to.have.property("kind", "id_token");
      for (const changes of [
        { acr: "bronze", auth_time: issuedAt },
        { auth_time: issuedAt },
        { acr: "gold", auth_time: issuedAt - 600 },
        { acr: "gold" },
      ]) {
        const code = await codeOf(read(await page.mint(changes)));
        expect(code, JSON.stringify(changes)).to.equal("insufficient_authentication");
      }
    });

    it("that is encrypted for the cloud is passed on unread", async () => {
      const header = btoa('{"alg":"RSA-OAEP-256","enc":"A256GCM","kid":"cloud"}')
        .replaceAll("=", "")
        .replaceAll("/", "_");
      const nested = `${header}.a.b.c.d`;
      expect(await read(nested)).to.deep.equal({
        kind: "id_token",
        token: nested,
        claims: undefined,
      });
    });

    it("can't be judged where the provider's keys can't be had", async () => {
      page = await openSourcePage({
        jwtPublicKey: undefined as never,
        jwksEndpoint: "https://login.example/jwks",
      });
      expect(await codeOf(read(token))).to.equal("keys_unavailable");
    });
  });

  describe("where codes are handed over", () => {
    let page: SourcePage;

    beforeEach(async () => {
      page = await openSourcePage({ flow: "code" });
    });

    const read = (answer: unknown): Promise<Credential | undefined> => readAnswer(page, answer);

    it("is a code with the redirect URI of its request, in either dialect", async () => {
      for (const answer of [
        { code: "the-code", redirect_uri },
        { ssoKey: "the-code", redirect_uri },
        { code: "the-code", ssoKey: "another", redirect_uri, id_token: "a.b.c" },
      ]) {
        expect(await read(answer)).to.deep.equal({
          kind: "code",
          code: "the-code",
          redirectUri: redirect_uri,
          claims: undefined,
        });
      }
    });

    it("that is nothing says that nobody is signed in", async () => {
      for (const nothing of [undefined, null, ""]) expect(await read(nothing)).to.equal(undefined);
    });

    const wrong: readonly [string, unknown, string][] = [
      ["an ID token", { id_token: "a.b.c" }, "a code"],
      ["a text", "the-code", "a code"],
      ["an empty code", { code: "", redirect_uri }, "a code"],
      ["a code that is no text", { code: 5, redirect_uri }, "a code"],
      ["a code of absurd length", { code: "x".repeat(65_537), redirect_uri }, "a code"],
      ["an empty object", {}, "a code"],
      ["no redirect URI", { code: "the-code" }, "the redirect_uri of the code's request"],
      ["a path for one", { code: "the-code", redirect_uri: "/a" }, "the redirect_uri of the"],
      ["an object for one", { code: "the-code", redirect_uri: {} }, "the redirect_uri of the"],
    ];
    for (const [what, answer, says] of wrong) {
      it(`that is ${what} is refused, without being repeated`, async () => {
        const { code, message } = await caught(read(answer));
        expect(code).to.equal("response_invalid");
        expect(message).to.include(says).and.not.include("the-code");
      });
    }
  });
});
