import { expect } from "@esm-bundle/chai";

import { readConnectors, type Connector } from "../../../src/cloud/read-connectors.js";

const flags = { preferred: false, rfcCompliance: false, unauthenticated: false };

/** Through JSON, as an answer comes. */
const parsed = (answer: unknown): unknown => JSON.parse(JSON.stringify(answer));

const read = (...items: unknown[]): readonly Connector[] =>
  readConnectors(parsed(items))?.connectors ?? [];

/** The one connector with this configuration. */
const configured = (configuration: unknown, item: object = {}): Connector | undefined =>
  read({ id: "1", ...item, configuration })[0];

const flowOf = (configuration: object, item: object = {}): string | undefined =>
  configured({ issuer: "https://login.example", ...configuration }, item)?.flow;

const guest = "lpTag.taglets.unAuthMessaging.lpUnauthFunction";

describe("a published connector", () => {
  it("is read with everything that it says", () => {
    const [connector] = read({
      id: "4711",
      type: 1,
      name: "Brand",
      configuration: {
        jsMethodName: "getToken",
        jsContext: "lpMethods",
        issuer: "https://login.example",
        issuerDisplayName: "Brand",
        authorizationEndpoint: "https://login.example/authorize",
        tokenEndpoint: "https://login.example/token",
        clientId: "messaging",
        jwtValidationType: "PUBLIC_JWT_KEY",
        jwtPublicKey: "MIIB",
        preferred: true,
        rfcCompliance: true,
      },
    });
    expect(connector).to.deep.equal({
      id: "4711",
      flow: "code",
      issuer: "https://login.example",
      authorizationEndpoint: "https://login.example/authorize",
      tokenEndpoint: "https://login.example/token",
      clientId: "messaging",
      jwtPublicKey: "MIIB",
      jsMethodName: "getToken",
      jsContext: "lpMethods",
      preferred: true,
      rfcCompliance: true,
      unauthenticated: false,
    });
  });

  const shapes: readonly [string, unknown, Partial<Connector>][] = [
    [
      "keys are written otherwise",
      { ISSUER: "i", client_id: "c", "JS-Method-Name": "m", JsContext: "x", Preferred: "TRUE" },
      { issuer: "i", clientId: "c", jsMethodName: "m", jsContext: "x", preferred: true },
    ],
    [
      "the configuration is JSON in a text",
      JSON.stringify({ issuer: "i", preferred: "1" }),
      { issuer: "i", preferred: true },
    ],
    [
      "values have the wrong type",
      { issuer: "i", clientId: 5, jsContext: ["x"], jsMethodName: { a: 1 }, tokenEndpoint: true },
      { issuer: "i" },
    ],
    [
      "values are null or empty",
      { issuer: "i", clientId: null, jsContext: "", jsMethodName: "  ", preferred: null },
      { issuer: "i" },
    ],
    [
      "values have blanks around them",
      { issuer: " i\n", clientId: "\tc " },
      { issuer: "i", clientId: "c" },
    ],
    ["a key comes twice", { client_id: "", clientId: "c", CLIENTID: "d" }, { clientId: "c" }],
    [
      "flags are numbers",
      { issuer: "i", preferred: 1, rfcCompliance: 0 },
      { issuer: "i", preferred: true },
    ],
    ["flags are words", { issuer: "i", preferred: "no", rfcCompliance: "false" }, { issuer: "i" }],
    [
      "a text is longer than 8 KB",
      { issuer: "i", clientId: "c".repeat(8193), jsMethodName: "m".repeat(8192) },
      { issuer: "i", jsMethodName: "m".repeat(8192) },
    ],
    [
      "the method is dotted",
      { jsContext: "window", jsMethodName: "brand.chat.getToken" },
      { jsContext: "brand.chat", jsMethodName: "getToken" },
    ],
    [
      "the method is dotted, and there is no context",
      { jsMethodName: "brand.getToken" },
      { jsContext: "brand", jsMethodName: "getToken" },
    ],
    [
      "the method is dotted, in a context",
      { jsContext: "brand", jsMethodName: "chat.getToken" },
      { jsContext: "brand.chat", jsMethodName: "getToken" },
    ],
    [
      "both ways to verify are there, and the key set is meant",
      { issuer: "i", jwtValidationType: "JWKS_ENDPOINT", jwtPublicKey: "k", jwksEndpoint: "e" },
      { issuer: "i", flow: "implicit", jwksEndpoint: "e" },
    ],
    [
      "both ways to verify are there, and the key is meant",
      { issuer: "i", jwtValidationType: "PUBLIC_JWT_KEY", jwtPublicKey: "k", jwksEndpoint: "e" },
      { issuer: "i", flow: "implicit", jwtPublicKey: "k" },
    ],
    [
      "what is meant isn't there",
      { issuer: "i", jwtValidationType: "JWKS_ENDPOINT", jwtPublicKey: "k" },
      { issuer: "i", flow: "implicit", jwtPublicKey: "k" },
    ],
  ];
  for (const [what, configuration, expected] of shapes) {
    it(`is read where ${what}`, () => {
      expect(configured(configuration)).to.deep.equal({ id: "1", ...flags, ...expected });
    });
  }

  it("may have its settings beside the configuration, which wins", () => {
    const connector = configured({ clientId: "inner" }, { clientId: "outer", issuer: "i" });
    expect(connector).to.deep.equal({ id: "1", ...flags, clientId: "inner", issuer: "i" });
  });

  it("has an id that is a text or a number, and may have none", () => {
    const ids = ["a", 7, " b ", "", null, {}, true, "x".repeat(129)].map(
      (id) => configured({ issuer: "i" }, { id })?.id,
    );
    expect(ids).to.deep.equal(["a", "7", "b", ...Array<undefined>(5).fill(undefined)]);
    expect(read({ configuration: { issuer: "i" } })).to.deep.equal([{ ...flags, issuer: "i" }]);
  });

  const flows: readonly [string, object, object, string | undefined][] = [
    ["a token endpoint", { tokenEndpoint: "https://t" }, {}, "code"],
    [
      "a way to verify, and no token endpoint",
      { jwtValidationType: "PUBLIC_JWT_KEY" },
      {},
      "implicit",
    ],
    ["a key", { jwtPublicKey: "k" }, {}, "implicit"],
    ["a key set", { jwksEndpoint: "e" }, {}, "implicit"],
    ["a token endpoint and a key", { tokenEndpoint: "t", jwtPublicKey: "k" }, {}, "code"],
    ["a PKCE flag of any name", { isPKCEEnabled: true, jwtPublicKey: "k" }, {}, "code"],
    ["a PKCE flag that is off", { pkce: false, jwtPublicKey: "k" }, {}, "implicit"],
    ["its type", { tokenEndpoint: "t" }, { type: "IMPLICIT" }, "implicit"],
    ["its type in the configuration", { authenticationType: "Code Flow" }, {}, "code"],
    ["its response type", { response_type: "id_token" }, {}, "implicit"],
    [
      "a type that says both, and a token endpoint",
      { responseType: "code id_token", tokenEndpoint: "t" },
      {},
      "code",
    ],
    ["a type that says nothing", { type: "oauth" }, { type: 1 }, undefined],
    ["its name alone", {}, { name: "Implicit" }, undefined],
    ["a token endpoint that is none", { tokenEndpoint: {} }, {}, undefined],
    ["nothing", {}, {}, undefined],
  ];
  for (const [what, configuration, item, flow] of flows) {
    it(`has ${flow ? `the ${flow} flow` : "no certain flow"} by ${what}`, () => {
      expect(flowOf(configuration, item)).to.equal(flow);
    });
  }

  const guests: readonly object[] = [
    { jsMethodName: guest },
    { jsMethodName: guest, jsContext: "window" },
    { jsMethodName: guest.toUpperCase(), jsContext: null },
    { jsMethodName: `window.${guest}` },
    { jsMethodName: "lpUnauthFunction", jsContext: "lpTag.taglets.unAuthMessaging" },
  ];
  for (const configuration of guests) {
    it(`is the unauthenticated one with ${JSON.stringify(configuration)}`, () => {
      expect(configured(configuration)?.unauthenticated).to.equal(true);
    });
  }

  it("isn't the unauthenticated one for a name that is only alike", () => {
    for (const jsMethodName of [`${guest}2`, `my.${guest}`, "lpUnauthFunction"]) {
      expect(configured({ jsMethodName })?.unauthenticated).to.equal(false);
    }
  });

  it("is left out where it is no connector, is deleted, or says nothing that a login needs", () => {
    const items = [
      null,
      5,
      "text",
      [],
      [{ configuration: { issuer: "i" } }],
      {},
      { id: "1" },
      { id: "1", configuration: null },
      { id: "1", configuration: [] },
      { id: "1", configuration: "{broken" },
      { id: "1", configuration: { jsContext: "window", preferred: true } },
      { id: "1", deleted: true, configuration: { issuer: "i" } },
    ];
    expect(read(...items)).to.deep.equal([]);
  });

  it("is read from a list, or from an object that holds it", () => {
    const list = [{ configuration: { issuer: "i" } }];
    expect(readConnectors({ connectors: list })).to.deep.equal(readConnectors(list));
    for (const answer of [undefined, null, "", "[]", 5, {}, { errors: [] }, { connectors: {} }]) {
      expect(readConnectors(answer)).to.equal(undefined);
    }
    expect(readConnectors([])).to.deep.equal({ connectors: [], holdsSecret: false });
  });

  it("is one of the first thousand", () => {
    const items = Array.from({ length: 1001 }, (_, id) => ({ id, issuer: "i" }));
    expect(read(...items)).to.have.lengthOf(1000);
  });

  it("is read where a value can't be made a text", () => {
    const deep: unknown = JSON.parse("[".repeat(100_000) + "]".repeat(100_000));
    for (const odd of [{ toString: 1, valueOf: 1 }, deep]) {
      const configuration = { issuer: "i", preferred: odd, pkce: odd, jwtValidationType: odd };
      const [connector] = readConnectors([{ id: odd, deleted: odd, type: odd, configuration }])
        ?.connectors ?? [undefined];
      expect(connector).to.deep.equal({ ...flags, flow: "implicit", issuer: "i" });
    }
  });

  it("reaches no prototype", () => {
    const answer: unknown = JSON.parse(
      `[{"id":"1","__proto__":{"issuer":"evil"},"constructor":{"prototype":{"issuer":"evil"}},
        "configuration":{"__proto__":{"clientId":"evil"},"constructor":"x","prototype":"y","jsMethodName":"m"}}]`,
    );
    const [connector] = readConnectors(answer)?.connectors ?? [];
    expect(connector).to.deep.equal({ id: "1", ...flags, jsMethodName: "m" });
    expect(Object.getPrototypeOf(connector)).to.equal(Object.prototype);
    expect({}).not.to.have.property("issuer");
  });
});

