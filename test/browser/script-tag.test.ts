import { expect } from "@esm-bundle/chai";

import {
  startScriptTag,
  type ConsumerAuthGlobal,
  type ScriptRuntime,
} from "../../src/client/script-tag.js";
import type { ConsumerAuthElement } from "../../src/element.js";
import { endpoint, respond, returnPage, startProvider } from "./support/identity-provider.js";
import { codeOf, until } from "./support/until.js";

type PageMethod = (callback: unknown, challenge?: unknown) => void;
const page = window as unknown as Record<string, unknown>;

const options = {
  engagement: "authenticated",
  silent: "false",
  authorizationEndpoint: endpoint,
  clientId: "brand",
  redirectUri: returnPage,
};

const loadRuntime = (): Promise<ScriptRuntime> => import("../../src/script-runtime.js");

describe("the script tag", () => {
  const said: string[] = [];
  const { warn, error } = console;

  beforeEach(() => {
    said.length = 0;
    console.warn = (message: unknown) => said.push(String(message));
    console.error = (message: unknown) => said.push(String(message));
  });

  afterEach(() => {
    Object.assign(console, { warn, error });
    document.body.replaceChildren();
    for (const name of ["ConsumerAuth", "lpGetAuthenticationToken", "chatMethods"]) {
      Reflect.deleteProperty(window, name);
    }
  });

  function start(
    dataset: Record<string, string>,
    load: () => Promise<ScriptRuntime> = loadRuntime,
  ): ConsumerAuthGlobal {
    const script = document.createElement("script");
    Object.assign(script.dataset, dataset);
    startScriptTag(script, load);
    return page["ConsumerAuth"] as ConsumerAuthGlobal;
  }

  const ask = (method: unknown, challenge?: unknown): Promise<unknown[]> =>
    new Promise((resolve) => {
      (method as PageMethod)((...values: unknown[]) => {
        resolve(values);
      }, challenge);
    });

  const click = async (selector: string): Promise<void> => {
    const button = await until(() =>
      document
        .querySelector<ConsumerAuthElement>("consumer-auth")
        ?.shadowRoot?.querySelector<HTMLButtonElement>(selector),
    );
    button.click();
  };

  // First, before another test has the element defined.
  it("is completed by the element of the page, and moves the page method there", async () => {
    const element = document.createElement("consumer-auth");
    element.setAttribute("client-id", "from-the-element");
    element.setAttribute("js-context", "chatMethods");
    document.body.append(element);
    const { engagement, authorizationEndpoint, redirectUri } = options;
    const auth = await start({ engagement, authorizationEndpoint, redirectUri }).ready;
    expect(auth.config.clientId).to.equal("from-the-element");
    expect(page["lpGetAuthenticationToken"]).to.equal(undefined);
    expect(page["chatMethods"]).to.have.property("lpGetAuthenticationToken");
    await until(() => element.auth === auth);
  });

  it("answers calls that came before the rest has loaded", async () => {
    const provider = startProvider((request) => respond(request, { code: "early" }));
    let arrive: () => void = () => undefined;
    const loaded = new Promise<void>((resolve) => (arrive = resolve));
    start(options, () => loaded.then(loadRuntime));
    const answer = ask(page["lpGetAuthenticationToken"]);
    arrive();
    await click(".primary");
    expect(await answer).to.deep.equal([{ ssoKey: "early", redirect_uri: returnPage }]);
    provider.stop();
  });

  it("answers with a reason when the rest can't be loaded, and tries again at the next call", async () => {
    let tries = 0;
    start(options, () => Promise.reject(new TypeError(`404, try ${++tries}`)));
    const [nothing, reason] = await ask(page["lpGetAuthenticationToken"]);
    expect(nothing).to.deep.equal({});
    expect(reason).to.match(/^load_failed: /);
    await ask(page["lpGetAuthenticationToken"]);
    expect(tries).to.be.at.least(2);
  });

  it("answers when the rest never arrives", async () => {
    start({ ...options, answerTimeout: "50" }, () => new Promise(() => undefined));
    expect((await ask(page["lpGetAuthenticationToken"]))[1]).to.match(/^load_failed: /);
  });

  it("isn't configured by an element that stands in for the script", async () => {
    const clobbered = document.createElement("img");
    clobbered.dataset["clientId"] = "evil";
    startScriptTag(clobbered as never, loadRuntime);
    const global = page["ConsumerAuth"] as ConsumerAuthGlobal;
    expect(await codeOf(global.ready)).to.equal("invalid_config");
    expect(said.join()).to.include("clientId is missing");
  });

  it("tells the code of an error to the window, not the code of a stranger", async () => {
    start(options);
    const answer = ask(page["lpGetAuthenticationToken"], "not a challenge");
    expect((await answer)[1]).to.match(/^invalid_challenge: /);
  });

  it("answers every call of a page with a wrong configuration, and says what is wrong", async () => {
    const global = start({ ...options, flow: "hybrid", clientSecret: "s3cret" });
    expect(await codeOf(global.ready)).to.equal("invalid_config");
    const [, reason] = await ask(page["lpGetAuthenticationToken"]);
    expect(reason)
      .to.match(/^invalid_config: /)
      .and.include("flow must be code or implicit");
    expect(said.join()).to.include("clientSecret is refused").and.not.include("s3cret");
  });

  it("leaves attributes alone that tag managers put there", async () => {
    const { ready } = start({ ...options, cfasync: "false", clientid: "brand" });
    expect(await codeOf(ready)).to.equal("invalid_config");
    expect(said.join()).to.include("data-cfasync").and.include("did you mean clientId?");
  });

  it("says so when it is on the page twice", () => {
    const first = start(options);
    expect(start(options)).to.equal(first);
    expect(said.join()).to.include("twice");
  });

  it("says so when the place of the page method is frozen", () => {
    page["chatMethods"] = Object.freeze({});
    start({ ...options, jsContext: "chatMethods" });
    expect(said.join()).to.include("chatMethods.lpGetAuthenticationToken can't be set");
  });

  it("reaches no prototype, whatever the attributes say", () => {
    page["chatMethods"] = {};
    const prototype: unknown = Object.getPrototypeOf(page["chatMethods"]);
    start({ ...options, jsContext: "chatMethods", jsMethodName: "__proto__" });
    expect(Object.getPrototypeOf(page["chatMethods"])).to.equal(prototype);
    expect(said.join()).to.include("no path");
  });

  it("makes further clients, and defines the element", async () => {
    const global = start(options);
    const { createConsumerAuth, defineElements } = await global.load();
    const further = createConsumerAuth({ ...options, clientId: "another" } as never);
    expect(further.config.clientId).to.equal("another");
    defineElements();
    expect(customElements.get("consumer-auth")).to.be.a("function");
  });
});
