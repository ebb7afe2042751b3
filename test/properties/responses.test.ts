import { expect } from "@esm-bundle/chai";
import fc from "fast-check";

import { readAuthorizationResponse } from "../../src/oidc/authorization-response.js";
import { relayAuthorizationResponse } from "../../src/transports/return-page.js";
import { awaitResponse } from "../../src/transports/response.js";
import { engine } from "../support/engines.js";
import { always } from "../support/properties.js";
import { anything, outcomeOf, secret } from "../support/rubbish.js";
import { startVirtualChannels } from "../support/virtual-channels.js";
import { startVirtualTime } from "../support/virtual-time.js";

const state = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";
const issuer = "https://login.example";

const names = ["state", "code", "id_token", "iss", "error", "error_description", "access_token"];

const values: Readonly<Record<string, readonly string[]>> = {
  state: [state, state, state, state, state.toLowerCase(), `${state} `, ""],
  code: [secret, secret, "", "x".repeat(65_537)],
  id_token: [secret, "", "a.b.c"],
  iss: [issuer, issuer, `${issuer}/`, "https://evil.example", ""],
  error: ["access_denied", "login_required", "server_error", secret, "", "<script>"],
};

const parameter = fc
  .constantFrom(...names, "x", "State", "__proto__")
  .chain((name) =>
    fc.tuple(
      fc.constant(name),
      fc.oneof(
        fc.constantFrom(...(Object.hasOwn(values, name) ? values[name]! : ["x"])),
        fc.string(),
      ),
    ),
  );

/** Mostly a response as it should be, with more or less in it. */
const pairs = fc
  .tuple(
    fc.constantFrom<[string, string][]>(
      [],
      [["state", state]],
      [
        ["state", state],
        ["code", secret],
      ],
      [
        ["state", state],
        ["code", secret],
        ["iss", issuer],
      ],
      [
        ["state", state],
        ["id_token", secret],
      ],
      [
        ["state", state],
        ["id_token", secret],
        ["code", secret],
      ],
      [
        ["state", state],
        ["error", "access_denied"],
      ],
    ),
    fc.array(parameter, { maxLength: 2 }),
    fc.nat(),
  )
  .map(([given, more, at]) => {
    const all = [...given];
    all.splice(at % (all.length + 1), 0, ...more);
    return all;
  });

/** Percent-encoding, as much as is needed, everything, or with a plus. */
const encodings = [
  encodeURIComponent,
  (text: string) => encodeURIComponent(text).replaceAll("%20", "+"),
  (text: string) =>
    Array.from(
      new TextEncoder().encode(text.slice(0, 2000)),
      (byte) => `%${byte.toString(16).padStart(2, "0")}`,
    ).join("") + encodeURIComponent(text.slice(2000)),
] as const;

const wellFormed = (text: string): string => text.replace(/[\uD800-\uDFFF]/g, "");

const expected = fc.record({
  state: fc.constant(state),
  issuer: fc.constantFrom(issuer, undefined),
  promisesIss: fc.constantFrom(true, false, undefined),
  responseType: fc.constantFrom("code", "id_token", "code id_token"),
});

