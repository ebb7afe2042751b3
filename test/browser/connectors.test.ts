import { expect } from "@esm-bundle/chai";

import { startScriptTag, type ConsumerAuthGlobal } from "../../src/client/script-tag.js";
import type { ConsumerAuthElement } from "../../src/element.js";
import { createConsumerAuth, loadConnector } from "../../src/index.js";
import {
  answerRequests,
  type Answer,
  type AnsweredRequests,
} from "../support/answered-requests.js";
import { caught } from "../support/caught.js";
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
import { codeOf, until } from "./support/until.js";

type PageMethod = (callback: unknown) => void;
const page = window as unknown as Record<string, unknown>;
/** Of a tag that no page method made: clients of other tests may have made one for their visitor. */
const taglets = (): unknown => (page["lpTag"] as { taglets?: unknown } | undefined)?.taglets;
const brandMethods = (): Record<string, unknown> | undefined =>
  page["brandMethods"] as Record<string, unknown> | undefined;

/** Published on this server, with a real answer for account 12345678 and for no other. */
const connectorApi = new URL("/test/browser/fixtures", location.href).href;
const accountId = "12345678";

const ask = (method: unknown): Promise<unknown[]> =>
  new Promise((resolve) => {
    (method as PageMethod)((...values: unknown[]) => {
      resolve(values);
    });
  });

