import { expect } from "@esm-bundle/chai";

import {
  chooseConnector,
  fetchConnectors,
  type ConnectorRequest,
} from "../../../src/cloud/connectors.js";
import type { Connector } from "../../../src/cloud/read-connectors.js";
import {
  answerRequests,
  never,
  type Answer,
  type AnsweredRequests,
} from "../../support/answered-requests.js";
import { caught, codeOf } from "../../support/caught.js";

const request: ConnectorRequest = { accountId: "12345678", requestTimeout: 5000 };

describe("the connectors of an account", () => {
  let server: AnsweredRequests | undefined;

  const serve = (answer: Answer): AnsweredRequests => (server = answerRequests(answer));

  afterEach(() => {
    server?.stop();
    server = undefined;
  });

  it("are asked for by one simple request, without cookies", async () => {
    const { requests } = serve(() => Response.json([{ id: 1, issuer: "https://login.example" }]));
    const { connectors } = await fetchConnectors(request);
    expect(connectors.map(({ id }) => id)).to.deep.equal(["1"]);
    expect(requests).to.have.lengthOf(1);
    const [only] = requests;
    expect(only?.url).to.equal(
      "https://accdn.lpsnmedia.net/api/account/12345678/configuration/le-connectors/all-connectors",
    );
    expect(only?.method).to.equal("GET");
    expect(only?.credentials).to.equal("omit");
    expect([...(only?.headers ?? [])]).to.deep.equal([]);
  });

  it("are asked of another place where there is one", async () => {
    const { requests } = serve(() => Response.json([]));
    await fetchConnectors({ ...request, connectorApi: "http://localhost:8080/cloud/" });
    expect(requests[0]?.url).to.match(/^http:\/\/localhost:8080\/cloud\/api\/account\/12345678\//);
  });

  const unreadable: readonly [string, () => Response][] = [
    ["HTTP 404", () => Response.json([], { status: 404 })],
    ["HTTP 500", () => new Response("", { status: 500 })],
    ["HTML", () => new Response("<!doctype html><p>Sign in to the Wi-Fi", { status: 200 })],
    ["nothing", () => new Response("")],
    ["an error", () => Response.json({ error: "no such account" })],
    ["broken JSON", () => new Response('[{"id":')],
  ];
  for (const [what, answer] of unreadable) {
    it(`can't be read where the answer is ${what}: the message says where to look`, async () => {
      serve(answer);
      const { code, message } = await caught(fetchConnectors(request));
      expect(code).to.equal("connector_unavailable");
      expect(message)
        .to.match(/account 12345678 .*https:\/\/accdn\.lpsnmedia\.net answered .*HTTP \d{3}/)
        .and.match(/Check accountId and connectorApi\..* on the page\.$/);
      expect(message).not.to.include("Wi-Fi");
    });
  }

  it("can't be read offline, and the message names connect-src", async () => {
    serve(() => Promise.reject(new TypeError("Failed to fetch")));
    const { code, message, cause } = await caught(fetchConnectors(request));
    expect(code).to.equal("connector_unavailable");
    expect(message).to.include("connect-src").and.include("settings on the page");
    expect(cause).to.have.property("code", "request_failed");
  });

  it("are waited for no longer than requestTimeout", async () => {
    serve(never);
    const { code, message } = await caught(fetchConnectors({ ...request, requestTimeout: 10 }));
    expect(code).to.equal("connector_unavailable");
    expect(message).to.include("within 10 ms");
  });

  it("are not waited for by a caller who gave up", async () => {
    serve(never);
    expect(await codeOf(fetchConnectors(request, AbortSignal.abort()))).to.equal("aborted");
  });
});

describe("the connector by which consumers sign in", () => {
  const connector = (id: string | undefined, changes: Partial<Connector> = {}): Connector => ({
    ...(id !== undefined && { id }),
    issuer: "https://login.example",
    preferred: false,
    rfcCompliance: true,
    unauthenticated: false,
    ...changes,
  });
  const guests = connector("0", { unauthenticated: true });

  it("is the one that was asked for, whichever it is", () => {
    const all = [guests, connector("1"), connector("2", { preferred: true })];
    expect(chooseConnector(all, "1").id).to.equal("1");
    expect(chooseConnector(all, "0")).to.equal(guests);
  });

  it("is the only one that isn't the unauthenticated one", () => {
    const preferredGuests = { ...guests, preferred: true };
    expect(chooseConnector([preferredGuests, connector("1")]).id).to.equal("1");
    expect(chooseConnector([connector(undefined), guests]).id).to.equal(undefined);
  });

  it("is the preferred one of several", () => {
    const all = [connector("1"), connector("2", { preferred: true }), connector("3"), guests];
    expect(chooseConnector(all).id).to.equal("2");
  });

  it("is the unauthenticated one where there is no other", () => {
    expect(chooseConnector([guests])).to.equal(guests);
  });

  const refused: readonly [string, readonly Connector[], string | undefined, RegExp][] = [
    ["there is none", [], undefined, /publishes no connector: check accountId/],
    ["there is none, and one is asked for", [], "1", /publishes no connector: check accountId/],
    [
      "the id is not there",
      [guests, connector("1"), connector(undefined)],
      "2",
      /no connector "2": connectorId may be "0", "1", one without an id\.$/,
    ],
    ["ids differ in case only", [connector("a")], "A", /no connector "A": connectorId may be "a"/],
    [
      "several are there and none is preferred",
      [guests, connector("1"), connector("2")],
      undefined,
      /prefers none: set connectorId to "1", "2"\.$/,
    ],
    [
      "several are preferred",
      [connector("1", { preferred: true }), connector("2", { preferred: true }), connector("3")],
      undefined,
      /prefers more than one: set connectorId to "1", "2", "3"\.$/,
    ],
    [
      "there are very many",
      Array.from({ length: 30 }, (_, id) => connector(String(id))),
      undefined,
      /"18", "19", …\.$/,
    ],
  ];
  for (const [when, connectors, id, message] of refused) {
    it(`can't be chosen where ${when}; the message says what to write`, async () => {
      const error = await caught(() => chooseConnector(connectors, id));
      expect(error.code).to.equal("invalid_config");
      expect(error.message).to.match(message);
    });
  }
});
