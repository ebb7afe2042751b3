import { expect } from "@esm-bundle/chai";

import { createConsumerAuth, loadConnector } from "../../../src/index.js";
import { startScriptTag } from "../../../src/client/script-tag.js";
import { caught, codeOf } from "../../support/caught.js";
import { hasty } from "../support/attack.js";
import { brokenAnswers, give, patience, withoutCors } from "../support/broken.js";
import { json, openRoom, type Room, type ServerAnswer } from "../support/room.js";
import { expectNothingPolluted } from "../support/site-page.js";
import { recordTraces } from "../support/traces.js";

type Eventual<T> = T | Promise<T>;

/** A connector that is right. */
const honest = {
  id: 1200,
  configuration: {
    issuer: "https://login.brand.example",
    authorizationEndpoint: "https://login.brand.example/authorize",
    clientId: "published",
    jsContext: "brand",
    jsMethodName: "getToken",
  },
};

/** Serves what the cloud publishes. */
async function publish(
  answer: () => Eventual<ServerAnswer>,
  act: (room: Room, said: readonly string[]) => Promise<void>,
): Promise<void> {
  const traces = recordTraces();
  const room = await openRoom(answer);
  try {
    await act(room, traces.told);
    expect(traces.uncaught).to.deep.equal([]);
    expectNothingPolluted();
  } finally {
    await room.close();
    traces.stop();
    for (const name of ["ConsumerAuth", "lpGetAuthenticationToken", "brand", "lpTag"]) {
      Reflect.deleteProperty(window, name);
    }
  }
}

const of = (room: Room): { accountId: string; connectorApi: string; requestTimeout: number } => ({
  accountId: "12345678",
  connectorApi: room.provider,
  requestTimeout: hasty.requestTimeout,
});

/** What the window sees of a page that knows its account only. */
function startPage(room: Room, requestTimeout: number): () => Promise<unknown[][]> {
  const script = document.createElement("script");
  Object.assign(script.dataset, {
    accountId: "12345678",
    connectorApi: room.provider,
    requestTimeout: `${requestTimeout}`,
    engagement: "authenticated",
  });
  startScriptTag(script, () => import("../../../src/script-runtime.js"));
  const page = window as unknown as Record<
    string,
    (callback: (...values: unknown[]) => void) => void
  >;
  return () =>
    new Promise((resolve) => {
      const answers: unknown[][] = [];
      page["lpGetAuthenticationToken"]?.((...values) => {
        answers.push(values);
        resolve(answers);
      });
    });
}

describe("attack: a publication of connectors that is anything else", () => {
  for (const broken of [...brokenAnswers, withoutCors]) {
    // Any list is one, with nothing in it that could be used.
    const isList = broken.name.includes("array");
    it(`${broken.name}: ${isList ? "no connector" : "connector_unavailable"}`, async () => {
      let isBroken = true;
      await publish(
        () => (isBroken ? give(broken) : json([honest])),
        async (room) => {
          const call = startPage(room, patience(broken).requestTimeout);
          const startedAt = performance.now();
          const answers = await call();
          expect(performance.now() - startedAt).to.be.below(hasty.answerTimeout);
          expect(answers[0]?.[0]).to.deep.equal({});
          expect(answers[0]?.[1]).to.match(
            isList ? /^(connector_unavailable|invalid_config): / : /^connector_unavailable: /,
          );
          isBroken = false;
          // The next call tries again, while what has no end may still be arriving.
          const completed = await loadConnector({ ...of(room), requestTimeout: 5000 });
          expect(completed.clientId).to.equal("published");
          expect(answers).to.have.length(1);
        },
      );
    });
  }
});

