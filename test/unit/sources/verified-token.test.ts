import { expect } from "@esm-bundle/chai";

import type { Clock } from "../../../src/base/clock.js";
import type { ConsumerAuthConfig, ResolvedConfig } from "../../../src/config/options.js";
import type { IdTokenCredential } from "../../../src/sources/credential.js";
import {
  toVerifiedCredential,
  type TokenExpectation,
} from "../../../src/sources/verified-token.js";
import {
  answerRequests,
  never,
  type Answer,
  type AnsweredRequests,
} from "../../support/answered-requests.js";
import { until } from "../../browser/support/until.js";
import { caught, codeOf } from "../../support/caught.js";
import { goodClaims, issuedAt } from "../../support/id-tokens.js";
import { createRsaKey, signToken, type RsaKey } from "../../support/rsa-keys.js";
import { openSourcePage, type SourcePage } from "../../support/source-page.js";

const hour = 3_600_000;
const jwksEndpoint = "https://login.example/jwks";

/** A device's clock, which can be set right. */
function createDeviceClock(now: number): Required<Clock> {
  let time = now;
  return {
    now: () => time,
    set(next) {
      time = next;
    },
  };
}

describe("a verified token", () => {
  let page: SourcePage;
  let server: AnsweredRequests | undefined;

  beforeEach(async () => {
    page = await openSourcePage();
  });

  afterEach(() => {
    server?.stop();
    server = undefined;
  });

  const serve = (answer: Answer): AnsweredRequests => (server = answerRequests(answer));

  /** The page's server, whose clock is right. */
  const tellTime = (now = issuedAt * 1000): AnsweredRequests =>
    serve(() => new Response(null, { headers: { date: new Date(now).toUTCString() } }));

  describe("on a device whose clock is wrong", () => {
    let clock: Required<Clock>;

    const verify = async (
      changes: Record<string, unknown> = {},
      expected: TokenExpectation = {},
    ): Promise<IdTokenCredential> =>
      toVerifiedCredential({ ...page, clock }, await page.mint(changes), expected);

    for (const [what, off] of [
      ["an hour late", -hour],
      ["an hour early", hour],
      ["years late", -10 * 365 * 24 * hour],
    ] as const) {
      it(`is good, and the clock is set right by the page's own server: ${what}`, async () => {
        const { requests } = tellTime();
        clock = createDeviceClock(issuedAt * 1000 + off);
        expect(await verify()).to.have.nested.property("claims.sub", "consumer-1");
        expect(Math.abs(clock.now() - issuedAt * 1000)).to.be.below(1000);
        expect(requests.map(({ method, url }) => [method, url])).to.deep.equal([
          ["HEAD", location.href],
        ]);
        await verify();
        expect(requests).to.have.lengthOf(1);
      });
    }

    it("is refused where it has really expired, whatever the device thinks", async () => {
      for (const off of [-hour, 0, hour]) {
        server?.stop();
        tellTime();
        clock = createDeviceClock(issuedAt * 1000 + off);
        const token = { iat: issuedAt - 8000, exp: issuedAt - 4000 };
        expect(await codeOf(verify(token)), String(off)).to.equal("id_token_expired");
        expect(Math.abs(clock.now() - issuedAt * 1000)).to.be.below(1000);
      }
    });

    it("is refused where it comes from the future by the server's clock too", async () => {
      tellTime();
      clock = createDeviceClock(issuedAt * 1000 - hour);
      const token = { iat: issuedAt + 600, exp: issuedAt + 1200 };
      expect(await codeOf(verify(token))).to.equal("id_token_invalid");
    });

    it("is refused where nobody can tell the time", async () => {
      for (const answer of [
        () => new Response(),
        () => Promise.reject(new TypeError("Failed to fetch")),
      ]) {
        server?.stop();
        serve(answer);
        clock = createDeviceClock(issuedAt * 1000 + hour);
        expect(await codeOf(verify())).to.equal("id_token_expired");
        expect(clock.now()).to.equal(issuedAt * 1000 + hour);
      }
    });

    it("is refused in time where the server never tells", async () => {
      page = await openSourcePage({ requestTimeout: 20 });
      serve(never);
      clock = createDeviceClock(issuedAt * 1000 + hour);
      expect(await codeOf(verify())).to.equal("id_token_expired");
    });

    it("is refused without a question where the clock is not to blame", async () => {
      const { requests } = tellTime();
      clock = createDeviceClock(issuedAt * 1000);
      for (const [changes, expected] of [
        [{ iss: "https://evil.example" }, {}],
        [{}, { nonce: "other" }],
        [{}, { sub: "another" }],
        [{}, { acrValues: "gold" }],
      ] as const) {
        await caught(verify(changes, expected));
      }
      expect(requests).to.have.lengthOf(0);
    });
  });

  it("comes too late for whoever has given up meanwhile", async () => {
    page = await openSourcePage({ jwtPublicKey: undefined as never, jwksEndpoint });
    const server = serve(never);
    const controller = new AbortController();
    const token = await page.mint({ nonce: "n" });
    const verified = codeOf(toVerifiedCredential(page, token, { nonce: "n" }, controller.signal));
    await until(() => server.requests.length > 0);
    controller.abort();
    expect(await verified).to.equal("aborted");
  });

  describe("with the provider's key set", () => {
    let key: RsaKey;

    before(async () => {
      key = await createRsaKey("b");
    });

    const configure = async (changes: ConsumerAuthConfig = {}): Promise<ResolvedConfig> =>
      (await openSourcePage({ jwtPublicKey: undefined as never, jwksEndpoint, ...changes })).config;

    const verify = async (config: ResolvedConfig): Promise<IdTokenCredential> =>
      toVerifiedCredential(
        { ...page, config },
        await signToken(key, { ...goodClaims }, { kid: "b" }),
        { nonce: "the-nonce" },
      );

    it("is verified, and the keys are fetched once for a configuration", async () => {
      const { requests } = serve(() => Response.json({ keys: [key.jwk] }));
      const config = await configure();
      await verify(config);
      await verify(config);
      expect(requests.map(({ url }) => url)).to.deep.equal([jwksEndpoint]);
      await verify(await configure());
      expect(requests).to.have.lengthOf(2);
    });

    it("finds the key set by the issuer", async () => {
      const { requests } = serve(({ url }) =>
        url.endsWith("/.well-known/openid-configuration")
          ? Response.json({ issuer: goodClaims.iss, jwks_uri: jwksEndpoint })
          : Response.json({ keys: [key.jwk] }),
      );
      const config = await configure({ jwksEndpoint: undefined as never });
      expect(await verify(config)).to.have.nested.property("claims.sub");
      expect(requests).to.have.lengthOf(2);
    });

    it("can be verified later though the keys could not be had at first", async () => {
      const config = await configure();
      serve(() => Promise.reject(new TypeError("Failed to fetch")));
      expect(await codeOf(verify(config))).to.equal("keys_unavailable");
      server?.stop();
      serve(() => Response.json({ keys: [key.jwk] }));
      expect(await verify(config)).to.have.nested.property("claims.sub");
    });
  });
});
