import { expect } from "@esm-bundle/chai";

import { ConsumerAuthError } from "../../src/base/errors.js";
import { createPromptSwitch } from "../../src/client/prompt-port.js";
import { createSessionKeeper } from "../../src/client/session.js";
import { findService } from "../../src/cloud/domain.js";
import { checkConfig } from "../../src/config/check-config.js";
import type { ConsumerAuthConfig } from "../../src/config/options.js";
import { exposePageMethod } from "../../src/engagement/page-method.js";
import { createFlights, type CallOptions } from "../../src/ladder/flights.js";
import type { Landing } from "../../src/ladder/ladder.js";
import type { PromptView } from "../../src/ladder/prompt.js";
import { readAuthorizationResponse } from "../../src/oidc/authorization-response.js";
import { discoverProvider } from "../../src/oidc/discovery.js";
import { verifyIdToken } from "../../src/oidc/id-token.js";
import { createKeySource } from "../../src/oidc/keys.js";
import { requestTokens } from "../../src/oidc/token-request.js";
import { createAnonymousSource } from "../../src/sources/anonymous.js";
import type { Credential } from "../../src/sources/credential.js";
import { createIndexedDbStore } from "../../src/store/indexed-db.js";
import { createMemoryStore } from "../../src/store/memory.js";
import { readClaims, refuse, startAnonymousCloud } from "../support/anonymous-cloud.js";
import { answerRequests } from "../support/answered-requests.js";
import { caught, codeOf } from "../support/caught.js";
import { expectIdToken, goodClaims } from "../support/id-tokens.js";
import { createMovingClock } from "../support/moving-clock.js";
import { override } from "../support/override.js";
import { createRsaKey, signToken } from "../support/rsa-keys.js";