describe("attack: a published connector that would have the page do something else", () => {
  const refused: Readonly<Record<string, object>> = {
    "a script for its login page": { authorizationEndpoint: "javascript:alert(1)" },
    "data: for its login page": { authorizationEndpoint: "data:text/html,<script>1</script>" },
    "blob: for its login page": { authorizationEndpoint: "blob:https://evil.example/1" },
    "a login page without https": { authorizationEndpoint: "http://login.brand.example/" },
    "a login page with a user": { authorizationEndpoint: "https://a:b@login.brand.example/" },
    "a relative login page": { authorizationEndpoint: "/authorize" },
    "a method of Object's": { jsMethodName: "constructor" },
    "a method that is a prototype": { jsMethodName: "__proto__" },
    "a context that is a prototype": { jsContext: "__proto__" },
    "a context behind a prototype": { jsContext: "Object.prototype" },
    "a context behind a constructor": { jsContext: "brand.constructor" },
    "a method that is code": { jsMethodName: "alert(1)//" },
    "a private key": { jwtPublicKey: "-----BEGIN PRIVATE KEY-----MIIE" },
    "a key that is none": { jwtPublicKey: "<script>" },
    "a key set without https": { jwksEndpoint: "http://login.brand.example/keys" },
  };
  for (const [name, changes] of Object.entries(refused)) {
    it(`${name}: invalid_config, and nothing is put anywhere`, () =>
      publish(
        () => json([{ ...honest, configuration: { ...honest.configuration, ...changes } }]),
        async (room) => {
          const [answer] = await startPage(room, 2000)();
          expect(answer?.[0]).to.deep.equal({});
          expect(answer?.[1]).to.match(/^invalid_config: /);
          expect(window).not.to.have.property("brand");
        },
      ));
  }

  const ignored: Readonly<Record<string, unknown>> = {
    "keys of prototypes":
      '[{"id":1,"__proto__":{"configuration":{"clientId":"evil"}},"constructor":{"prototype":{"polluted":1}}}]',
    "a configuration under a prototype":
      '[{"id":1,"configuration":{"__proto__":{"issuer":"https://evil.example","polluted":1}}}]',
    "fields of other types":
      '[{"id":{},"configuration":{"issuer":["https://evil.example"],"clientId":5,"jsMethodName":{}}}]',
    "connectors that are texts": '["https://evil.example", null, 5, [[]]]',
  };
  for (const [name, body] of Object.entries(ignored)) {
    it(`${name}: left out`, () =>
      publish(
        () => ({ body: String(body) }),
        async (room) => {
          expect(await codeOf(loadConnector(of(room)))).to.equal("invalid_config");
        },
      ));
  }

  it("what the page says itself wins", () =>
    publish(
      () =>
        json([{ ...honest, configuration: { ...honest.configuration, issuer: "https://evil" } }]),
      async (room) => {
        const page = { issuer: "https://login.brand.example", clientId: "mine" };
        const completed = await loadConnector({ ...of(room), ...page });
        expect(completed).to.deep.include(page);
        // Nor are the endpoints of another issuer taken.
        expect(completed).not.to.have.property("authorizationEndpoint");
      },
    ));

  it("of 10 000 connectors the first thousand are looked at", () =>
    publish(
      () => json(Array.from({ length: 10_000 }, (_, id) => ({ id, issuer: "https://a.example" }))),
      async (room) => {
        const { code, message } = await caught(loadConnector(of(room)));
        expect(code).to.equal("invalid_config");
        expect(message.length).to.be.below(1000);
      },
    ));

  it("a client secret is read by nobody, and told of without its value", () =>
    publish(
      () =>
        json([
          {
            ...honest,
            configuration: {
              ...honest.configuration,
              clientSecret: "hush-hush",
              deeper: { client_secret: "hush-hush" },
            },
          },
        ]),
      async (room, said) => {
        const completed = await loadConnector(of(room));
        expect(said.join()).to.include("client secret").and.not.include("hush-hush");
        expect(JSON.stringify(completed)).not.to.include("hush-hush");
        const auth = createConsumerAuth({ ...completed, engagement: "authenticated" });
        expect(JSON.stringify(auth.config)).not.to.include("hush-hush");
      },
    ));
});
