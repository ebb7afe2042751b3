import { expect } from "@esm-bundle/chai";
import fc from "fast-check";

import { createLoaders } from "../../src/client/loaders.js";
import { finishRedirect } from "../../src/client/redirect.js";
import { createSharing } from "../../src/client/sharing.js";
import { checkConfig } from "../../src/config/check-config.js";
import { createAnonymousSource } from "../../src/sources/anonymous.js";
import { createMarker } from "../../src/store/marker.js";
import { createMemoryStore } from "../../src/store/memory.js";
import { createVault, type Kept } from "../../src/store/vault.js";
import { pendingPrefix } from "../../src/transports/away.js";
import { findAnswered, findRequest, takeAnswered } from "../../src/transports/pending.js";
import { readClaims, startAnonymousCloud } from "../support/anonymous-cloud.js";
import { openBrowserPage, toCredential } from "../support/browser-page.js";
import { answer, openHostPage, type HostPage } from "../support/host-calls.js";
import type { HostRequest } from "../support/host-apps.js";
import { issuedAt } from "../support/id-tokens.js";
import { watchLeftBehind } from "../support/left-behind.js";
import { createMovingClock } from "../support/moving-clock.js";
import { override } from "../support/override.js";
import { always } from "../support/properties.js";
import { almost, anything, expectCleanPrototypes, outcomeOf, toJson } from "../support/rubbish.js";
import { startVirtualChannels } from "../support/virtual-channels.js";
import { createTurns } from "../support/virtual-time.js";

/** What can be posted, and kept in a database. */
const cloned = (value: unknown): unknown => {
  try {
    return structuredClone(value);
  } catch {
    return undefined;
  }
};

/** Runs work, of which nothing may be thrown that nobody catches. */
async function unharmed(work: () => Promise<void>): Promise<void> {
  const behind = watchLeftBehind();
  try {
    await work();
    expect(behind.thrown, "thrown, and not caught").to.deep.equal([]);
    expect(behind.rejections, "rejected, and not heard").to.deep.equal([]);
    expectCleanPrototypes();
  } finally {
    behind.stop();
  }
}

const turn = createTurns();

