import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createTokenIssuer, IssuerError, type ConsumerClaims } from "../../../src/issuer.js";
import { readByHand } from "./support/independent.js";
import { makeKey } from "./support/keys.js";
import { refused } from "./support/refused.js";

const key = makeKey();
const issuer = await createTokenIssuer({
  issuer: "https://www.brand.example",
  signingKey: key.pem,
  additionalClaims: ["tenant"],
});

const sub = "7c0b1f52-9d7e-4f3a-8a41-5b8de0c97e16";

const mistakesOf = async (claims: unknown): Promise<readonly string[]> =>
  (await refused(() => issuer.checkClaims(claims as ConsumerClaims), "invalid_claims")).mistakes;

const info = (fields: unknown): unknown => ({ sub, lp_sdes: [{ type: "ctmrinfo", info: fields }] });
const personal = (fields: unknown): unknown => ({
  sub,
  lp_sdes: [{ type: "personal", personal: fields }],
});

describe("claims of a consumer", () => {
  it("are taken as documented, all of them", () => {
    const claims: ConsumerClaims = {
      sub,
      preferred_username: "ada.lovelace",
      phone_number: "+442079460101",
      given_name: "Ada",
      family_name: "Lovelace",
      email: "ada@example.com",
      gender: "FEMALE",
      auth_time: 1_795_000_000,
      acr: "loa1",
      lp_sdes: [
        {
          type: "ctmrinfo",
          info: {
            customerId: "138766AC",
            cstatus: "cancelled",
            ctype: "vip",
            balance: -400.99,
            currency: "EUR",
            socialId: "11256324780",
            imei: "3543546543545688",
            userName: "user000",
            companySize: 500,
            companyBranch: "East village",
            accountName: "bank corp",
            role: "broker",
            lastPaymentDate: { day: 29, month: 2, year: 2024 },
            registrationDate: { day: 23, month: 5, year: 2013 },
            loginStatus: 1,
          },
        },
        {
          type: "personal",
          personal: {
            firstname: "Ada",
            lastname: "Lovelace",
            age: { age: 34, year: 1980, month: 4, day: 15 },
            contacts: [
              {
                email: "ada@example.com",
                phone: "+1 212-788-8877",
                phoneType: "MOBILE",
                address: { country: "GB", region: "London" },
              },
            ],
            gender: "FEMALE",
            company: "Analytical Engines",
            language: "en-GB",
          },
        },
      ],
    };
    assert.deepEqual(issuer.checkClaims(claims), claims);
  });

  const WRONG: readonly (readonly [claims: unknown, mistake: string])[] = [
    [undefined, "claims: an object is wanted, nothing came"],
    [null, "claims: an object is wanted, null came"],
    [[], "claims: an object is wanted, a list came"],
    [{}, "sub: is missing"],
    [{ sub: "" }, "sub: must be 1 to 255 characters of ASCII, without a space at its ends"],
    [{ sub: " a" }, "sub: must be 1 to 255 characters of ASCII, without a space at its ends"],
    [{ sub: "ü" }, "sub: must be 1 to 255 characters of ASCII, without a space at its ends"],
    [
      { sub: "a".repeat(256) },
      "sub: must be 1 to 255 characters of ASCII, without a space at its ends",
    ],
    [{ sub: 118151 }, "sub: a string is wanted, a number came"],
    [{ sub, email: null }, "email: a string is wanted, null came"],
    [{ sub, auth_time: "1795000000" }, "auth_time: an integer is wanted, a string came"],
    [{ sub, auth_time: 1.5 }, "auth_time: must be an integer from 1 to 99999999999"],
    [{ sub, iss: "https://x.example" }, "iss: is set by the issuer; leave it out"],
    [{ sub, exp: 1 }, "exp: is set by the issuer; leave it out"],
    [{ sub, lp_sdes: {} }, "lp_sdes: a list is wanted, an object came"],
    [{ sub, lp_sdes: [{}] }, "lp_sdes[0].type: is missing"],
    [{ sub, lp_sdes: [{ type: 1 }] }, "lp_sdes[0].type: a string is wanted, a number came"],
    [
      { sub, lp_sdes: [{ type: "customer" }] },
      "lp_sdes[0].type: is not known; known are ctmrinfo, personal",
    ],
    [{ sub, lp_sdes: [{ type: "ctmrinfo" }] }, "lp_sdes[0].info: is missing"],
    [info({ balance: "400" }), "lp_sdes[0].info.balance: a number is wanted, a string came"],
    [info({ balance: NaN }), "lp_sdes[0].info.balance: a number is wanted, NaN came"],
    [info({ balance: 1n }), "lp_sdes[0].info.balance: a number is wanted, a bigint came"],
    [
      info({ companySize: 1.5 }),
      "lp_sdes[0].info.companySize: must be an integer from 0 to 9007199254740991",
    ],
    [
      info({ currency: "Euro" }),
      "lp_sdes[0].info.currency: must be a currency of ISO 4217, such as EUR",
    ],
    [
      info({ storeNumber: "1" }),
      "lp_sdes[0].info.storeNumber: is not taken from a token; the page reports it to the cloud by lpTag.sdes",
    ],
    [
      info({ registrationDate: { day: 31, month: 2, year: 2020 } }),
      "lp_sdes[0].info.registrationDate: must be a day of the calendar",
    ],
    [
      info({ registrationDate: new Date() }),
      "lp_sdes[0].info.registrationDate: an object is wanted, an object of a class came",
    ],
    [
      info({ lastPaymentDate: { day: 1, month: 1 } }),
      "lp_sdes[0].info.lastPaymentDate.year: is missing",
    ],
    [personal({ gender: 1 }), "lp_sdes[0].personal.gender: a string is wanted, a number came"],
    [
      personal({ gender: "female" }),
      "lp_sdes[0].personal.gender: must be one of MALE, FEMALE, OTHER",
    ],
    [
      personal({ language: "english" }),
      "lp_sdes[0].personal.language: must be a language such as en or en-US",
    ],
    [personal({ contacts: {} }), "lp_sdes[0].personal.contacts: a list is wanted, an object came"],
    [
      personal({ contacts: [{}, { phone: 5 }] }),
      "lp_sdes[0].personal.contacts[1].phone: a string is wanted, a number came",
    ],
    [
      personal({ age: {} }),
      "lp_sdes[0].personal.age.year: is missing, and age too: one of them is needed",
    ],
    [{ sub, tenant: () => 1 }, "tenant: a value of JSON is wanted, a function came"],
    [{ sub, email: "a".repeat(20_000) }, "claims: must be 16384 characters of JSON at most"],
    [
      {
        sub,
        get email() {
          throw new Error("ada@example.com");
        },
      },
      "claims: can't be read",
    ],
  ];
  for (const [claims, mistake] of WRONG) {
    it(`are refused: ${mistake}`, async () => {
      assert.deepEqual(await mistakesOf(claims), [mistake]);
    });
  }

  for (const type of [
    "cart",
    "purchase",
    "prodView",
    "mrktInfo",
    "lead",
    "service",
    "error",
    "searchInfo",
  ]) {
    it(`${type} is documented, and no matter of a token`, async () => {
      const [mistake] = await mistakesOf({ sub, lp_sdes: [{ type }] });
      assert.match(
        mistake ?? "",
        new RegExp(`^lp_sdes\\[0\\].type: ${type} is not taken from a token`),
      );
    });
  }

  it("have all their mistakes named at once, and no value of theirs", async () => {
    const secret = "s3cret-value";
    const claims = {
      sub: 1,
      email: [secret],
      unheard: secret,
      [`${secret} ü`]: 1,
      lp_sdes: [
        { type: "ctmrinfo", info: { balance: secret, currency: secret } },
        { type: "personal", personal: { language: secret, contacts: secret } },
        { type: secret },
      ],
    };
    const error = await refused(issuer.issue(claims as never), "invalid_claims");
    assert.equal(error.mistakes.length, 9);
    for (const mistake of error.mistakes) assert.ok(error.message.includes(mistake));
    assert.equal(error.message.includes(secret), false);
    assert.equal(error.cause, undefined);
  });

  it("have their mistakes counted, where there are too many to name", async () => {
    const lp_sdes = Array.from({ length: 90 }, () => ({ type: "cart" }));
    const error = await refused(issuer.issue({ sub, lp_sdes } as never), "invalid_claims");
    assert.match(error.message, /; and 40 more\.$/);
    assert.deepEqual(await mistakesOf({ sub, lp_sdes: Array(101).fill({}) }), [
      "lp_sdes: must have 100 at most",
    ]);
  });

  it("are looked at once: what changes afterwards is not signed", async () => {
    let asked = 0;
    const attribute = {
      get type() {
        asked += 1;
        return asked > 1 ? "cart" : "ctmrinfo";
      },
      info: {},
    };
    const work = issuer.issue({ sub, lp_sdes: [attribute] } as never);
    await refused(work, "invalid_claims");
  });

  it("may hold more where the issuer is told so", () => {
    const claims = { sub, tenant: { id: 1, tags: ["a", null, true], none: undefined } };
    assert.deepEqual(issuer.checkClaims(claims), {
      sub,
      tenant: { id: 1, tags: ["a", null, true] },
    });
  });
});