describe("what was broken once", () => {
  let server: { stop(): void } | undefined;

  afterEach(() => {
    server?.stop();
    server = undefined;
  });

  describe("flights", () => {
    function takeOff(): {
      land: (() => void)[];
      join: (call?: CallOptions) => Promise<Credential>;
    } {
      const land: (() => void)[] = [];
      const landing: Landing = {
        credential: { kind: "code", code: "once", redirectUri: "x" },
        attempts: [],
        failures: [],
      };
      const flights = createFlights(
        {
          fly: () => new Promise((resolve) => land.push(() => resolve(landing))),
          land: ({ credential }) => credential,
          fail: () => undefined,
        },
        5000,
      );
      return { land, join: (call = {}) => flights.join(call, "call", () => undefined) };
    }

    it("hand a code to one caller only, whether callers have signals or not", async () => {
      const { land, join } = takeOff();
      const calls = [join({ signal: new AbortController().signal }), join()];
      land[0]?.();
      const settled = await Promise.allSettled(calls);
      expect(settled.map(({ status }) => status)).to.deep.equal(["rejected", "fulfilled"]);
    });

    it("are the same whether interactive is true or left out", async () => {
      const { land, join } = takeOff();
      const calls = Promise.allSettled([join(), join({ interactive: true })]);
      expect(land).to.have.length(1);
      land[0]?.();
      await calls;
    });
  });

  it("the code flow's promised iss can't be dodged by an id_token parameter", async () => {
    const read = (): unknown =>
      readAuthorizationResponse(
        { mode: "query", parameters: "code=x&state=s&id_token=y" },
        { state: "s", issuer: "https://i.example", promisesIss: true, responseType: "code" },
      );
    expect(await codeOf(read)).to.equal("response_invalid");
  });

  it("an answer of the token endpoint that names no error is told as unknown", async () => {
    server = answerRequests(() => new Response("<p>", { status: 500 }));
    const error = await caught(
      requestTokens({
        tokenEndpoint: "https://a.example/token",
        clientId: "a",
        parameters: { grant_type: "authorization_code", code: "b" },
        timeout: 1000,
      }),
    );
    expect(error.message).to.include("unknown");
  });

  it("missing storage is told once, however many accesses fail together", async () => {
    const undo = override(window, "indexedDB", undefined);
    const reports: string[] = [];
    const store = createIndexedDbStore(({ code }) => reports.push(code));
    await Promise.all([store.get("a"), store.get("b")]);
    undo();
    expect(reports).to.deep.equal(["storage_unavailable"]);
  });

  it("detaching a prompt twice takes nobody else's away", () => {
    const shown: string[] = [];
    const prompts = createPromptSwitch(() => Promise.resolve());
    prompts.attach({ show: () => shown.push("first"), hide: () => undefined });
    const detach = prompts.attach({ show: () => shown.push("second"), hide: () => undefined });
    detach();
    detach();
    const view: PromptView = {
      step: "ask",
      guest: false,
      signIn: () => undefined,
      cancel: () => undefined,
    };
    prompts.show(view, () => undefined);
    expect(shown).to.deep.equal(["first"]);
  });

  it("a session that begins anew has no error of the one before", () => {
    const session = createSessionKeeper(createMovingClock(), () => undefined);
    session.fail(new ConsumerAuthError("cancelled", ""));
    session.begin();
    expect(session.read().error).to.equal(undefined);
  });

  it("the window is answered even where there is no error to tell", async () => {
    const conceal = exposePageMethod({
      jsContext: "window",
      jsMethodName: "rejectsWithNothing",
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      answer: () => Promise.reject(undefined),
      nothing: () => "",
    });
    const page = window as unknown as Record<string, (callback: unknown) => void>;
    const answer = await new Promise<unknown[]>((resolve) => {
      page["rejectsWithNothing"]?.((...values: unknown[]) => resolve(values));
    });
    conceal();
    expect(answer).to.deep.equal(["", "unexpected: "]);
  });

  describe("the configuration", () => {
    const check = (config: ConsumerAuthConfig): ReturnType<typeof checkConfig> =>
      checkConfig({ accountId: "1", engagement: "unauthenticated", ...config });

    it("takes hosts with white space around them", () => {
      const { mistakes } = check({ cloudHosts: "\n a.example\n b.example\n" as never });
      expect(mistakes).to.deep.equal([]);
    });

    it("can't be changed afterwards, the default hosts neither", () => {
      const cloudHosts = ["a.example"];
      const { config } = check({ cloudHosts });
      cloudHosts.push("evil.example");
      expect(config.cloudHosts).to.deep.equal(["a.example"]);
      expect(Object.isFrozen(check({}).config.cloudHosts)).to.equal(true);
    });

    it("doesn't take an empty redirectUri for the page itself", () => {
      const { mistakes } = check({ redirectUri: "" });
      expect(mistakes).to.deep.equal([{ option: "redirectUri", wrong: "absolute" }]);
    });
  });

  describe("the provider's keys", () => {
    async function errorWith(jwks: unknown, timeout = 1000): Promise<string> {
      const key = await createRsaKey("a");
      server = answerRequests(() => Response.json(jwks));
      const keys = await createKeySource({ jwksEndpoint: "https://a.example/jwks" }, timeout);
      const token = await signToken(key, goodClaims, { kid: "a" });
      return codeOf(verifyIdToken(token, expectIdToken(keys)));
    }

    it("can't be had where the document is no key set", async () => {
      expect(await errorWith({ error: "x" })).to.equal("keys_unavailable");
    });

    it("are fetched within a time that is no whole number too", async () => {
      expect(await errorWith({ keys: [] }, 1000.5)).to.equal("id_token_invalid");
    });
  });

  for (const [code, status] of [
    ["9013", 500],
    ["5000", 503],
    ["1024", 400],
  ] as const) {
    it(`an anonymous person whose token is valid survives ${code} with HTTP ${status}`, async () => {
      const clock = createMovingClock();
      const cloud = (server = startAnonymousCloud(clock));
      const { config } = checkConfig({
        accountId: "1",
        engagement: "unauthenticated",
        // Too short to ask again.
        requestTimeout: 4000,
      });
      const source = createAnonymousSource({ config, clock }, createMemoryStore());
      const { signal } = new AbortController();
      await source.obtain(signal);
      clock.move(9.5 * 60_000);
      cloud.connector = refuse(code, status);
      await source.obtain(signal);
      cloud.connector = undefined;
      expect(readClaims((await source.obtain(signal)).token)).to.include({ sub: "person-1" });
    });
  }

  it("metadata may say null for an endpoint that isn't needed", async () => {
    server = answerRequests(() =>
      Response.json({
        issuer: "https://a.example",
        authorization_endpoint: "https://a.example/a",
        token_endpoint: null,
      }),
    );
    const { config } = checkConfig({ issuer: "https://a.example" });
    const { signal } = new AbortController();
    const provider = await discoverProvider(config, ["authorizationEndpoint"], signal);
    expect(provider.tokenEndpoint).to.equal(undefined);
  });

  it("a port that is none is refused with a code", async () => {
    server = answerRequests(() => Response.json({ baseURI: "idp.liveperson.net:99999" }));
    const { config } = checkConfig({ accountId: "1" });
    expect(await codeOf(findService(config, "idp"))).to.equal("cloud_host_refused");
  });
});