describe("what other tabs say", () => {
  const mine = toCredential({ exp: issuedAt + 300 });
  const later = toCredential();
  const other = toCredential({ sub: "consumer-2" });
  const marks = ["in:1", "in:2", "out:1", "guest:1", "", "in", "in:1:2"];
  const claims = almost({
    sub: ["consumer-1", "consumer-2"],
    iat: [issuedAt, issuedAt + 1, NaN],
    exp: [issuedAt + 600, issuedAt + 900, Infinity],
  });
  const credential = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom<unknown>(mine, later, other) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(almost({ kind: ["id_token", "code"], token: ["a.b.c"] }), claims)
        .map(([some, said]): unknown => ({ ...some, claims: said })),
    },
    { weight: 1, arbitrary: anything() },
  );
  const news = fc
    .tuple(
      almost({
        who: ["in", "in", "in", "out", "guest", ["in"], { toString: null }],
        mark: ["in:1", "in:1", ...marks],
        idTokenHint: ["a.b.c"],
        grant: [{ refreshToken: "r", sub: "consumer-1" }, { refreshToken: "r" }, null],
      }),
      credential,
    )
    .map(([some, theirs]): unknown => ({ ...some, credential: theirs }));
  const message = fc.oneof(
    { weight: 4, arbitrary: news.map((value): unknown => ({ value })) },
    { weight: 1, arbitrary: news.map((value): unknown => ({ answer: "to somebody else", value })) },
    { weight: 1, arbitrary: almost({ ask: ["a question"], answer: ["an answer"], value: [{}] }) },
    { weight: 1, arbitrary: anything() },
  );

  /** Whether a message is one that may be taken over while the marker says this. */
  function maySignIn(said: unknown, mark: string): boolean {
    const { value } = Object(said) as { value?: unknown };
    const { who, mark: theirs, credential: given } = Object(value) as Record<string, unknown>;
    if (who !== "in" || theirs !== mark) return false;
    if (given === undefined) return true;
    const { kind, token, claims: has } = Object(given) as Record<string, unknown>;
    const { sub, exp, iat } = Object(has) as Record<string, unknown>;
    return (
      kind === "id_token" &&
      typeof token === "string" &&
      (has === undefined ||
        (typeof sub === "string" && Number.isFinite(exp) && Number.isFinite(iat)))
    );
  }

  function saysOut(said: unknown): boolean {
    const { value } = Object(said) as { value?: unknown };
    const { who } = Object(value) as Record<string, unknown>;
    return who === "out" || who === "guest";
  }

  always(
    "is taken over only whole, and of who is here; anything else changes nothing",
    700,
    fc.asyncProperty(
      fc.constantFrom("in:1", "in:1", "out:1", "guest:1"),
      fc.boolean(),
      fc.array(message.map(cloned), { minLength: 1, maxLength: 6 }),
      async (mark, isHere, messages) => {
        const channels = startVirtualChannels();
        const page = await openBrowserPage();
        const { keeper, parts } = page;
        const key = `consumer-auth:${keeper.name}`;
        localStorage.setItem(key, mark);
        let signedOut = 0;
        const sharing = createSharing(parts, () => signedOut++);
        try {
          await unharmed(async () => {
            const asked = sharing.ask(false);
            if (isHere && mark === "in:1") {
              keeper.held = { credential: mine };
              keeper.mark = mark;
              keeper.session.take(mine);
            }
            for (const said of messages) {
              const before = keeper.held;
              const outs = signedOut;
              channels.post(key, said);
              await turn();
              sharing.check();
              const now = keeper.read();
              expect(localStorage.getItem(key)).to.equal(mark);
              if (keeper.held.credential !== before.credential && keeper.held.credential)
                expect(maySignIn(said, mark), "taken over").to.equal(true);
              if (signedOut > outs && mark !== "out:1")
                expect(saysOut(said), "a sign-out").to.equal(true);
              if (now) {
                expect(now.kind).to.equal("id_token");
                expect(mark).to.equal("in:1");
                expect(now.claims!.exp).to.be.above(issuedAt);
                expect(keeper.session.read().claims?.sub).to.equal(now.claims!.sub);
              }
              if (mark !== "in:1") expect(keeper.session.read().state).to.equal("anonymous");
            }
            // It hears whoever is honest afterwards, once nobody has signed out.
            if (mark === "in:1") {
              const fresh = toCredential({ exp: issuedAt + 9000, iat: issuedAt + 5 });
              channels.post(key, { value: { who: "in", mark, credential: fresh } });
              await turn();
              expect(keeper.read()).to.deep.equal(fresh);
            }
            sharing.close();
            await Promise.race([asked, turn()]);
          });
        } finally {
          sharing.close();
          keeper.session.clear();
          channels.stop();
          localStorage.clear();
        }
      },
    ),
  );
});

describe("what the marker in localStorage says", () => {
  always(
    "may be any text: whoever signed in under another one is not handed over",
    500,
    fc.asyncProperty(
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc.constantFrom("in", "in:", "out:1", "guest", "__proto__:1", ":in:1", "IN:1"),
      ),
      fc.boolean(),
      async (text, isRemoved) => {
        const { keeper, parts } = await openBrowserPage();
        const key = `consumer-auth:${keeper.name}`;
        const sharing = createSharing(parts, () => undefined);
        try {
          await unharmed(async () => {
            keeper.signIn(toCredential());
            keeper.take(toCredential(), false);
            expect(keeper.read()).not.to.equal(undefined);
            const before = keeper.marker.read();
            if (isRemoved) localStorage.removeItem(key);
            else localStorage.setItem(key, text);
            expect(keeper.marker.read()).to.equal(isRemoved ? before : text);
            expect(keeper.marker.readWho()).to.be.a("string");
            if (!isRemoved && text !== before) expect(keeper.read()).to.equal(undefined);
            sharing.check();
            if (keeper.marker.readWho() === "out") expect(keeper.held).to.deep.equal({});
            // A new sign-in sets it right.
            keeper.signIn(toCredential());
            expect(createMarker(keeper.name).readWho()).to.equal("in");
            expect(keeper.read()).not.to.equal(undefined);
          });
        } finally {
          sharing.close();
          keeper.session.clear();
          localStorage.clear();
        }
      },
    ),
  );
});