describe("an authorization response", () => {
  always(
    "is taken only whole, once, in its place, with its state and of its issuer",
    4000,
    fc.asyncProperty(
      pairs,
      expected,
      fc.constantFrom("query", "fragment"),
      fc.constantFrom(...encodings),
      async (given, wanted, mode, encode) => {
        const clean = given.map(([name, value]) => [wellFormed(name), wellFormed(value)] as const);
        const parameters = clean.map((pair) => pair.map(encode).join("=")).join("&");
        const { value, error } = await outcomeOf(() =>
          readAuthorizationResponse({ mode, parameters }, wanted),
        );
        const all = (name: string): string[] =>
          clean.filter((pair) => pair[0] === name).map((pair) => pair[1]);
        const only = (name: string): string | undefined => all(name)[0];
        const types = wanted.responseType.split(" ");
        const needsIss =
          wanted.promisesIss === true &&
          !(types.includes("id_token") && only("id_token") !== undefined);
        const isGood =
          clean.every((pair) => all(pair[0]).length === 1) &&
          only("state") === state &&
          (only("iss") === undefined
            ? !needsIss
            : wanted.issuer === undefined || only("iss") === issuer) &&
          only("error") === undefined &&
          mode === (wanted.responseType === "code" ? "query" : "fragment") &&
          types.every((type) => (only(type)?.length ?? 0) > 0 && only(type)!.length <= 65_536);
        expect(value !== undefined, error?.message).to.equal(isGood);
        if (value) {
          for (const type of ["code", "id_token"] as const)
            expect(value[type]).to.equal(types.includes(type) ? only(type) : "");
        }
        if (error)
          expect(error.code).to.match(
            /^(response_invalid|access_denied|login_required|authorization_failed)$/,
          );
      },
    ),
  );

  always(
    "that is any text at all is refused with a code",
    1000,
    fc.asyncProperty(
      fc.oneof(fc.string({ unit: "binary" }), fc.webQueryParameters(), fc.webFragments()),
      expected,
      async (parameters, wanted) => {
        const { error } = await outcomeOf(() =>
          readAuthorizationResponse({ mode: "query", parameters }, wanted),
        );
        expect(error?.code).to.equal("response_invalid");
      },
    ),
  );

  always(
    "is heard on its own channel, or from its own window and origin, and nowhere else",
    300,
    fc.asyncProperty(
      fc.array(
        fc.tuple(
          fc.constantFrom("channel", "other channel", "frame", "page", "other origin"),
          fc.oneof(
            anything(),
            fc.record({
              consumerAuth: fc.oneof(anything([state]), fc.constant(state)),
              parameters: fc.string(),
            }),
          ),
        ),
        { maxLength: 8 },
      ),
      async (messages) => {
        const channels = startVirtualChannels();
        const frame = document.createElement("iframe");
        document.body.append(frame);
        const target = frame.contentWindow!;
        const ended = new AbortController();
        let heard: unknown;
        const waiting = awaitResponse(
          target,
          { url: "", state, nonce: "", redirectUri: `${location.origin}/callback.html` },
          ended.signal,
          () => undefined,
        ).then(
          (response) => (heard = response),
          () => undefined,
        );
        const isOurs = (data: unknown): boolean =>
          (Object(data) as { consumerAuth?: unknown }).consumerAuth === state;
        let mayHear = false;
        for (const [place, data] of messages) {
          const copy = cloned(data);
          if (place === "channel") channels.post(`consumer-auth:${state}`, copy);
          else if (place === "other channel") channels.post(`consumer-auth:${state} `, copy);
          else
            dispatchEvent(
              new MessageEvent("message", {
                data: copy,
                source: place === "page" ? window : target,
                origin: place === "other origin" ? "https://evil.example" : location.origin,
              }),
            );
          mayHear ||= isOurs(copy) && (place === "channel" || place === "frame");
        }
        await new Promise((resolve) => setTimeout(resolve));
        expect(heard !== undefined).to.equal(mayHear);
        if (mayHear) expect(isOurs(heard)).to.equal(true);
        ended.abort();
        await waiting;
        frame.remove();
        channels.stop();
        expect(channels.open).to.deep.equal([]);
      },
    ),
  );
});

describe("the return page", () => {
  const address = location.href;

  afterEach(() => history.replaceState(null, "", address));

  always(
    "cleans its address whatever stood there, and tells only who knows the state",
    // WebKit lets a page change its address a hundred times in ten seconds; a run does so twice.
    engine === "webkit" ? 40 : 400,
    fc.asyncProperty(
      fc.oneof(fc.webQueryParameters(), pairs.map(encodePairs)),
      fc.oneof(fc.webFragments(), pairs.map(encodePairs)),
      async (query, fragment) => {
        history.replaceState(null, "", `${location.pathname}?${query}#${fragment}`);
        const stood = { query: location.search.slice(1), fragment: location.hash.slice(1) };
        const states = [stood.fragment, stood.query].map((text) =>
          new URLSearchParams(text).get("state"),
        );
        const time = startVirtualTime(Date.UTC(2030, 0, 1));
        const channels = startVirtualChannels();
        const told: [string, unknown][] = [];
        const deafen = channels.hear((name, data) => told.push([name, data]));
        try {
          const work = outcomeOf(() => relayAuthorizationResponse());
          expect(location.search + location.hash).to.equal("");
          await time.pass(5000);
          const { value } = await work;
          const found = states.find(Boolean);
          expect(value).to.equal(found ? "unheard" : "no_response");
          expect(told.map(([name]) => name)).to.deep.equal(found ? [`consumer-auth:${found}`] : []);
          expect(time.pending).to.deep.equal([]);
          expect(channels.open).to.deep.equal([]);
        } finally {
          deafen();
          channels.stop();
          time.stop();
        }
      },
    ),
  );
});

function encodePairs(given: [string, string][]): string {
  return given.map((pair) => pair.map(wellFormed).map(encodeURIComponent).join("=")).join("&");
}

/** What arrives of a message; what can't be sent never does. */
function cloned(data: unknown): unknown {
  try {
    return structuredClone(data);
  } catch {
    return undefined;
  }
}