describe("a page that knows its account only", () => {
  const said: string[] = [];
  const { warn, error } = console;
  let server: AnsweredRequests | undefined;
  let provider: TestProvider | undefined;

  beforeEach(() => {
    said.length = 0;
    console.warn = (message: unknown) => said.push(String(message));
    console.error = (message: unknown) => said.push(String(message));
  });

  afterEach(() => {
    Object.assign(console, { warn, error });
    server?.stop();
    provider?.stop();
    server = provider = undefined;
    document.body.replaceChildren();
    for (const name of ["ConsumerAuth", "lpGetAuthenticationToken", "brandMethods", "lpTag"]) {
      Reflect.deleteProperty(window, name);
    }
  });

  function startScript(dataset: Record<string, string>): ConsumerAuthGlobal {
    const script = document.createElement("script");
    Object.assign(script.dataset, dataset);
    startScriptTag(script, () => import("../../src/script-runtime.js"));
    return page["ConsumerAuth"] as ConsumerAuthGlobal;
  }

  const answer = (with_: Answer): AnsweredRequests => (server = answerRequests(with_));

  /** An implicit connector of the test's identity provider. */
  async function implicit(): Promise<unknown[]> {
    const { line } = await signingKey();
    const configuration = {
      issuer,
      authorizationEndpoint: endpoint,
      clientId: "published",
      jwtValidationType: "PUBLIC_JWT_KEY",
      jwtPublicKey: line,
      jsContext: "brandMethods",
      jsMethodName: "getBrandToken",
    };
    return [{ id: 1200, configuration }];
  }

  async function pressSignIn(): Promise<void> {
    const button = await until(() =>
      document
        .querySelector<ConsumerAuthElement>("consumer-auth")
        ?.shadowRoot?.querySelector<HTMLButtonElement>(".primary"),
    );
    button.click();
  }

  describe("with the script tag", () => {
    const dataset = { accountId, connectorApi, engagement: "authenticated", silent: "false" };

    // First, before another test has the element defined.
    it("is completed by the element first, then by the connector", async () => {
      const element = document.createElement("consumer-auth");
      element.setAttribute("account-id", accountId);
      element.setAttribute("client-id", "from-the-element");
      document.body.append(element);
      const auth = await startScript({ connectorApi, engagement: "authenticated" }).ready;
      expect(auth.config).to.include({ clientId: "from-the-element", jsContext: "brandMethods" });
      await until(() => (element as Partial<ConsumerAuthElement>).auth === auth);
    });

    it("gets its connector over HTTP, and the page method moves to where it says", async () => {
      const { ready } = startScript(dataset);
      expect(page["lpGetAuthenticationToken"]).to.be.a("function");
      expect(page).not.to.have.property("brandMethods");
      const { config } = await ready;
      expect(config).to.include({
        flow: "code",
        issuer: "https://login.brand.example",
        clientId: "published",
        redirectUri: `${location.origin}/callback.html`,
      });
      expect(page["lpGetAuthenticationToken"]).to.equal(undefined);
      expect(brandMethods()?.["getBrandToken"]).to.be.a("function");
      expect(taglets()).to.equal(undefined);
    });

    it("signs in with a verified ID token; a call that came before it knew how is answered", async () => {
      const connectors = await implicit();
      provider = startProvider(async (request) =>
        respond(request, { id_token: await mintIdToken(request) }, "#"),
      );
      let publish: () => void = () => undefined;
      const published = new Promise<void>((resolve) => (publish = resolve));
      const { requests } = answer(async () => {
        await published;
        return Response.json(connectors);
      });
      const { ready } = startScript({ ...dataset, redirectUri: returnPage });
      const early = ask(page["lpGetAuthenticationToken"]);
      await until(() => requests.length > 0);
      publish();
      await pressSignIn();
      const [token] = await early;
      expect(token)
        .to.be.a("string")
        .and.match(/^ey.*\..*\./);
      expect((await ready).session.claims?.sub).to.equal("consumer-1");
      // And once more, at the place that the window knows.
      expect(await ask(brandMethods()?.["getBrandToken"])).to.deep.equal([token]);
      expect(requests).to.have.lengthOf(1);
      await (await ready).signOut();
    });

    it("answers with the reason while the list can't be read, and tries again at the next call", async () => {
      let up = false;
      const connectors = await implicit();
      const { requests } = answer(() => {
        if (up) return Response.json(connectors);
        throw new TypeError("Failed to fetch");
      });
      provider = startProvider((request) => respond(request, { error: "access_denied" }, "#"));
      startScript({ ...dataset, redirectUri: returnPage });
      const [nothing, reason] = await ask(page["lpGetAuthenticationToken"]);
      expect(nothing).to.deep.equal({});
      expect(reason).to.match(/^connector_unavailable: .*settings on the page\.$/);
      expect(said.join()).to.include("The connectors of account 12345678 can't be read");
      const before = requests.length;
      up = true;
      const second = ask(page["lpGetAuthenticationToken"]);
      await until(() => requests.length > before);
      await until(() => brandMethods()?.["getBrandToken"]);
      const cancel = await until(() =>
        document
          .querySelector<ConsumerAuthElement>("consumer-auth")
          ?.shadowRoot?.querySelector<HTMLButtonElement>("footer button:last-child"),
      );
      cancel.click();
      expect((await second)[1]).to.match(/^cancelled: /);
    });

    it("is told what is wrong by a server that has no such account", async () => {
      const { ready } = startScript({ ...dataset, accountId: "404" });
      expect(await codeOf(ready)).to.equal("connector_unavailable");
      expect(said.join()).to.include("(HTTP 404). Check accountId and connectorApi.");
    });

    it("asks no more than requestTimeout allows", async () => {
      answer(() => new Promise(() => undefined));
      const { ready } = startScript({ ...dataset, requestTimeout: "20" });
      expect(await codeOf(ready)).to.equal("connector_unavailable");
      expect(said.join()).to.include("within 20 ms");
    });

    it("is told of all ids where it must choose, and keeps to that without asking again", async () => {
      const { requests } = answer(() =>
        Response.json([
          { id: "a", issuer: "https://a.example" },
          { id: "b", issuer: "https://b.example" },
        ]),
      );
      startScript(dataset);
      const method = page["lpGetAuthenticationToken"];
      for (const [, reason] of [await ask(method), await ask(method)]) {
        expect(reason).to.match(/^invalid_config: .*set connectorId to "a", "b"\.$/);
      }
      expect(requests).to.have.lengthOf(1);
    });

    it("hears that a connector's endpoint is not https, from the page method too", async () => {
      const [connector] = (await implicit()) as { configuration: object }[];
      answer(() =>
        Response.json([
          {
            ...connector,
            configuration: {
              ...connector?.configuration,
              authorizationEndpoint: "http://login.brand.example/authorize",
            },
          },
        ]),
      );
      startScript(dataset);
      const [, reason] = await ask(page["lpGetAuthenticationToken"]);
      expect(reason).to.match(
        /^invalid_config: .*authorizationEndpoint must begin with https:.*from the connector "1200"/,
      );
    });

    it("isn't disturbed by attributes of a tag manager, and asks once", async () => {
      const list = await implicit();
      const { requests } = answer(() => Response.json(list));
      const { config } = await startScript({ ...dataset, cfasync: "false" }).ready;
      expect(config.clientId).to.equal("published");
      expect(requests).to.have.lengthOf(1);
      expect(said.join()).to.include("data-cfasync");
    });

    it("warns of a client secret, without its value", async () => {
      const [connector] = (await implicit()) as object[];
      answer(() => Response.json([{ ...connector, clientSecret: "hush" }]));
      await startScript(dataset).ready;
      const leaks = said.filter((message) => message.includes("client secret"));
      expect(leaks).to.have.lengthOf(1);
      expect(said.join()).not.to.include("hush");
    });

    it("makes guests only, and asks nobody, where the account has but the unauthenticated one", async () => {
      const jsMethodName = "lpTag.taglets.unAuthMessaging.lpUnauthFunction";
      answer(() => Response.json([{ id: "1", configuration: { jsMethodName } }]));
      const { config } = await startScript({ accountId, connectorApi }).ready;
      expect(config.engagement).to.equal("unauthenticated");
      expect(page["lpGetAuthenticationToken"]).to.be.a("function");
      expect(taglets()).to.equal(undefined);
    });

    it("leaves the connector alone where the page says everything", async () => {
      const { requests } = answer(() => Response.json([]));
      const { config } = await startScript({
        ...dataset,
        clientId: "mine",
        authorizationEndpoint: endpoint,
        redirectUri: returnPage,
      }).ready;
      expect(config.clientId).to.equal("mine");
      expect(requests).to.have.lengthOf(0);
    });
  });

  describe("with createConsumerAuth", () => {
    it("loads its connector first", async () => {
      const connector = await loadConnector({ accountId, connectorApi });
      const auth = createConsumerAuth({ ...connector, redirectUri: returnPage });
      expect(auth.config).to.include({
        clientId: "published",
        redirectUri: returnPage,
        jsMethodName: "getBrandToken",
      });
    });

    it("chooses by id, and is told which there are", async () => {
      const connectorId = "1201";
      const error = await caught(loadConnector({ accountId, connectorApi, connectorId }));
      expect(error.code).to.equal("invalid_config");
      expect(error.message).to.include('"1100", "1200"');
    });

    it("can give up", async () => {
      const signal = AbortSignal.abort();
      expect(await codeOf(loadConnector({ accountId, connectorApi }, { signal }))).to.equal(
        "aborted",
      );
    });
  });
});