describe("what the app around the page says", () => {
  let page: HostPage;
  let tokens: { readonly mine: string; readonly late: string; readonly forged: string };

  before(async () => {
    page = await openHostPage();
    const good = await page.mint("consumer-1");
    tokens = {
      mine: good,
      late: await page.mint("consumer-1", { exp: issuedAt - 3600, iat: issuedAt - 7200 }),
      forged: `${good.slice(0, -8)}${good.slice(-8).split("").reverse().join("")}`,
    };
    page.close();
  });

  /** The values are put into the place of these names when there is a token and a nonce. */
  const fill = (value: unknown, nonce: string): unknown => {
    const { id_token, nonce: theirs, ...rest } = Object(value) as Record<string, unknown>;
    const token = Object.entries(tokens).find(([name]) => name === id_token)?.[1];
    return {
      ...rest,
      ...(id_token !== undefined && { id_token: token ?? id_token }),
      ...(theirs !== undefined && { nonce: theirs === "right" ? nonce : theirs }),
    };
  };
  const content = {
    version: [1, 1, 1, 1, "1", 2],
    id_token: ["mine", "mine", "late", "forged", "a.b.c"],
    error: ["", "", "", "access_denied", "login_required", { toString: null }],
    nobody: [false, false, false, true],
    code: ["", "", "", "a-code"],
    code_challenge: [null, null, "x"],
    redirect_uri: ["https://www.brand.example/app"],
  };
  const says = fc.oneof(
    {
      weight: 4,
      arbitrary: almost({
        type: ["consumerAuth.answer", "consumerAuth.answer", "consumerAuth.pending"],
        nonce: ["right", "right", "right", "wrong"],
        ...content,
      }),
    },
    {
      weight: 2,
      arbitrary: almost({
        type: ["consumerAuth.credential", "consumerAuth.signedOut"],
        ...content,
      }),
    },
    { weight: 1, arbitrary: anything() },
  );

  always(
    "signs in only by a token that holds, in an answer to the request or in the app's own words",
    500,
    fc.asyncProperty(
      fc.array(says, { maxLength: 4 }),
      fc.array(says, { maxLength: 4 }),
      fc.boolean(),
      async (unasked, replies, asText) => {
        const requests: HostRequest[] = [];
        const say = (value: unknown, nonce: string): void => {
          const filled = fill(value, nonce);
          dispatchEvent(
            new MessageEvent("message", { data: asText ? toJson(filled) : cloned(filled) }),
          );
        };
        const refuse = (request: HostRequest): void =>
          say(answer(request, { error: "login_required" }), request.nonce);
        const undo = override(window, "consumerAuth", {
          postMessage(text: string) {
            const request = JSON.parse(text) as HostRequest;
            requests.push(request);
            if (requests.length === 1) for (const reply of replies) say(reply, request.nonce);
            refuse(request);
          },
        });
        const open = await openHostPage();
        try {
          await unharmed(async () => {
            for (const value of unasked) say(value, "");
            const { value, error } = await outcomeOf(() => open.ask());
            if (value) {
              expect(value).to.include({ kind: "id_token", token: tokens.mine });
              const isSaid = [...unasked, ...replies].some(
                (one) => (Object(one) as Record<string, unknown>)["id_token"] === "mine",
              );
              expect(isSaid).to.equal(true);
            } else if (error) expect(error.code).not.to.match(/^(unexpected|request_timeout)$/);
            // Whoever asks next is answered.
            for (let asked = 0; asked < 2; asked++) await outcomeOf(() => open.ask());
            expect(requests.length).to.be.at.least(1);
            for (const notice of open.notices) expect(notice).to.match(/^(credential|signedOut)$/);
          });
        } finally {
          open.close();
          undo();
        }
      },
    ),
  );
});