describe("a client secret that is public", () => {
  const hiding: readonly unknown[] = [
    [{ configuration: { clientSecret: "hush" } }],
    [{ configuration: { CLIENT_SECRET: "hush" } }],
    [{ secret: "hush" }],
    [{ configuration: JSON.stringify({ clientSecret: "hush" }) }],
    [{ configuration: { oauth: [{ deep: { "client-secret": "hush" } }] } }],
    [{ configuration: { secrets: { current: "hush" } } }],
    [...Array<unknown>(1500).fill({}), { clientSecret: "hush" }],
    { connectors: [], clientSecret: "hush" },
  ];
  for (const answer of hiding) {
    it(`is found, and not read, in ${JSON.stringify(answer).slice(-60)}`, () => {
      const published = readConnectors(answer);
      expect(published?.holdsSecret).to.equal(true);
      expect(JSON.stringify(published)).not.to.include("hush");
    });
  }

  it("is not in what is kept of a good connector", () => {
    const published = readConnectors([
      { id: "1", clientSecret: "hush", configuration: { issuer: "i", clientSecret: "hush" } },
    ]);
    expect(published).to.deep.equal({
      connectors: [{ id: "1", ...flags, issuer: "i" }],
      holdsSecret: true,
    });
  });

  it("isn't found where there is none", () => {
    for (const clientSecret of [null, "", false, true, 0]) {
      expect(readConnectors([{ clientSecret }])?.holdsSecret).to.equal(false);
    }
    expect(readConnectors([{ clientId: "secret", name: "Secret" }])?.holdsSecret).to.equal(false);
  });

  it("is looked for in nesting of any depth", () => {
    const depth = 200_000;
    const text = `${'{"a":'.repeat(depth)}{"secret":"hush"}${"}".repeat(depth)}`;
    expect(readConnectors([JSON.parse(text)])?.holdsSecret).to.equal(true);
  });
});

