import { expect } from "@esm-bundle/chai";

import type { ErrorCode } from "../../../src/index.js";
import { caught } from "../../support/caught.js";
import { override } from "../../support/override.js";
import { createRsaKey, signToken } from "../../support/rsa-keys.js";
import { hasty, withAttackedPage, type AttackedPage } from "../support/attack.js";
import { brokenAnswers, give, patience, withoutCors, type Fault } from "../support/broken.js";
import type { Minting, Misconduct } from "../support/provider.js";
import type { ServerAnswer, ServerRequest } from "../support/room.js";
import { expectHungUp, expectNothingPolluted } from "../support/site-page.js";

type Eventual<T> = T | Promise<T>;
type Tokens = Parameters<NonNullable<Misconduct["token"]>>[0];

const isRefresh = ({ body }: ServerRequest): boolean =>
  new URLSearchParams(body).get("grant_type") === "refresh_token";

/** How a provider behaves when a refresh token is used. */
interface Refreshing {
  readonly tokens?: (tokens: Tokens) => Eventual<Tokens | ServerAnswer>;
  readonly idToken?: (minting: Minting) => Eventual<string>;
}

/**
 * A consumer signs in, with an ID token that will be too old for the next call: it is refreshed.
 *
 * @param refreshing - read again at every refresh; `undefined` is an honest provider
 */
async function afterSignIn(
  refreshing: () => Refreshing | undefined,
  act: (page: AttackedPage, sent: () => readonly string[]) => Promise<void>,
  config: object = {},
): Promise<void> {
  let isSignedIn = false;
  // A page that isn't seen renews nothing by itself.
  const restore = override(document, "visibilityState", "hidden");
  await withAttackedPage(
    "exchange in the page",
    {
      config: { ...hasty, ...config },
      misconduct: {
        idToken(minting) {
          const { claims, key } = minting;
          // What is left of it is less than what the next call wants.
          const now = Number(claims["iat"]);
          const changed = isSignedIn
            ? minting
            : { ...minting, claims: { ...claims, iat: now - 590, exp: now + 20 } };
          return (
            (isSignedIn ? refreshing()?.idToken?.(changed) : undefined) ??
            signToken(key, changed.claims, { kid: key.jwk.kid })
          );
        },
        token: (tokens, request) =>
          isRefresh(request) ? (refreshing()?.tokens?.(tokens) ?? tokens) : tokens,
      },
    },
    async (page) => {
      const { answers } = await page.call();
      expect(answers[0]).to.have.length(1);
      isSignedIn = true;
      await act(page, () =>
        page.room.requests
          .filter((request) => request.path === "/token" && isRefresh(request))
          .map(({ body }) => String(new URLSearchParams(body).get("refresh_token"))),
      );
    },
  ).finally(restore);
}

const renew = ({ auth }: AttackedPage): Promise<unknown> =>
  auth.getCredential({ interactive: false });

const codeOfRenewal = async (page: AttackedPage): Promise<string> =>
  (await caught(renew(page))).code;

const mint =
  (changes: Readonly<Record<string, unknown>>) =>
  ({ claims, key }: Minting): Promise<string> =>
    signToken(key, { ...claims, ...changes }, { kid: key.jwk.kid });

describe("attack: a token endpoint that answers a refresh with anything else", () => {
  const codes: Readonly<Record<Fault, ErrorCode>> = {
    "an error": "token_request_failed",
    "no JSON object": "token_request_failed",
    unreadable: "request_failed",
    late: "request_timeout",
  };

  it("each of them ends with its code, and the refresh token is still good afterwards", async function () {
    this.timeout(30_000);
    let broken = brokenAnswers[0];
    await afterSignIn(
      () => ({ tokens: (tokens) => (broken ? give(broken) : tokens) }),
      async (page, sent) => {
        const all = [...brokenAnswers, withoutCors];
        for (broken of all) {
          const before = sent().length;
          const error = await caught(renew(page));
          // Nobody knows what became of a refresh token that was sent. A browser may repeat by itself
          // what a connection was reset for.
          if (!broken.name.includes("reset"))
            expect(sent(), broken.name).to.have.length(before + 1);
          expect(error.code, broken.name).to.equal(codes[broken.fault]);
          expect(error.message).not.to.match(/[<>]/);
          if (broken.name === "a body without end") await expectHungUp(page);
        }
        broken = undefined;
        expect(await renew(page)).to.have.property("kind", "id_token");
        expect(new Set(sent()).size).to.equal(1);
        expectNothingPolluted();
      },
      patience({ name: "", fault: "late", answer: {} }),
    );
  });
});

