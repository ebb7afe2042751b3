import { expect } from "@esm-bundle/chai";

import { ConsumerAuthError } from "../../../src/base/errors.js";
import type { ConsumerAuthConfig } from "../../../src/config/options.js";
import type { Ask } from "../../../src/sources/authorization.js";
import { createCodeSource } from "../../../src/sources/code.js";
import type { Credential } from "../../../src/sources/credential.js";
import { createSilentSource, type SilentSource } from "../../../src/sources/silent.js";
import { createMarker, type Marker } from "../../../src/store/marker.js";
import {
  endpoint,
  respond,
  returnPage,
  startProvider,
  type TestProvider,
} from "../../browser/support/identity-provider.js";
import { until } from "../../browser/support/until.js";
import { caught, codeOf } from "../../support/caught.js";
import { denied, deny, override } from "../../support/override.js";
import { challenge, openSourcePage } from "../../support/source-page.js";

const name = "1,https://login.example,brand,code,window";

describe("a silent sign-in", () => {
  let provider: TestProvider;
  let marker: Marker;

  beforeEach(() => {
    provider = startProvider((request) => respond(request, { code: "the-code" }));
    marker = createMarker(name);
  });

  afterEach(() => {
    provider.stop();
    localStorage.clear();
    sessionStorage.clear();
  });

  /** A page of this visit. */
  async function openPage(changes: ConsumerAuthConfig = {}): Promise<SilentSource> {
    const context = await openSourcePage({
      flow: "code",
      issuer: undefined as never,
      authorizationEndpoint: endpoint,
      redirectUri: returnPage,
      ...changes,
    });
    const source = createCodeSource(context);
    return createSilentSource(context, () => Promise.resolve(source), { name, marker });
  }

  const ask = (
    source: SilentSource,
    wanted: Ask = {},
    signal = new AbortController().signal,
  ): Promise<Credential | undefined> => source(wanted, signal);

  const frames = (): number => document.querySelectorAll("iframe").length;

  const refuse = (error: string): void => {
    provider.answer = (request) => respond(request, { error });
  };

  it("gets whoever has a session, in a hidden frame that goes again", async () => {
    const source = await openPage();
    let seen: HTMLIFrameElement | null = null;
    provider.answer = (request) => {
      seen = document.querySelector("iframe");
      return respond(request, { code: "the-code" });
    };
    expect(await ask(source)).to.deep.equal({
      kind: "code",
      code: "the-code",
      redirectUri: returnPage,
      claims: undefined,
    });
    const frame = seen as unknown as HTMLIFrameElement;
    expect(frame.hidden).to.equal(true);
    expect(frame.getAttribute("sandbox")).not.to.include("allow-top-navigation");
    expect(frames()).to.equal(0);
  });

  it("asks for nobody to be asked, whatever else is wanted", async () => {
    const source = await openPage({ prompt: "login consent", loginHint: "zoe" });
    const options = { acrValues: "gold", maxAge: 60, prompt: "select_account" };
    await ask(source, { codeChallenge: challenge, options });
    expect(provider.seen).to.have.lengthOf(1);
    const parameters = Object.fromEntries(provider.seen[0]!.parameters);
    expect(parameters).to.include({
      prompt: "none",
      code_challenge: challenge,
      code_challenge_method: "S256",
      acr_values: "gold",
      max_age: "60",
      login_hint: "zoe",
    });
  });

  it("is not tried with who has signed out here, before they sign in again", async () => {
    const source = await openPage();
    marker.write("out");
    expect(await ask(source)).to.equal(undefined);
    expect(provider.seen).to.have.lengthOf(0);
    marker.write("in");
    expect(await ask(source)).to.include({ code: "the-code" });
  });

  for (const error of ["login_required", "interaction_required", "consent_required"]) {
    it(`finds nobody by ${error}, and doesn't look for them again on this page`, async () => {
      refuse(error);
      const source = await openPage();
      expect(await codeOf(ask(source))).to.equal("login_required");
      expect(await ask(source)).to.equal(undefined);
      expect(provider.seen).to.have.lengthOf(1);
    });
  }

  it("looks again on the next page, where nobody had been here before", async () => {
    for (const who of ["", "guest"] as const) {
      if (who) marker.write(who);
      refuse("login_required");
      expect(await codeOf(ask(await openPage()))).to.equal("login_required");
    }
    provider.answer = (request) => respond(request, { code: "the-code" });
    expect(await ask(await openPage())).to.include({ code: "the-code" });
  });

  it("looks again on this page once somebody has signed in", async () => {
    refuse("login_required");
    const source = await openPage();
    await codeOf(ask(source));
    marker.write("in");
    provider.answer = (request) => respond(request, { code: "the-code" });
    expect(await ask(source)).to.include({ code: "the-code" });
  });

  it("is in vain for this visit where somebody has signed in, and isn't seen", async () => {
    marker.write("in");
    refuse("login_required");
    expect(await codeOf(ask(await openPage()))).to.equal("login_required");
    expect(await ask(await openPage())).to.equal(undefined);
    expect(provider.seen).to.have.lengthOf(1);
    sessionStorage.clear();
    await codeOf(ask(await openPage()));
    expect(provider.seen).to.have.lengthOf(2);
  });

  it("is in vain for this visit where the frame never comes back", async () => {
    provider.answer = () => undefined;
    const { code, message } = await caught(ask(await openPage({ silentTimeout: 50 })));
    expect(code).to.equal("silent_failed");
    expect(message).to.include("50 ms");
    expect(frames()).to.equal(0);
    expect(await ask(await openPage())).to.equal(undefined);
  });

  it("of another client is not in vain for that", async () => {
    marker.write("in");
    refuse("login_required");
    await codeOf(ask(await openPage()));
    const context = await openSourcePage({
      flow: "code",
      authorizationEndpoint: endpoint,
      redirectUri: returnPage,
    });
    const other = createSilentSource(context, () => Promise.resolve(createCodeSource(context)), {
      name: "another",
      marker: createMarker("another"),
    });
    provider.answer = (request) => respond(request, { code: "of-another" });
    expect(await ask(other)).to.include({ code: "of-another" });
  });

  for (const options of [{ acrValues: "gold" }, { maxAge: 60 }, { maxAge: 0 }]) {
    it(`says nothing of others where more was asked for: ${JSON.stringify(options)}`, async () => {
      marker.write("in");
      refuse("login_required");
      const source = await openPage();
      expect(await codeOf(ask(source, { options }))).to.equal("login_required");
      provider.answer = (request) => respond(request, { code: "the-code" });
      expect(await ask(source)).to.include({ code: "the-code" });
      expect(await ask(await openPage())).to.include({ code: "the-code" });
    });
  }

  for (const [error, code] of [
    ["access_denied", "access_denied"],
    ["temporarily_unavailable", "authorization_failed"],
  ] as const) {
    it(`is tried again after ${error}`, async () => {
      marker.write("in");
      refuse(error);
      const source = await openPage();
      expect(await codeOf(ask(source))).to.equal(code);
      provider.answer = (request) => respond(request, { code: "the-code" });
      expect(await ask(source)).to.include({ code: "the-code" });
    });
  }

  it("ends with the call, and is tried again by the next", async () => {
    provider.answer = () => undefined;
    const source = await openPage();
    const caller = new AbortController();
    const call = caught(ask(source, {}, caller.signal));
    await until(() => provider.seen.length === 1);
    const reason = new ConsumerAuthError("cancelled", "");
    caller.abort(reason);
    expect(await call).to.equal(reason);
    expect(frames()).to.equal(0);
    provider.answer = (request) => respond(request, { code: "the-code" });
    expect(await ask(source)).to.include({ code: "the-code" });
  });

  it("is found out by every page for itself where the browser keeps nothing", async () => {
    marker.write("in");
    refuse("login_required");
    const allow = deny(window, "sessionStorage");
    const outcomes = [await codeOf(ask(await openPage())), await codeOf(ask(await openPage()))];
    allow();
    expect(outcomes).to.deep.equal(["login_required", "login_required"]);
    const undo = override(Storage.prototype, "setItem", denied);
    const code = await codeOf(ask(await openPage()));
    undo();
    expect(code).to.equal("login_required");
  });
});
