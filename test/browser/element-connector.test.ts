import { expect } from "@esm-bundle/chai";

import "../../src/define.js";
import type { ConsumerAuthElement } from "../../src/element.js";
import type { ConsumerAuthError } from "../../src/index.js";
import { answerRequests, type AnsweredRequests } from "../support/answered-requests.js";
import { endpoint, issuer, returnPage } from "./support/identity-provider.js";
import { codeOf, until } from "./support/until.js";

const page = window as unknown as Record<string, unknown>;
const brandMethods = (): unknown => page["brandMethods"];

/** Published on this server, with a real answer for account 12345678 and for no other. */
const connectorApi = new URL("/test/browser/fixtures", location.href).href;
const accountId = "12345678";

const ask = (method: unknown): Promise<unknown[]> =>
  new Promise((resolve) => {
    (method as (callback: unknown) => void)((...values: unknown[]) => {
      resolve(values);
    });
  });

describe("<consumer-auth> that knows its account only", () => {
  const { warn, error } = console;
  const said: string[] = [];
  let server: AnsweredRequests | undefined;
  /** Elements of the tests before may still warm up. */
  const connectorRequests = (): AnsweredRequests["requests"] =>
    server?.requests.filter(({ url }) => url.includes("all-connectors")) ?? [];

  beforeEach(() => {
    said.length = 0;
    console.warn = (message: unknown) => said.push(String(message));
    console.error = (message: unknown) => said.push(String(message));
  });

  afterEach(() => {
    document.body.replaceChildren();
    Object.assign(console, { warn, error });
    server?.stop();
    server = undefined;
    Reflect.deleteProperty(window, "brandMethods");
  });

  function attach(attributes: Record<string, string> = {}): ConsumerAuthElement {
    const element = document.createElement("consumer-auth");
    const all = { "account-id": accountId, "connector-api": connectorApi, ...attributes };
    for (const [name, value] of Object.entries(all)) element.setAttribute(name, value);
    document.body.append(element);
    return element;
  }

  const nextError = (element: ConsumerAuthElement): Promise<ConsumerAuthError> =>
    new Promise((resolve) => {
      element.addEventListener(
        "consumer-auth-error",
        (event) => {
          resolve((event as CustomEvent<ConsumerAuthError>).detail);
        },
        { once: true },
      );
    });

  it("puts the page method where the connector says, and takes it away again", async () => {
    const element = attach();
    const auth = await until(() => element.auth);
    expect(auth.config).to.include({ clientId: "published", flow: "code" });
    await until(() => (brandMethods() as Record<string, unknown> | undefined)?.["getBrandToken"]);
    expect(page).not.to.have.property("lpGetAuthenticationToken");
    expect(said).to.deep.equal([]);
    element.remove();
    expect(brandMethods()).not.to.have.property("getBrandToken");
  });

  it("answers calls with the reason while the list can't be read, and tries again at the next", async () => {
    let up = false;
    server = answerRequests(() =>
      up
        ? Response.json([
            { id: "1", jsMethodName: "lpTag.taglets.unAuthMessaging.lpUnauthFunction" },
          ])
        : new Response("<p>", { status: 503 }),
    );
    const element = attach();
    expect((await nextError(element)).code).to.equal("connector_unavailable");
    const method = page["lpGetAuthenticationToken"];
    const [nothing, reason] = await ask(method);
    expect(nothing).to.deep.equal({});
    expect(reason).to.match(/^connector_unavailable: .*HTTP 503/);
    expect(await codeOf(element.getCredential())).to.equal("invalid_call");
    up = true;
    void ask(method);
    const auth = await until(() => element.auth);
    expect(auth.config.engagement).to.equal("unauthenticated");
    await element.updateComplete;
    expect(page["lpGetAuthenticationToken"]).to.be.a("function").and.not.equal(method);
  });

  it("keeps to a mistake, which it tells once", async () => {
    server = answerRequests(() => Response.json([]));
    const element = attach();
    expect((await nextError(element)).code).to.equal("invalid_config");
    expect((await ask(page["lpGetAuthenticationToken"]))[1]).to.match(/publishes no connector/);
    expect(server.requests).to.have.lengthOf(1);
    expect(said).to.have.lengthOf(1);
  });

  it("tells of a public client secret by its event", async () => {
    server = answerRequests(() =>
      Response.json([{ id: "1", issuer, clientId: "published", clientSecret: "hush" }]),
    );
    const leak = await nextError(attach());
    expect(leak.message).to.include("holds a client secret").and.not.include("hush");
  });

  it("gives up when it leaves the page, and says nothing", async () => {
    server = answerRequests(() => new Promise(() => undefined));
    const element = attach();
    const method = await until(() => page["lpGetAuthenticationToken"]);
    const answered = ask(method);
    element.remove();
    expect((await answered)[1]).to.match(/^aborted: /);
    expect(page).not.to.have.property("lpGetAuthenticationToken");
    expect(connectorRequests()[0]?.signal.aborted).to.equal(true);
    expect(said).to.deep.equal([]);
  });

  it("begins anew when an attribute changes before it knows", async () => {
    server = answerRequests(() => new Promise(() => undefined));
    const element = attach();
    await until(() => connectorRequests().length === 1);
    element.setAttribute("client-id", "mine");
    element.setAttribute("authorization-endpoint", endpoint);
    element.setAttribute("redirect-uri", returnPage);
    const auth = await until(() => element.auth);
    expect(auth.config.clientId).to.equal("mine");
    expect(connectorRequests()[0]?.signal.aborted).to.equal(true);
  });
});
