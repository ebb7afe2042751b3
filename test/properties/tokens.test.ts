import { expect } from "@esm-bundle/chai";
import fc from "fast-check";

import { checkConfig } from "../../src/config/check-config.js";
import { verifyIdToken } from "../../src/oidc/id-token.js";
import { createKeySource, type KeySource } from "../../src/oidc/keys.js";
import { readUnverifiedLifetime } from "../../src/oidc/unverified-token.js";
import { readAnswer } from "../../src/sources/direct.js";
import { answerRequests } from "../support/answered-requests.js";
import { expectIdToken, goodClaims, issuedAt } from "../support/id-tokens.js";
import { createMovingClock } from "../support/moving-clock.js";
import { always } from "../support/properties.js";
import { createRsaKey, signToken, type RsaKey } from "../support/rsa-keys.js";
import { almost, anything, outcomeOf, secret, toJson } from "../support/rubbish.js";

let key: RsaKey;
let foreign: RsaKey;
let keys: KeySource;
/** Two tokens of one key that fit, of two consumers, and one of another key. */
let good: string;
let other: string;
let forged: string;

before(async () => {
  [key, foreign] = await Promise.all([createRsaKey("a"), createRsaKey("a")]);
  keys = await createKeySource({ jwtPublicKey: key.line }, 1000);
  const claims = { ...goodClaims, email: secret };
  good = await signToken(key, claims, { kid: "a" });
  other = await signToken(key, { ...claims, sub: "consumer-2" }, { kid: "a" });
  forged = await signToken(foreign, { ...claims, sub: "victim" }, { kid: "a" });
});

const encode = (text: string): string =>
  btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(""))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n\u0000é";

/** Makes another token of one, or of two. */
type Mutation = (token: string) => string;

const parts =
  (change: (parts: string[]) => readonly string[]): Mutation =>
  (token) =>
    change(token.split(".")).join(".");

const header = (text: string): Mutation => parts(([, ...rest]) => [encode(text), ...rest]);

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  // A letter becomes another, comes in, or goes.
  fc
    .tuple(fc.nat(), fc.constantFrom(...Array.from(letters)), fc.constantFrom(0, 1))
    .map(([place, letter, removed]) => (token: string) => {
      const at = place % (token.length + 1);
      return token.slice(0, at) + letter + token.slice(at + removed);
    }),
  fc.nat().map((place) => (token: string) => {
    const at = place % token.length;
    return token.slice(0, at) + token.slice(at + 1);
  }),
  // Parts of several tokens.
  fc
    .array(fc.constantFrom("0", "1", "2", "3", "4", "5", "6", "7", "8", ""), { maxLength: 6 })
    .map((chosen) => () => {
      const all = [good, other, forged].flatMap((token) => token.split("."));
      return chosen.map((at) => (at === "" ? "" : all[Number(at)])).join(".");
    }),
  // Other headers over the same signature.
  fc
    .oneof(
      almost({
        alg: ["none", "None", "HS256", "RS384", "PS256", "ES256", "RS256", "EdDSA"],
        kid: ["a", "b"],
        crit: [["exp"], ["b64"], []],
        b64: [true, false],
        typ: ["JWT", "dpop+jwt"],
        jwk: [{ kty: "oct", k: "c2VjcmV0" }],
        jku: ["https://evil.example/jwks"],
        enc: ["A256GCM"],
        zip: ["DEF"],
      }).map(toJson),
      fc.json(),
      fc.string(),
    )
    .map(header),
  // Other claims under the same signature.
  fc
    .oneof(
      almost({
        iss: [goodClaims.iss],
        sub: ["victim"],
        aud: ["brand"],
        exp: [issuedAt + 6000],
      }).map(toJson),
      fc.json(),
    )
    .map((text) => parts(([first = "", , ...rest]) => [first, encode(text), ...rest])),
  fc.constantFrom<Mutation>(
    parts((all) => all.reverse()),
    parts(([first = "", second = ""]) => [first, second, ""]),
    parts(([first = "", second = ""]) => [first, second]),
    (token) => `${token}.`,
    (token) => `.${token}`,
    (token) => `${token}=`,
    (token) => `${token}\n`,
    (token) => ` ${token}`,
    (token) => `Bearer ${token}`,
    (token) => token.toLowerCase(),
    (token) => `${token}.${token}`,
    (token) => token.replaceAll("-", "+").replaceAll("_", "/"),
    () => "",
    () => "...",
    () => "....",
  ),
);