describe("attack: a refresh that answers with what is another's", () => {
  const another = createRsaKey("another-key");
  const refused: Readonly<Record<string, (minting: Minting) => Promise<string>>> = {
    "of another consumer": mint({ sub: "somebody-else" }),
    "of another consumer, in other letters": mint({ sub: "Consumer-1" }),
    "of nobody": mint({ sub: undefined }),
    "of a list of consumers": mint({ sub: ["consumer-1"] }),
    "of another issuer": mint({ iss: "https://evil.example" }),
    "of an issuer with a slash more": ({ claims, key }) =>
      mint({ iss: `${String(claims["iss"])}/` })({ claims, key }),
    "for another client": mint({ aud: "another-client" }),
    "with another's signature": async ({ claims, key }) =>
      signToken(await another, claims, { kid: key.jwk.kid }),
  };
  for (const [name, idToken] of Object.entries(refused)) {
    it(`an ID token ${name}: id_token_invalid, and the refresh token is not used again`, async () => {
      let isHostile = true;
      await afterSignIn(
        () => (isHostile ? { idToken } : undefined),
        async (page, sent) => {
          expect(await codeOfRenewal(page)).to.equal("id_token_invalid");
          expect(page.auth.session.claims?.sub).to.equal("consumer-1");
          isHostile = false;
          expect(await codeOfRenewal(page)).to.equal("interaction_required");
          expect(sent()).to.have.length(1);
          // The consumer signs in instead.
          const { answers } = await page.call();
          expect(answers).to.have.length(1);
          expect(answers[0]).to.have.length(1);
        },
      );
    });
  }

  it("one that has expired: id_token_expired, and it is tried again", async () => {
    let isHostile = true;
    await afterSignIn(
      () =>
        isHostile
          ? {
              idToken: ({ claims, key }) =>
                mint({ iat: Number(claims["iat"]) - 900, exp: Number(claims["iat"]) - 300 })({
                  claims,
                  key,
                }),
            }
          : undefined,
      async (page) => {
        expect(await codeOfRenewal(page)).to.equal("id_token_expired");
        isHostile = false;
        expect(await renew(page)).to.have.property("kind", "id_token");
      },
    );
  });

  it("no ID token: token_request_failed", () =>
    afterSignIn(
      () => ({ tokens: (tokens) => ({ ...tokens, id_token: undefined }) }),
      async (page) => {
        expect(await codeOfRenewal(page)).to.equal("token_request_failed");
      },
    ));
});

describe("attack: refresh tokens that are rotated oddly", () => {
  /** @returns the refresh tokens that two refreshes send */
  async function rotate(change: (tokens: Tokens) => Tokens): Promise<readonly string[]> {
    let used: readonly string[] = [];
    await afterSignIn(
      () => ({
        tokens: change,
        // As short as the first.
        idToken: ({ claims, key }) =>
          mint({ iat: Number(claims["iat"]) - 590, exp: Number(claims["iat"]) + 20 })({
            claims,
            key,
          }),
      }),
      async (page, sent) => {
        await renew(page);
        await renew(page);
        used = sent();
      },
    );
    expect(used).to.have.length(2);
    return used;
  }

  it("a new one is used from then on, and the old one never again", async () => {
    const [first, second] = await rotate((tokens) => tokens);
    expect(second).not.to.equal(first);
  });

  for (const refresh_token of [undefined, null, 5, ["x"], { toString: "x" }, true]) {
    it(`${JSON.stringify(refresh_token)} in its place is none: the old one goes on`, async () => {
      const [first, second] = await rotate((tokens) => ({ ...tokens, refresh_token }));
      expect(second).to.equal(first);
    });
  }

  it("the same one again goes on", async () => {
    const [first, second] = await rotate((tokens) => ({
      ...tokens,
      refresh_token: "refresh-same",
    }));
    expect(first).to.match(/^refresh-/);
    expect(second).to.equal("refresh-same");
  });

  it("one that is refused as used is not sent again", async () => {
    await afterSignIn(
      () => ({ tokens: () => ({ status: 400, body: '{"error":"invalid_grant"}' }) }),
      async (page, sent) => {
        expect(await codeOfRenewal(page)).to.equal("interaction_required");
        expect(await codeOfRenewal(page)).to.equal("interaction_required");
        expect(sent()).to.have.length(1);
      },
    );
  });
});