describe("an answer that makes no sense", () => {
  /** The same numbers every time: a failure can be seen again (Park and Miller's generator). */
  function createNumbers(seed: number): (below: number) => number {
    let state = seed;
    return (below) => {
      state = (state * 48_271) % 2_147_483_647;
      return state % below;
    };
  }

  const keys = ["id", "type", "name", "configuration", "issuer", "clientId", "jsMethodName"];
  const odd = [
    "jsContext",
    "clientSecret",
    "__proto__",
    "constructor",
    "preferred",
    "jwtPublicKey",
  ];
  const texts = [
    "",
    " ",
    "true",
    "https://a.example",
    guest,
    "...",
    "{",
    '{"issuer":"i"}',
    "[[",
    "\u0000",
  ];

  function createValue(next: (below: number) => number, depth: number): unknown {
    const kind = next(depth > 0 ? 8 : 6);
    if (kind < 2) return texts[next(texts.length)];
    if (kind < 6) return [null, true, next(9) - 4, 1e308][kind - 2];
    const parts = Array.from({ length: next(5) }, () => createValue(next, depth - 1));
    if (kind === 6) return parts;
    const names = [...keys, ...odd];
    const entries = parts.map(
      (part) => `${JSON.stringify(names[next(names.length)])}:${JSON.stringify(part)}`,
    );
    return JSON.parse(`{${entries.join()}}`) as unknown;
  }

  const createItem = (next: (below: number) => number): unknown =>
    next(5) === 0
      ? createValue(next, 5)
      : {
          id: createValue(next, 0),
          configuration: createValue(next, 4),
          issuer: createValue(next, 1),
        };

  it("throws nothing, and yields nothing but texts, flags and the two flows", () => {
    const next = createNumbers(20_301);
    let found = 0;
    for (let round = 0; round < 3000; round++) {
      const list = Array.from({ length: next(6) }, () => createItem(next));
      const published = readConnectors(list);
      expect(published?.holdsSecret).to.be.a("boolean");
      for (const connector of published?.connectors ?? []) {
        found++;
        for (const [name, value] of Object.entries(connector)) {
          const isFlag = ["preferred", "rfcCompliance", "unauthenticated"].includes(name);
          expect(value, name)
            .to.be.a(isFlag ? "boolean" : "string")
            .and.not.equal("");
        }
        expect(connector.flow).to.be.oneOf(["code", "implicit", undefined]);
      }
    }
    expect(found).to.be.greaterThan(100);
  });
});