describe("what is left in sessionStorage of a redirect", () => {
  const state = "the-state";
  const response = [
    { mode: "query", parameters: `code=the-code&state=${state}&iss=https%3A%2F%2Flogin.example` },
    { mode: "query", parameters: `code=the-code&state=another` },
    { mode: "query", parameters: `error=access_denied&state=${state}` },
    { mode: "fragment", parameters: `code=the-code&state=${state}` },
    { mode: "query", parameters: {} },
    { mode: "query" },
  ];
  const clients = ["", "the-client", "another"];
  const entry = fc.record({
    key: fc.oneof(
      { weight: 6, arbitrary: fc.constant(pendingPrefix + state) },
      { weight: 1, arbitrary: fc.string().map((text) => pendingPrefix + text) },
    ),
    text: fc.oneof(
      {
        weight: 6,
        arbitrary: almost({
          request: [{ url: "", state, redirectUri: "https://brand.example/" }, { state: "no" }, {}],
          purpose: ["signIn", "signIn", "signIn", "signOut"],
          client: ["mine", "mine", "mine", ...clients],
          returnTo: [location.href, "https://evil.example/", { toString: null }],
          scroll: [[0, 0], [0, 0], 5, [null], ["0"]],
          at: [-1000, -1000, -1000, -3_600_000, 1000],
          response: [...response, response[0], response[0], response[0]],
        }).map((value) => ({ value })),
      },
      { weight: 1, arbitrary: anything().map((value) => ({ value })) },
      { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
    ),
  });

  always(
    "is finished only where it is whole, recent, this client's and answers its state",
    700,
    fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 4 }), async (entries) => {
      const { keeper, parts } = await openBrowserPage({
        flow: "code",
        silent: false,
        ...endpoints,
      });
      const stored = (text: (typeof entries)[number]["text"]): string => {
        if (typeof text === "string") return text;
        const value = Object(text.value) as Record<string, unknown>;
        const at = typeof value["at"] === "number" ? Date.now() + value["at"] : value["at"];
        const client = value["client"] === "mine" ? keeper.name : value["client"];
        return toJson("at" in value ? { ...value, at, client } : text.value);
      };
      try {
        await unharmed(async () => {
          for (const { key, text } of entries) sessionStorage.setItem(key, stored(text));
          const found = findRequest(state);
          if (found) {
            expect(found.request.state).to.equal(state);
            expect(found.returnTo).to.be.a("string");
            expect(Date.now() - found.at).to.be.within(0, 1_800_000);
          }
          const answered = findAnswered(keeper.name);
          expect(answered?.client ?? keeper.name).to.equal(keeper.name);
          const deadline = {
            signal: new AbortController().signal,
            suspend: () => () => undefined,
            end: () => undefined,
          };
          const { value, error } = await outcomeOf(() =>
            finishRedirect(parts, createLoaders(parts), {
              purpose: "call",
              deadline,
              interactive: true,
              codeChallenge: answered?.request
                ? (answered.request as { codeChallenge?: string }).codeChallenge
                : undefined,
            }),
          );
          if (value) {
            expect(value).to.include({ kind: "code", code: "the-code" });
            expect(answered?.response).to.deep.equal(response[0]);
            expect(answered?.purpose).to.equal("signIn");
          } else if (error) {
            expect(answered?.response).not.to.equal(undefined);
            expect(error.code).to.match(/^(response_invalid|access_denied)$/);
          }
          if (!value) expect(keeper.session.read().state).to.equal("anonymous");
          // It is not answered again.
          expect(takeAnswered(keeper.name)).to.equal(undefined);
        });
      } finally {
        keeper.session.clear();
        sessionStorage.clear();
        localStorage.clear();
      }
    }),
  );
});

