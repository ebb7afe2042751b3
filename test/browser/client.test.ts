import { expect } from "@esm-bundle/chai";
import { del, createStore } from "idb-keyval";

import type { ConsumerAuthConfig, ConsumerAuth, Credential } from "../../src/index.js";
import { createConsumerAuth } from "../../src/index.js";
import { startCloud, type TestCloud } from "./support/cloud.js";
import {
  endpoint,
  issuer,
  mintIdToken,
  respond,
  returnPage,
  signingKey,
  startProvider,
  type TestProvider,
} from "./support/identity-provider.js";
import { createTestPrompt, type TestPrompt } from "./support/prompt.js";
import { codeOf, until } from "./support/until.js";

const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

const code: ConsumerAuthConfig = {
  engagement: "authenticated",
  silent: false,
  authorizationEndpoint: endpoint,
  clientId: "brand",
  redirectUri: returnPage,
};

const open = window.open.bind(window);

describe("a client", () => {
  let provider: TestProvider;
  let prompt: TestPrompt;
  let cloud: TestCloud;

  beforeEach(() => {
    provider = startProvider((request) => respond(request, { code: "the-code" }));
    prompt = createTestPrompt();
    cloud = startCloud();
  });

  afterEach(async () => {
    window.open = open;
    provider.stop();
    cloud.stop();
    await del("anonymous:api.liveperson.net:1", createStore("consumer-auth", "values"));
  });

  function create(config: ConsumerAuthConfig): ConsumerAuth {
    const auth = createConsumerAuth(config);
    auth.attachPrompt(prompt);
    return auth;
  }

  async function implicit(overrides: ConsumerAuthConfig = {}): Promise<ConsumerAuthConfig> {
    const { line } = await signingKey();
    provider.answer = async (request) =>
      respond(request, { id_token: await mintIdToken(request) }, "#");
    return { ...code, flow: "implicit", issuer, jwtPublicKey: line, ...overrides };
  }

  async function press(call: Promise<Credential>): Promise<Credential> {
    (await prompt.waitFor("ask")).signIn();
    return call;
  }

  describe("that hands the code to the window", () => {
    it("asks for a click, opens a popup, and hands over the code with its redirect URI", async () => {
      const auth = create(code);
      const credential = await press(auth.getCredential());
      expect(credential).to.deep.equal({
        kind: "code",
        code: "the-code",
        redirectUri: returnPage,
        claims: undefined,
      });
      expect(prompt.shown).to.deep.equal(["ask", "wait"]);
      expect(prompt.view).to.equal(undefined);
    });

    it("binds the request to the window's challenge, and sends no other", async () => {
      const auth = create(code);
      await press(auth.getCredential({ codeChallenge: challenge }));
      const [{ parameters }] = provider.seen as [TestProvider["seen"][0]];
      expect(parameters.get("code_challenge")).to.equal(challenge);
      expect(parameters.get("code_challenge_method")).to.equal("S256");
      expect(parameters.get("response_type")).to.equal("code");
    });

    it("never hands the same code over again", async () => {
      const auth = create(code);
      let count = 0;
      provider.answer = (request) => respond(request, { code: `code-${++count}` });
      const first = await press(auth.getCredential());
      const second = await press(auth.getCredential());
      expect([first, second].map((credential) => "code" in credential && credential.code)).to.eql([
        "code-1",
        "code-2",
      ]);
    });

    it("gives one code to the latest of a hundred calls, and every other call a reason", async () => {
      const auth = create(code);
      const calls = Array.from({ length: 100 }, () => auth.getCredential());
      const outcomes = Promise.allSettled(calls);
      (await prompt.waitFor("ask")).signIn();
      const settled = await outcomes;
      expect(provider.seen).to.have.length(1);
      expect(settled.filter(({ status }) => status === "fulfilled")).to.have.length(1);
      expect(settled.at(-1)?.status).to.equal("fulfilled");
      expect(await codeOf(calls[0]!)).to.equal("superseded");
    });

    it("serves the latest challenge next, and supersedes those that waited before it", async () => {
      const auth = create(code);
      const other = challenge.replace("E9", "AA");
      const third = challenge.replace("E9", "BB");
      const first = auth.getCredential({ codeChallenge: challenge });
      const view = await prompt.waitFor("ask");
      const second = auth.getCredential({ codeChallenge: other });
      const last = auth.getCredential({ codeChallenge: third });
      expect(await codeOf(second)).to.equal("superseded");
      view.signIn();
      await first;
      await press(last);
      expect(provider.seen.map((seen) => seen.parameters.get("code_challenge"))).to.eql([
        challenge,
        third,
      ]);
    });

    it("refuses a challenge that is not one", async () => {
      const auth = create(code);
      expect(await codeOf(auth.getCredential({ codeChallenge: "short" }))).to.equal(
        "invalid_challenge",
      );
    });
  });

  describe("when the sign-in goes wrong", () => {
    it("says why the popup did not open, and tries again", async () => {
      window.open = () => null;
      const auth = create(code);
      const call = auth.getCredential();
      (await prompt.waitFor("ask")).signIn();
      const blocked = await prompt.waitFor("ask", "popup_blocked");
      window.open = open;
      blocked.signIn();
      expect((await call).kind).to.equal("code");
    });

    it("offers to try again when the popup was closed, and takes a late response all the same", async () => {
      let answer: () => void = () => undefined;
      const answered = new Promise<void>((resolve) => (answer = resolve));
      provider.answer = async (request) => {
        await answered;
        return respond(request, { code: "late" });
      };
      let popup: Window | null = null;
      window.open = (...parameters) => {
        const opened = open(...parameters);
        // What a Cross-Origin-Opener-Policy does: the open window reads as closed.
        popup = opened && new Proxy(opened, { get: severed, set: setOnTarget });
        return popup;
      };
      const auth = create(code);
      const call = auth.getCredential();
      (await prompt.waitFor("ask")).signIn();
      await until(() => provider.seen.length === 1);
      isSevered = true;
      await prompt.waitFor("wait", "popup_closed");
      answer();
      expect(await call).to.include({ code: "late" });
      isSevered = false;
    });

    it("shows that the provider refused, and lets the consumer decline", async () => {
      provider.answer = (request) => respond(request, { error: "access_denied" });
      const auth = create(code);
      const call = auth.getCredential();
      (await prompt.waitFor("ask")).signIn();
      (await prompt.waitFor("ask", "access_denied")).cancel();
      expect(await codeOf(call)).to.equal("cancelled");
      expect(auth.session).to.include({ state: "failed" });
    });

    it("cancels while the popup is open, and closes it", async () => {
      provider.answer = () => undefined;
      let popup: Window | null = null;
      window.open = (...parameters) => (popup = open(...parameters));
      const call = create(code).getCredential();
      (await prompt.waitFor("ask")).signIn();
      await until(() => provider.seen.length === 1);
      (await prompt.waitFor("wait")).cancel();
      expect(await codeOf(call)).to.equal("cancelled");
      await until(() => popup?.closed);
    });

    it("answers when nobody ever acts", async () => {
      const auth = create({ ...code, interactionTimeout: 50 });
      expect(await codeOf(auth.getCredential())).to.equal("interaction_timeout");
      expect(prompt.view).to.equal(undefined);
    });

    it("answers when nobody may be asked", async () => {
      const auth = create(code);
      expect(await codeOf(auth.getCredential({ interactive: false }))).to.equal(
        "interaction_required",
      );
    });

    it("refuses a response of another issuer", async () => {
      provider.answer = (request) =>
        respond(request, { code: "x", iss: "https://login.evil.example" });
      const call = create({ ...code, issuer }).getCredential();
      (await prompt.waitFor("ask")).signIn();
      expect(await codeOf(call)).to.equal("response_invalid");
    });

    it("ignores a foreign response on its way, and takes the right one", async () => {
      provider.answer = (request) => {
        const state = String(request.parameters.get("state"));
        window.postMessage({ consumerAuth: state, mode: "query", parameters: "code=forged" }, "*");
        return respond(request, { code: "right" });
      };
      expect(await press(create(code).getCredential())).to.include({ code: "right" });
    });
  });

  describe("that verifies ID tokens", () => {
    it("hands over the verified token, and at once the next time", async () => {
      const auth = create(await implicit());
      const first = await press(auth.getCredential());
      expect(first).to.have.nested.property("claims.sub", "consumer-1");
      expect(await auth.getCredential()).to.equal(first);
      expect(provider.seen).to.have.length(1);
      expect(provider.seen[0]?.parameters.get("response_type")).to.equal("id_token");
      expect(auth.session).to.include({ state: "authenticated" });
    });

    it("shares one sign-in among calls", async () => {
      const auth = create(await implicit());
      const calls = [auth.getCredential(), auth.getCredential(), auth.getCredential()];
      (await prompt.waitFor("ask")).signIn();
      const [first, ...others] = await Promise.all(calls);
      for (const other of others) expect(other).to.equal(first);
      expect(provider.seen).to.have.length(1);
    });

    it("asks again for a token that is about to expire", async () => {
      const config = await implicit();
      provider.answer = async (request) => {
        const now = Math.floor(Date.now() / 1000);
        const times = { iat: now - 600, exp: now + 20 };
        return respond(request, { id_token: await mintIdToken(request, times) }, "#");
      };
      const auth = create(config);
      await press(auth.getCredential());
      await press(auth.getCredential());
      expect(provider.seen).to.have.length(2);
    });

    it("refuses a token of another request, for good", async () => {
      const config = await implicit();
      provider.answer = async (request) =>
        respond(request, { id_token: await mintIdToken(request, { nonce: "stolen" }) }, "#");
      const call = create(config).getCredential();
      (await prompt.waitFor("ask")).signIn();
      expect(await codeOf(call)).to.equal("id_token_invalid");
    });

    it("refuses a challenge, which means that the connector wants a code", async () => {
      const call = codeOf(create(await implicit()).getCredential({ codeChallenge: challenge }));
      (await prompt.waitFor("ask")).signIn();
      expect(await call).to.equal("invalid_challenge");
    });

    it("forgets the consumer on sign-out, and whoever waits is answered", async () => {
      const auth = create(await implicit());
      await press(auth.getCredential());
      await auth.signOut();
      expect(auth.session.state).to.equal("anonymous");
      const waiting = codeOf(auth.getCredential());
      await prompt.waitFor("ask");
      await auth.signOut();
      expect(await waiting).to.equal("aborted");
      expect(auth.session.state).to.equal("anonymous");
    });

    it("exchanges the code itself, with a challenge of its own", async () => {
      const { line } = await signingKey();
      let request: TestProvider["seen"][0] | undefined;
      let form = new URLSearchParams();
      provider.answer = (seen) => respond((request = seen), { code: "abc" });
      window.fetch = async (_input, init) => {
        form = init?.body as URLSearchParams;
        return Response.json({ id_token: await mintIdToken(request!), token_type: "Bearer" });
      };
      const auth = create({
        ...code,
        exchange: "widget",
        issuer,
        jwtPublicKey: line,
        tokenEndpoint: "https://login.brand.example/token",
      });
      expect((await press(auth.getCredential())).kind).to.equal("id_token");
      expect(Object.fromEntries(form)).to.include({
        grant_type: "authorization_code",
        client_id: "brand",
        code: "abc",
        redirect_uri: returnPage,
      });
      const digest = await crypto.subtle.digest(
        "SHA-256",
        new TextEncoder().encode(String(form.get("code_verifier"))),
      );
      const expected = btoa(String.fromCharCode(...new Uint8Array(digest)))
        .replaceAll("+", "-")
        .replaceAll("/", "_")
        .replaceAll("=", "");
      expect(request?.parameters.get("code_challenge")).to.equal(expected);
    });
  });

  describe("with anonymous consumers", () => {
    const unauthenticated: ConsumerAuthConfig = { engagement: "unauthenticated", accountId: "1" };
    const either: ConsumerAuthConfig = { ...code, engagement: "either", accountId: "1" };
    const tokenOf = (credential: Credential): string =>
      credential.kind === "code" ? "" : credential.token;

    it("gives the same person on the next page, without asking anybody", async () => {
      const first = await create(unauthenticated).getCredential();
      const second = await create(unauthenticated).getCredential();
      expect(first.kind).to.equal("anonymous");
      expect(tokenOf(second)).to.equal(tokenOf(first));
      expect(cloud.asked).to.have.length(1);
      expect(prompt.shown).to.be.empty;
    });

    it("falls back to a guest when the consumer declines, and asks no more", async () => {
      const auth = create(either);
      const call = auth.getCredential();
      const view = await prompt.waitFor("ask");
      expect(view.guest).to.equal(true);
      view.cancel();
      expect((await call).kind).to.equal("anonymous");
      expect((await create(either).getCredential()).kind).to.equal("anonymous");
      expect(prompt.shown).to.deep.equal(["ask"]);
    });

    it("is a guest when nobody acts", async () => {
      const auth = create({ ...either, interactionTimeout: 50 });
      expect((await auth.getCredential()).kind).to.equal("anonymous");
    });

    it("never gives an authenticated engagement an anonymous token", async () => {
      const call = create({ ...code, accountId: "1" }).getCredential();
      const view = await prompt.waitFor("ask");
      expect(view.guest).to.equal(false);
      view.cancel();
      expect(await codeOf(call)).to.equal("cancelled");
      expect(cloud.asked).to.be.empty;
    });

    it("never makes anybody sign in for an unauthenticated engagement", async () => {
      const auth = create(unauthenticated);
      await auth.getCredential({ codeChallenge: challenge });
      expect(await codeOf(auth.signIn())).to.equal("invalid_call");
      expect(prompt.shown).to.be.empty;
    });

    it("makes a guest who signs in somebody, who is nobody's guest afterwards", async () => {
      const auth = create(await implicit({ engagement: "either", accountId: "1" }));
      const guest = auth.getCredential();
      (await prompt.waitFor("ask")).cancel();
      await guest;
      const signedIn = auth.signIn();
      (await prompt.waitFor("ask")).signIn();
      expect((await signedIn).claims?.sub).to.equal("consumer-1");
      expect((await auth.getCredential()).kind).to.equal("id_token");
      await auth.signOut();
      const again = auth.getCredential();
      (await prompt.waitFor("ask")).cancel();
      expect(tokenOf(await again)).not.to.equal(tokenOf(await guest));
    });

    it("gives nobody the guest of before, who asks while a sign-out is under way", async () => {
      const auth = create({ engagement: "unauthenticated", accountId: "1" });
      const guest = await auth.getCredential();
      const signedOut = auth.signOut();
      const next = await auth.getCredential();
      await signedOut;
      expect(tokenOf(next)).not.to.equal(tokenOf(guest));
    });

    it("says that the account has the feature off, with everything that was tried", async () => {
      cloud.errorCode = "2005";
      const auth = create(either);
      const errors: string[] = [];
      auth.addEventListener("error", ({ detail }) => errors.push(detail.code));
      const call = auth.getCredential();
      (await prompt.waitFor("ask")).cancel();
      expect(await codeOf(call)).to.equal("anonymous_disabled");
      expect(errors).to.deep.equal(["anonymous_disabled"]);
      const { error } = auth.session;
      expect(error?.attempts.map(({ rung, outcome }) => `${rung}: ${outcome}`)).to.eql([
        "stored: empty",
        "returned: empty",
        "person: empty",
        "interactive: cancelled",
        "anonymous: anonymous_disabled",
      ]);
    });
  });

  describe("when several things happen at once", () => {
    const either = { engagement: "either", accountId: "1" } as const;

    it("takes a click on the page's own button for the click that the prompt waits for", async () => {
      const auth = create(await implicit());
      const call = auth.getCredential();
      await prompt.waitFor("ask");
      const session = await auth.signIn();
      expect(session.state).to.equal("authenticated");
      expect(await call).to.have.nested.property("claims.sub", "consumer-1");
      expect(provider.seen).to.have.length(1);
    });

    it("doesn't ask whoever has just signed in", async () => {
      const auth = create(await implicit());
      const signedIn = auth.signIn();
      const view = await prompt.waitFor("ask");
      const call = auth.getCredential();
      view.signIn();
      await signedIn;
      expect((await call).kind).to.equal("id_token");
      expect(prompt.shown).to.deep.equal(["ask", "wait"]);
    });

    it("keeps the sign-in when a guest's token arrives after it", async () => {
      const auth = create(await implicit(either));
      const answer = cloud.hold();
      const guest = auth.getCredential({ interactive: false });
      await until(() => cloud.asked.length === 1);
      const signedIn = auth.signIn();
      (await prompt.waitFor("ask")).signIn();
      await signedIn;
      answer();
      expect((await guest).kind).to.equal("id_token");
      expect(auth.session.state).to.equal("authenticated");
    });

    it("never answers a superseded call with a guest's token", async () => {
      const auth = create({ ...code, ...either });
      const calls = ["E9", "AA", "BB"].map((start) =>
        auth.getCredential({ codeChallenge: challenge.replace("E9", start) }),
      );
      const second = codeOf(calls[1]!);
      await prompt.waitFor("ask");
      expect(await second).to.equal("superseded");
      expect(cloud.asked).to.be.empty;
      (await prompt.waitFor("ask")).signIn();
      await calls[0];
      (await prompt.waitFor("ask")).signIn();
      await calls[2];
    });

    it("gives the window its code although a listener asks for another at that very moment", async () => {
      const auth = create(code);
      let count = 0;
      provider.answer = (request) => respond(request, { code: `code-${++count}` });
      let another: Promise<Credential> | undefined;
      auth.addEventListener("credential", () => {
        another ??= auth.getCredential();
      });
      expect(await press(auth.getCredential())).to.include({ code: "code-1" });
      (await prompt.waitFor("ask")).signIn();
      expect(await another).to.include({ code: "code-2" });
    });

    it("gives the code to a caller who still waits", async () => {
      const auth = create(code);
      const waiting = auth.getCredential();
      const controller = new AbortController();
      const leaving = codeOf(auth.getCredential({ signal: controller.signal }));
      const view = await prompt.waitFor("ask");
      controller.abort();
      expect(await leaving).to.equal("aborted");
      view.signIn();
      expect(await waiting).to.include({ code: "the-code" });
    });

    it("stays with the one that is asked, whatever else fails in the meantime", async () => {
      const auth = create(code);
      const call = auth.getCredential();
      await prompt.waitFor("ask");
      await codeOf(auth.getCredential({ interactive: false }));
      expect(auth.session.state).to.equal("authenticating");
      expect((await auth.signIn()).state).to.equal("authenticated");
      expect(await call).to.include({ code: "the-code" });
      expect(provider.seen).to.have.length(1);
    });

    it("isn't content with the sign-in that the prompt waits for where it asks for more", async () => {
      const auth = create({ ...code, ...either });
      const call = auth.getCredential();
      await prompt.waitFor("ask");
      const stepUp = auth.signIn({ acrValues: "gold" });
      prompt.view?.signIn();
      expect(await call).to.include({ code: "the-code" });
      (await prompt.waitFor("ask")).signIn();
      expect((await stepUp).state).to.equal("authenticated");
      expect(provider.seen).to.have.length(2);
      expect(provider.seen.map(({ parameters }) => parameters.get("acr_values"))).to.deep.equal([
        null,
        "gold",
      ]);
    });

    it("doesn't ask again whoever has just declined, twice clicked or not", async () => {
      const auth = create({ ...code, ...either });
      const call = auth.getCredential();
      provider.answer = () => undefined;
      await prompt.waitFor("ask");
      const clicks = [codeOf(auth.signIn()), codeOf(auth.signIn())];
      (await prompt.waitFor("wait")).cancel();
      expect(await Promise.all(clicks)).to.deep.equal(["cancelled", "cancelled"]);
      expect((await call).kind).to.equal("anonymous");
      expect(prompt.view).to.equal(undefined);
    });

    it("signs in right after a sign-out", async () => {
      const auth = create(await implicit());
      void auth.signOut();
      const signedIn = auth.signIn();
      (await prompt.waitFor("ask")).signIn();
      expect((await signedIn).state).to.equal("authenticated");
    });
  });

  describe("with an anonymous person whom the cloud won't have any more", () => {
    it("asks for a new one, once", async () => {
      cloud.lifetime = 0;
      const config = { engagement: "unauthenticated", accountId: "1" } as const;
      const first = await create(config).getCredential();
      cloud.errorCode = "9007";
      cloud.errorForRenewals = true;
      const second = await create(config).getCredential();
      expect(second.kind === "anonymous" && second.token).not.to.equal(
        first.kind === "anonymous" && first.token,
      );
      expect(cloud.asked.map((body) => "id_token" in body)).to.eql([false, true, false]);
    });
  });

  it("tells of a credential without carrying it", async () => {
    const auth = create(code);
    const told: unknown[] = [];
    auth.addEventListener("credential", ({ detail }) => told.push(detail));
    await press(auth.getCredential());
    expect(JSON.stringify(told)).to.include('"kind":"code"').and.not.include("the-code");
  });

  it("answers the window by the page method, and takes it away again", async () => {
    const auth = create({ ...code, jsContext: "brandMethods.chat", jsMethodName: "getToken" });
    const conceal = auth.expose();
    const page = window as unknown as {
      brandMethods: { chat: { getToken?: (callback: (...values: unknown[]) => void) => void } };
    };
    const answers: unknown[][] = [];
    page.brandMethods.chat.getToken?.((...values) => answers.push(values));
    (await prompt.waitFor("ask")).signIn();
    await until(() => answers.length === 1);
    expect(answers).to.eql([[{ ssoKey: "the-code", redirect_uri: returnPage }]]);
    conceal();
    expect(page.brandMethods.chat.getToken).to.equal(undefined);
  });

  let isSevered = false;
  const setOnTarget = (target: Window, name: string | symbol, value: unknown): boolean =>
    Reflect.set(target, name, value);
  /** Proxied windows refuse their own accessors, so everything goes to the window itself. */
  const severed = (target: Window, name: string | symbol): unknown => {
    if (name === "closed") return isSevered;
    const value: unknown = Reflect.get(target, name, target);
    return typeof value === "function" ? (value.bind(target) as unknown) : value;
  };
});
