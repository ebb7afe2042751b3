import { expect } from "@esm-bundle/chai";

import { ConsumerAuthError } from "../../../src/base/errors.js";
import {
  canFedcm,
  preventSilentFedcm,
  requestByFedcm,
  type FedcmRequest,
} from "../../../src/transports/fedcm.js";
import { caught } from "../../support/caught.js";
import { standInForFedcm } from "../../support/fedcm-browser.js";
import { override } from "../../support/override.js";

const request: FedcmRequest = {
  configUrl: "https://login.example/fedcm.json",
  clientId: "brand",
  nonce: "the-nonce",
  loginHint: "ada@example.com",
  parameters: { response_type: "code", code_challenge: "the-challenge" },
};

/** What the browser is asked with, as far as these tests look at it. */
interface Asked {
  readonly mediation: string;
  readonly signal: AbortSignal;
  readonly identity: {
    readonly mode?: string;
    readonly providers: readonly {
      readonly configURL: string;
      readonly clientId: string;
      readonly nonce: string;
      readonly loginHint: string;
      readonly params: unknown;
    }[];
  };
}

describe("a request by FedCM", () => {
  let asked: Asked[];
  let stops: (() => void)[];

  beforeEach(() => {
    asked = [];
    stops = [];
  });

  afterEach(() => {
    for (const stop of stops.reverse()) stop();
  });

  /** A browser that answers so, and rejects when it is aborted. */
  function browser(answer: (options: Asked) => unknown): void {
    stops.push(
      standInForFedcm({
        get: (options: Asked) =>
          new Promise((resolve, reject) => {
            asked.push(options);
            options.signal.addEventListener("abort", () => {
              reject(options.signal.reason as Error);
            });
            // At once: that is when a browser reads what it is asked.
            Promise.resolve(answer(options)).then(resolve, reject);
          }),
      }),
    );
  }

  /** One that reads what is to be passed on, as Chromium does from 132 on. */
  const answering = (answer: unknown): void =>
    browser(({ identity }) => {
      expect(identity.providers[0]?.params).to.be.an("object");
      return answer;
    });

  const refusing = (error: Error): void => answering(Promise.reject(error));

  const ask = (silent: boolean, signal = new AbortController().signal): Promise<unknown> =>
    requestByFedcm(request, { silent, signal });

  it("gives what the provider gave", async () => {
    const token = { code: "a" };
    stops.push(
      standInForFedcm({
        get(options: Asked) {
          asked.push({ ...options });
          expect(options.identity.providers[0]?.params).to.deep.equal({
            response_type: "code",
            code_challenge: "the-challenge",
            nonce: "the-nonce",
          });
          return Promise.resolve({ token });
        },
      }),
    );
    expect(await ask(true)).to.equal(token);
    const [{ mediation, identity }] = asked as [Asked];
    expect(mediation).to.equal("silent");
    expect(identity.mode).to.equal(undefined);
    const [{ configURL, clientId, nonce, loginHint }] = identity.providers as [
      Asked["identity"]["providers"][0],
    ];
    expect({ configURL, clientId, nonce, loginHint }).to.deep.equal({
      configURL: request.configUrl,
      clientId: "brand",
      nonce: "the-nonce",
      loginHint: "ada@example.com",
    });
  });

  it("is active in a gesture only, and never silently", async () => {
    for (const isActive of [true, false]) {
      const stop = override(navigator, "userActivation", { isActive });
      stops.push(stop);
      answering(null);
      await ask(false);
      await ask(true);
      const [one, other] = asked.splice(0) as [Asked, Asked];
      expect(one.mediation).to.equal("optional");
      expect(one.identity.mode).to.equal(isActive ? "active" : undefined);
      expect(other.identity.mode).to.equal(undefined);
      stop();
    }
  });

  it("is given up where the browser does not pass parameters on, so that no code is unbound", async () => {
    browser(() => new Promise(() => undefined));
    expect(await ask(false)).to.equal(undefined);
    expect(asked[0]?.signal.aborted).to.equal(true);
  });

  for (const name of ["NetworkError", "NotAllowedError", "NotSupportedError", "AbortError"]) {
    it(`takes the browser's ${name} for nobody`, async () => {
      refusing(new DOMException("Error retrieving a token.", name));
      expect(await ask(true)).to.equal(undefined);
    });
  }

  it("takes a credential that is none for nobody", async () => {
    answering(null);
    expect(await ask(true)).to.equal(undefined);
  });

  for (const [member, error, code] of [
    ["error", "access_denied", "access_denied"],
    ["error", "invalid_client", "authorization_failed"],
    ["code", "access_denied", "access_denied"],
    ["code", "Ada's token is secret", "authorization_failed"],
  ] as const) {
    it(`reports the provider's ${member} ${error}`, async () => {
      const refusal = new DOMException("Error retrieving a token.", "IdentityCredentialError");
      refusing(Object.defineProperty(refusal, member, { value: error }));
      const thrown = await caught(ask(true));
      expect(thrown.code).to.equal(code);
      expect(thrown.message).not.to.include("secret");
    });
  }

  for (const error of ["login_required", "interaction_required", "consent_required"]) {
    it(`takes ${error} for nobody: a window can show what is required`, async () => {
      const refusal = new DOMException("Error retrieving a token.", "IdentityCredentialError");
      refusing(Object.defineProperty(refusal, "error", { value: error }));
      expect(await ask(true)).to.equal(undefined);
    });
  }

  it("rejects with the reason when it is aborted, whether the browser heeds it or not", async () => {
    for (const heeds of [true, false]) {
      const controller = new AbortController();
      const stop = standInForFedcm({
        get(options: Asked) {
          expect(options.identity.providers[0]?.params).to.be.an("object");
          asked.push(options);
          return new Promise((_resolve, reject) => {
            if (heeds) options.signal.addEventListener("abort", () => reject(new Error("late")));
          });
        },
      });
      stops.push(stop);
      const waiting = caught(ask(false, controller.signal));
      controller.abort(new ConsumerAuthError("answer_timeout", "Too late."));
      expect((await waiting).code).to.equal("answer_timeout");
      expect(asked.at(-1)?.signal.aborted).to.equal(true);
      stop();
    }
  });

  it("asks nobody where the browser has no FedCM", async () => {
    answering({ token: "a.b.c" });
    Reflect.deleteProperty(globalThis, "IdentityCredential");
    expect(canFedcm()).to.equal(false);
    expect(await ask(false)).to.equal(undefined);
    expect(asked).to.deep.equal([]);
  });

  it("is not silent any more after a sign-out, which never fails", async () => {
    let prevented = 0;
    stops.push(
      standInForFedcm({
        preventSilentAccess() {
          prevented += 1;
          return Promise.reject(new Error("no"));
        },
      }),
    );
    await preventSilentFedcm();
    expect(prevented).to.equal(1);
  });
});