const endpoints = {
  issuer: "https://login.example",
  authorizationEndpoint: "https://login.example/authorize",
  tokenEndpoint: "https://login.example/token",
} as const;

describe("what is kept in IndexedDB", () => {
  const now = issuedAt * 1000;
  const token = (sub: unknown, exp: unknown = issuedAt + 600): string =>
    `e30.${btoa(toJson({ sub, iat: issuedAt, exp }))}.c2ln`;
  const kept = almost({
    token: [token("person-9"), token("person-9"), token("person-9", issuedAt - 5), token(5), "a.b"],
    since: [now, now - 60_000, now + 60_000, NaN, Infinity, { valueOf: null, toString: null }],
    lives: [600_000, Infinity, 1e300],
  });

  always(
    "of a guest is handed over only where it is a token that lives; else the cloud is asked",
    500,
    fc.asyncProperty(fc.oneof(kept, anything()), fc.boolean(), async (value, mayBeNew) => {
      const clock = createMovingClock(now);
      const cloud = startAnonymousCloud(clock);
      const { config } = checkConfig({ accountId: "1", requestTimeout: 1000 });
      const store = createMemoryStore();
      const key = `anonymous:${new URL(config.domainApi).host}:1`;
      await store.set(key, cloned(value));
      const source = createAnonymousSource({ config, clock }, store);
      const { signal } = new AbortController();
      try {
        await unharmed(async () => {
          const given = await (mayBeNew ? source.obtain(signal) : source.resume(signal));
          if (mayBeNew) expect(given).not.to.equal(undefined);
          if (!given) return;
          expect(given.kind).to.equal("anonymous");
          const { sub, exp } = readClaims(given.token);
          expect(exp, "the token's end").to.be.above(issuedAt);
          expect(sub).to.match(/^person-/);
          // The next page has the same one.
          clock.move(1000);
          expect(await source.resume(signal)).to.deep.equal(given);
        });
      } finally {
        cloud.stop();
      }
    }),
  );

  const change = fc.record({
    what: fc.constantFrom("key", "iv", "sealed", "all", "moved"),
    value: anything(),
    bit: fc.nat(127),
  });

  always(
    "of the vault opens to what was put into it, or to nothing",
    300,
    fc.asyncProperty(change, anything(), async ({ what, value, bit }, inside) => {
      const store = createMemoryStore();
      const grant = { refreshToken: "the-refresh-token", sub: "consumer-1" };
      await createVault(store, "a").write(grant);
      const sealed = (await store.get("vault:a")) as Record<string, unknown>;
      await unharmed(async () => {
        if (what === "all") await store.set("vault:a", cloned(value));
        else if (what === "moved") await store.set("vault:b", sealed);
        else await store.set("vault:a", { ...sealed, [what]: cloned(value) });
        const read = await createVault(store, what === "moved" ? "b" : "a").read();
        expect(read).to.equal(undefined);
        // One bit of it.
        const bytes = new Uint8Array((sealed["sealed"] as ArrayBuffer).slice(0));
        bytes[bit % bytes.length]! ^= 1 << (bit % 8);
        await store.set("vault:a", { ...sealed, sealed: bytes.buffer });
        expect(await createVault(store, "a").read()).to.equal(undefined);
        await store.set("vault:a", sealed);
        expect(await createVault(store, "a").read()).to.deep.equal(grant);
        // A script of this origin can seal whatever it likes.
        await createVault(store, "a").write(JSON.parse(toJson(inside) || "null") as Kept);
        const { refreshToken, sub } = (await createVault(store, "a").read()) ?? grant;
        expect([typeof refreshToken, typeof sub]).to.deep.equal(["string", "string"]);
      });
    }),
  );
});