describe("whatever claims come in", () => {
  const field = fc.oneof(
    fc.string(),
    fc.double(),
    fc.integer(),
    fc.constantFrom(null, undefined, true, 1n, Symbol("x"), () => 1, new Date(), new Map()),
    fc.record({ day: fc.integer(), month: fc.integer(), year: fc.integer() }),
    fc.object(),
    fc.array(fc.anything()),
  );
  const attribute = fc.oneof(
    fc.record({
      type: fc.constantFrom("ctmrinfo", "personal", "cart", "__proto__"),
      info: fc.dictionary(
        fc.constantFrom("balance", "role", "currency", "registrationDate", "__proto__"),
        field,
      ),
      personal: fc.dictionary(fc.constantFrom("age", "gender", "contacts", "language"), field),
    }),
    fc.record({
      type: fc.constant("ctmrinfo"),
      info: fc.record({ role: fc.string(), balance: fc.double() }),
    }),
    fc.anything(),
  );
  const claims = fc.oneof(
    fc.record(
      {
        sub: fc.oneof(fc.constant(sub), fc.anything()),
        email: fc.oneof(fc.string({ unit: "binary" }), fc.anything()),
        tenant: fc.oneof(fc.jsonValue(), fc.anything()),
        lp_sdes: fc.array(attribute, { maxLength: 3 }),
      },
      { requiredKeys: [] },
    ),
    fc.record({ sub: fc.constant(sub), tenant: fc.jsonValue(), email: fc.string() }),
    fc.anything({ withNullPrototype: true, withBigInt: true, withMap: true, withDate: true }),
  );

  it("a token comes of it that is verified, or an error that says what is wrong", async () => {
    const count = { tokens: 0, errors: 0 };
    await fc.assert(
      fc.asyncProperty(claims, async (given) => {
        let token;
        try {
          token = await issuer.issue(given as ConsumerClaims);
        } catch (error) {
          assert.ok(error instanceof IssuerError && error.code === "invalid_claims", String(error));
          assert.ok(error.mistakes.length > 0);
          count.errors += 1;
          return;
        }
        const read = readByHand(token, key.publicKey);
        assert.equal(typeof read.claims["sub"], "string");
        assert.equal(read.claims["iss"], "https://www.brand.example");
        // What is signed is what the check gives, and the check has nothing against it.
        const { iss, iat, exp, ...rest } = read.claims;
        assert.deepEqual([typeof iss, typeof iat, typeof exp], ["string", "number", "number"]);
        const checked = issuer.checkClaims(given as ConsumerClaims);
        assert.equal(JSON.stringify(rest), JSON.stringify(JSON.parse(JSON.stringify(checked))));
        count.tokens += 1;
      }),
      { numRuns: 1500 },
    );
    assert.ok(count.tokens > 50 && count.errors > 50, JSON.stringify(count));
  });
});