/** Whether the provider made it; four bits of the last letter of a signature of 256 bytes say nothing. */
const isProviders = (token: string): boolean =>
  [good, other].some(
    (made) =>
      token.slice(0, -1) === made.slice(0, -1) && sameSixths(token.slice(-1), made.slice(-1)),
  );

const sameSixths = (one: string, other: string): boolean =>
  /^[\w-]$/.test(one) && letters.indexOf(one) >> 4 === letters.indexOf(other) >> 4;

describe("an ID token", () => {
  always(
    "that is not to the letter what the provider signed is never accepted",
    1500,
    fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 2 }), async (mutations) => {
      const token = mutations.reduce((text, mutate) => mutate(text), good);
      const { value, error } = await outcomeOf(() => verifyIdToken(token, expectIdToken(keys)));
      // Put together again it may be one of the provider's.
      if (isProviders(token)) expect(value).not.to.equal(undefined);
      else if (value) expect(token).to.equal("a token of the provider's");
      else if (error) expect(error.code).to.equal("id_token_invalid");
      // What can't be read: five parts with the header of one for the cloud.
      else expect(token.split(".")).to.have.length(5);
    }),
  );

  always(
    "is accepted only with the claims that were asked for",
    300,
    fc.asyncProperty(
      almost({
        iss: [goodClaims.iss, goodClaims.iss, `${goodClaims.iss}/`, [goodClaims.iss]],
        aud: ["brand", "brand", ["brand"], ["brand", "b"], ["b"], [], "Brand", secret],
        azp: ["brand", "b"],
        sub: ["consumer-1", "consumer-1", "", 1],
        nonce: ["the-nonce", "the-nonce", "The-Nonce", ""],
        iat: [issuedAt, issuedAt, issuedAt + 59, issuedAt + 61, -1e300, 1e300],
        exp: [issuedAt + 600, issuedAt + 600, issuedAt - 59, issuedAt - 61, 1e300],
        nbf: [issuedAt, issuedAt + 59, issuedAt + 61],
      }),
      fc.constantFrom("brand", undefined),
      fc.constantFrom("the-nonce", undefined),
      async (claims, clientId, nonce) => {
        const payload = JSON.parse(toJson({ ...claims, toJSON: undefined })) as Record<
          string,
          unknown
        >;
        const data = `${encode('{"alg":"RS256"}')}.${encode(JSON.stringify(payload))}`;
        const signature = await crypto.subtle.sign(
          "RSASSA-PKCS1-v1_5",
          key.privateKey,
          new TextEncoder().encode(data),
        );
        const token = `${data}.${btoa(String.fromCharCode(...new Uint8Array(signature)))
          .replaceAll("+", "-")
          .replaceAll("/", "_")
          .replaceAll("=", "")}`;
        const { value, error } = await outcomeOf(() =>
          verifyIdToken(token, { ...expectIdToken(keys), clientId, nonce }),
        );
        const { iss, aud, azp, sub, iat, exp, nbf } = payload;
        const audiences = aud === undefined ? [] : Array.isArray(aud) ? (aud as unknown[]) : [aud];
        const isGood =
          iss === goodClaims.iss &&
          typeof sub === "string" &&
          sub !== "" &&
          (nonce === undefined || payload["nonce"] === nonce) &&
          (clientId === undefined ||
            ((aud === undefined ? nonce === undefined : audiences.includes(clientId)) &&
              (azp === undefined ? audiences.length < 2 : azp === clientId))) &&
          typeof iat === "number" &&
          iat <= issuedAt + 60 &&
          (nonce === undefined || iat >= issuedAt + 60 - 86_400) &&
          typeof exp === "number" &&
          exp > issuedAt - 60 &&
          (nbf === undefined || (typeof nbf === "number" && nbf <= issuedAt + 60));
        expect(value !== undefined, error?.message).to.equal(isGood);
        if (error) expect(error.code).to.match(/^id_token_(invalid|expired)$/);
      },
    ),
  );

  always(
    "is refused, or its keys can't be had, whatever the key set looks like without its key",
    300,
    fc.asyncProperty(
      fc.oneof(
        fc
          .array(
            almost({
              kty: ["RSA", "oct", "EC"],
              kid: ["a", "b"],
              alg: ["RS256", "HS256", "none"],
              use: ["sig", "enc"],
              key_ops: [["verify"], ["sign"], "verify"],
              n: ["AQAB", "foreign"],
              e: ["AQAB", "AQ"],
              k: ["c2VjcmV0"],
            }),
            { maxLength: 4 },
          )
          .map((set) => ({ keys: set })),
        almost({ keys: [[], {}, [null], [1], [[]]] }),
        anything(),
      ),
      fc.constantFrom("good", "forged"),
      async (document, which) => {
        const body = toJson(document).replaceAll('"foreign"', JSON.stringify(foreign.jwk.n));
        const server = answerRequests(() => new Response(body));
        try {
          const source = await createKeySource(
            { jwksEndpoint: "https://login.example/jwks" },
            1000,
          );
          const token = which === "good" ? good : forged;
          const { error } = await outcomeOf(() => verifyIdToken(token, expectIdToken(source)));
          const isForeignSet = which === "forged" && body.includes(String(foreign.jwk.n));
          if (!isForeignSet) expect(error?.code).to.match(/^(id_token_invalid|keys_unavailable)$/);
        } finally {
          server.stop();
        }
      },
    ),
  );

  always(
    "of the page itself is taken only where it is one, and a code only with its redirect URI",
    500,
    fc.asyncProperty(
      fc.oneof(
        anything([secret, "a.b.c"]),
        almost({
          id_token: ["good", secret],
          token: ["good", secret],
          code: [secret, ""],
          ssoKey: [secret],
          redirect_uri: ["https://brand.example/a", "no address", "javascript:1"],
        }),
        mutation.map((mutate) => mutate(good)),
      ),
      fc.constantFrom("code", "implicit"),
      async (given, flow) => {
        const answer = fill(given);
        const { config } = checkConfig({
          flow,
          issuer: goodClaims.iss,
          jwtPublicKey: key.line,
          provider: () => null,
          engagement: "authenticated",
        });
        const context = { config, clock: createMovingClock(issuedAt * 1000) };
        const { value } = await outcomeOf(() => readAnswer(context, answer));
        if (value?.kind === "id_token") {
          const isNested = value.token.split(".").length === 5;
          expect(flow).to.equal("implicit");
          expect(isNested || isProviders(value.token)).to.equal(true);
        }
        if (value?.kind === "code") {
          expect(flow).to.equal("code");
          expect(value.code).to.be.a("string").that.is.not.empty;
          expect(URL.canParse(value.redirectUri)).to.equal(true);
        }
      },
    ),
  );

  always(
    "whose life is only estimated may be any text",
    500,
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary" }),
        mutation.map((mutate) => mutate(good)),
      ),
      (token) => {
        const life = readUnverifiedLifetime(token, issuedAt * 1000);
        expect(life === undefined || typeof life === "number").to.equal(true);
      },
    ),
  );
});

/** Puts the good token where its name stands. */
const fill = (answer: unknown): unknown =>
  typeof answer === "object" &&
  answer !== null &&
  Object.getPrototypeOf(answer) === Object.prototype
    ? Object.fromEntries(
        Object.entries(answer).map(([name, value]) => [name, value === "good" ? good : value]),
      )
    : answer;
