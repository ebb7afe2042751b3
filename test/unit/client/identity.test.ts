import { expect } from "@esm-bundle/chai";

import type { ConsumerAuth } from "../../../src/client/consumer-auth.js";
import { createIdentity, type Identify } from "../../../src/client/identity.js";
import type { Session } from "../../../src/client/session.js";
import type { ConsumerAuthConfig } from "../../../src/config/options.js";
import { ConsumerAuthError } from "../../../src/base/errors.js";
import { caught } from "../../support/caught.js";
import { goodClaims } from "../../support/id-tokens.js";
import { openSourcePage } from "../../support/source-page.js";

const iss = "https://login.example";
const signedIn: Session = { state: "authenticated", claims: goodClaims };
const scope = window as unknown as Record<string, unknown>;

describe("who is signed in, for the cloud", () => {
  let session: Session;
  let lookUps: number;
  /** What looking finds. */
  let found: () => Promise<void>;

  beforeEach(() => {
    session = { state: "anonymous" };
    lookUps = 0;
    found = () => Promise.reject(new ConsumerAuthError("login_required", ""));
  });

  afterEach(() => {
    Reflect.deleteProperty(window, "brandOfTest");
  });

  async function identifyBy(changes: ConsumerAuthConfig = {}): Promise<Identify | undefined> {
    const { config } = await openSourcePage(changes);
    const auth = {
      config,
      get session() {
        return session;
      },
    } as ConsumerAuth;
    return createIdentity(auth, () => {
      lookUps++;
      return found();
    });
  }

  const identify = async (changes: ConsumerAuthConfig = {}): Promise<unknown> =>
    (await identifyBy(changes))?.();

  describe("by their ID token", () => {
    for (const changes of [
      { flow: "implicit" },
      { flow: "code", exchange: "widget" },
      { flow: "code", responseType: "code id_token" },
    ] as const) {
      it(`is read from the session: ${JSON.stringify(changes)}`, async () => {
        session = signedIn;
        expect(await identify(changes)).to.include({ iss, sub: "consumer-1" });
        expect(lookUps).to.equal(0);
      });
    }

    it("is looked for where nobody is known, and may be found", async () => {
      found = () => {
        session = signedIn;
        return Promise.resolve();
      };
      expect(await identify()).to.include({ iss, sub: "consumer-1" });
      expect(lookUps).to.equal(1);
    });

    it("is nobody where nobody is found", async () => {
      expect(await identify()).to.equal(null);
      expect(lookUps).to.equal(1);
    });

    for (const state of ["anonymous", "authenticating", "expired", "failed"] as const) {
      it(`is nobody while the session is ${state}`, async () => {
        session = { state, claims: goodClaims };
        expect(await identify()).to.equal(null);
      });
    }

    it("is nobody where the token can't be read", async () => {
      session = { state: "authenticated" };
      expect(await identify()).to.equal(null);
    });
  });

  it("can't be told where the page has no ID token and the brand says nothing", async () => {
    expect(await identifyBy({ flow: "code" })).to.equal(undefined);
  });

  it("is not told where the engagement knows nobody", async () => {
    const identity = { iss, sub: "consumer-1" };
    const engagement = "unauthenticated";
    expect(await identifyBy({ engagement, accountId: "1", identity })).to.equal(undefined);
  });

  describe("by the brand", () => {
    const identity = { iss, sub: "consumer-9" };

    it("is what it says, whatever the session is, and nobody is looked for", async () => {
      for (const now of [signedIn, { state: "anonymous" } as const]) {
        session = now;
        for (const says of [identity, () => identity, () => Promise.resolve(identity)]) {
          expect(await identify({ flow: "code", identity: says })).to.deep.equal(identity);
        }
      }
      expect(lookUps).to.equal(0);
    });

    it("is nobody where it says so", async () => {
      session = signedIn;
      for (const nobody of [null, undefined]) {
        expect(await identify({ identity: () => nobody as null })).to.equal(null);
        expect(await identify({ identity: () => Promise.resolve(nobody as null) })).to.equal(null);
      }
    });

    it("is nobody where what it says is no identity", async () => {
      for (const wrong of [
        {},
        { iss },
        { sub: "consumer-9" },
        { iss: "", sub: "consumer-9" },
        { iss, sub: "" },
        { iss, sub: 9 },
        "consumer-9",
        9,
        true,
        [],
      ]) {
        const says = (): never => wrong as never;
        expect(await identify({ identity: says }), JSON.stringify(wrong)).to.equal(null);
      }
    });

    it("is asked each time", async () => {
      let count = 0;
      const by = await identifyBy({ identity: () => ({ iss, sub: `consumer-${++count}` }) });
      expect(await by?.()).to.include({ sub: "consumer-1" });
      expect(await by?.()).to.include({ sub: "consumer-2" });
    });

    it("is not swallowed where it throws", async () => {
      const error = new ConsumerAuthError("provider_failed", "");
      const says = (): never => {
        throw error;
      };
      expect(await caught(identify({ identity: says }))).to.equal(error);
    });

    describe("at a path", () => {
      const changes = { identity: "brandOfTest.user" };

      it("is found whenever it is there: an object, a function, a method of something", async () => {
        expect(await identify(changes)).to.equal(null);
        scope["brandOfTest"] = { user: identity };
        expect(await identify(changes)).to.deep.equal(identity);
        scope["brandOfTest"] = { user: () => Promise.resolve(identity) };
        expect(await identify(changes)).to.deep.equal(identity);
        scope["brandOfTest"] = {
          id: "consumer-9",
          user(this: { id: string }) {
            return { iss, sub: this.id };
          },
        };
        expect(await identify(changes)).to.deep.equal(identity);
      });

      it("is nobody whose function doesn't answer in time", async () => {
        scope["brandOfTest"] = { user: () => new Promise(() => undefined) };
        const asked = caught(identify({ ...changes, requestTimeout: 20 }));
        expect((await asked).code).to.equal("request_timeout");
      });

      it("is nobody where there is something else", async () => {
        for (const other of [null, 5, "consumer-9", {}]) {
          scope["brandOfTest"] = { user: other };
          expect(await identify(changes), JSON.stringify(other)).to.equal(null);
        }
      });
    });
  });
});
