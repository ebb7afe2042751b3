import { expect } from "@esm-bundle/chai";
import fc from "fast-check";

import type { ConsumerAuthError } from "../../src/base/errors.js";
import { createClient } from "../../src/client/create-client.js";
import { checkConfig } from "../../src/config/check-config.js";
import type { ProviderAnswer } from "../../src/config/options.js";
import { exposePageMethod } from "../../src/engagement/page-method.js";
import type { PromptView } from "../../src/ladder/prompt.js";
import { issuedAt } from "../support/id-tokens.js";
import { watchLeftBehind } from "../support/left-behind.js";
import { override } from "../support/override.js";
import { always } from "../support/properties.js";
import { createRsaKey, signToken } from "../support/rsa-keys.js";
import { expectCleanPrototypes, isErrorCode } from "../support/rubbish.js";
import { startVirtualChannels } from "../support/virtual-channels.js";
import { startVirtualLocks } from "../support/virtual-locks.js";
import { createTurns, startVirtualTime } from "../support/virtual-time.js";

/*
 * A client whose credentials come from a function of the page, in virtual time, while the window calls,
 * consumers come and go here and in another tab, and clocks jump.
 */
const unit = 50;
const times = { answerTimeout: 2000, requestTimeout: 600, interactionTimeout: 3000 };
/** Within so many milliseconds a call is answered: a flight's time begins anew after a person has acted. */
const longest = 2 * times.answerTimeout + times.interactionTimeout;
/** In milliseconds: by so much the clocks of those who make tokens may be wrong. */
const tolerance = 60_000;

const subjects = ["consumer-a", "consumer-b"] as const;
/** When tokens end, in seconds after the beginning. */
const ends = [20, 150, 900, 5000] as const;
/** So many different ones there are of each. */
const copies = 6;

let publicKey = "";
const tokens = new Map<string, string>();

// What a page loads when it needs it is there, and the tokens are made once.
before(async () => {
  const key = await createRsaKey("a");
  publicKey = key.line;
  for (const sub of subjects) {
    for (const end of ends) {
      for (let jti = 0; jti < copies; jti++) {
        const claims = { iss: "https://login.example", aud: "brand", sub, jti: String(jti) };
        const lives = { iat: issuedAt - 10, exp: issuedAt + end };
        tokens.set(`${sub} ${end} ${jti}`, await signToken(key, { ...claims, ...lives }));
      }
    }
  }
  await Promise.all([
    import("../../src/base/server-time.js"),
    import("../../src/client/company.js"),
    import("../../src/client/life.js"),
    import("../../src/client/sharing.js"),
    import("../../src/client/sign-out.js"),
    import("../../src/sources/implicit.js"),
    import("../../src/sources/provider.js"),
    import("../../src/sources/verified-token.js"),
  ]);
});

interface Answer {
  readonly does: (typeof subjects)[number] | "nothing" | "throws" | "never" | "rubbish";
  readonly after: number;
  readonly end: (typeof ends)[number];
}

interface Call {
  readonly at: number;
  readonly how: "method" | "getCredential" | "quiet";
  readonly abortAfter: number | undefined;
}

interface Happening {
  readonly at: number;
  readonly what:
    | "sign-out"
    | "sign-in elsewhere"
    | "unheard sign-in elsewhere"
    | "sign-out elsewhere"
    | "unheard sign-out elsewhere"
    | "the clock jumps";
  readonly seconds: number;
  readonly who: (typeof subjects)[number];
}

interface Schedule {
  readonly flow: "implicit" | "code";
  readonly canAsk: boolean;
  readonly isKeptCompany: boolean;
  /** After so many units the consumer declines. */
  readonly declines: number | undefined;
  readonly marker: "" | "in:0" | "out:0";
  readonly answers: readonly Answer[];
  readonly calls: readonly Call[];
  readonly happenings: readonly Happening[];
}

const units = (most: number): fc.Arbitrary<number> => fc.nat(most);

const schedules: fc.Arbitrary<Schedule> = fc.record({
  flow: fc.constantFrom("implicit", "implicit", "implicit", "code"),
  canAsk: fc.boolean(),
  isKeptCompany: fc.boolean(),
  declines: fc.option(units(20), { nil: undefined, freq: 4 }),
  marker: fc.constantFrom("", "in:0", "in:0", "out:0"),
  answers: fc.array(
    fc.record<Answer>({
      does: fc.constantFrom(
        ...subjects,
        ...subjects,
        ...subjects,
        "nothing",
        "throws",
        "never",
        "rubbish",
      ),
      after: fc.oneof(units(6), units(20)),
      end: fc.constantFrom(...ends),
    }),
    { minLength: 1, maxLength: 8 },
  ),
  calls: fc.array(
    fc.record<Call>({
      at: units(60),
      how: fc.constantFrom("method", "method", "getCredential", "quiet"),
      abortAfter: fc.option(units(20), { nil: undefined, freq: 4 }),
    }),
    { minLength: 1, maxLength: 8 },
  ),
  happenings: fc.array(
    fc.record<Happening>({
      at: units(60),
      what: fc.constantFrom(
        "sign-out",
        "sign-in elsewhere",
        "unheard sign-in elsewhere",
        "sign-out elsewhere",
        "unheard sign-out elsewhere",
        "the clock jumps",
        "the clock jumps",
      ),
      seconds: fc.constantFrom(-3000, -100, 15, 100, 600, 4000),
      who: fc.constantFrom(...subjects),
    }),
    { maxLength: 6 },
  ),
});

/** Where a token or a code came from. */
interface Origin {
  readonly sub: string;
  /** When it ends, in milliseconds since 1970 UTC; a code has no end. */
  readonly exp: number;
  /** How many had come or gone when it was asked for, and who was there by the marker. */
  readonly changes: number;
  readonly who: string;
  /** How many had come or gone when it was handed over first. */
  taken?: number;
}

/** What is wrong with what a client did; nothing, if all is well. */
async function play(plan: Schedule): Promise<{ wrongs: string[]; seen: string[] }> {
  const wrongs: string[] = [];
  const seen: string[] = [];
  let verifying = 0;
  const turn = createTurns();
  // Signatures are verified elsewhere: time stands still until they are.
  const { subtle } = crypto;
  const undo = (["verify", "importKey", "digest"] as const).map((name) => {
    const native = subtle[name].bind(subtle) as (...how: unknown[]) => Promise<unknown>;
    return override(subtle, name, (...how: unknown[]) => {
      verifying += 1;
      return native(...how).finally(() => (verifying -= 1));
    });
  });
  const time = startVirtualTime(issuedAt * 1000, async () => {
    // Parts that were loaded before come by a queue of the browser's own, one after the other.
    for (let round = 0; round < 3 || verifying > 0; round++) {
      await turn();
      await import("../../src/client/life.js");
    }
    await turn();
  });
  const channels = startVirtualChannels();
  const locks = startVirtualLocks();
  const behind = watchLeftBehind();
  undo.push(
    override(Math, "random", () => 0.5),
    override(window, "fetch", () => Promise.reject(new TypeError("There is no network."))),
  );

  const origins = new Map<string, Origin>();
  let changes = 0;
  let requests = 0;
  let fromElsewhere = 0;
  let codes = 0;
  let minted = 0;

  async function provider(): Promise<ProviderAnswer> {
    const answer = plan.answers[requests++ % plan.answers.length]!;
    const { does, after, end } = answer;
    const asked = { changes, who: readMarker().split(":")[0]! };
    await new Promise<void>((resolve) => setTimeout(resolve, after * unit + 7));
    if (does === "nothing") return null;
    if (does === "throws") throw new Error("It threw.");
    if (does === "never") return new Promise(() => undefined);
    if (does === "rubbish") return "rubbish";
    if (plan.flow === "code") {
      const code = `code-${codes++}`;
      origins.set(code, { sub: does, exp: Infinity, ...asked });
      return { code, redirect_uri: "https://brand.example/callback" };
    }
    const token = tokens.get(`${does} ${end} ${minted++ % copies}`)!;
    origins.set(token, { sub: does, exp: (issuedAt + end) * 1000, ...asked });
    return token;
  }

  const { config } = checkConfig({
    ...times,
    engagement: "authenticated",
    flow: plan.flow,
    issuer: "https://login.example",
    authorizationEndpoint: "https://login.example/authorize",
    clientId: "brand",
    ...(plan.canAsk && { redirectUri: `${location.origin}/callback.html` }),
    jwtPublicKey: publicKey,
    silent: false,
    provider,
    jsMethodName: "pageMethodOfClients",
  });
  const { accountId, issuer, clientId, flow, exchange } = config;
  const name = `consumer-auth:${[accountId, issuer, clientId, flow, exchange].join()}`;
  const readMarker = (): string => localStorage.getItem(name) ?? "";
  if (plan.marker) localStorage.setItem(name, plan.marker);

  const auth = createClient(config, { bringUpPrompt: () => Promise.resolve(), exposePageMethod });
  let view: PromptView | undefined;
  const detach = auth.attachPrompt({
    show(shown) {
      if (!view && plan.declines !== undefined)
        time.set(() => view?.cancel(), plan.declines * unit + 11);
      view = shown;
    },
    hide() {
      view = undefined;
    },
  });
  const conceal = plan.isKeptCompany
    ? auth.expose()
    : exposePageMethod({
        ...config,
        answer: (codeChallenge) => auth.answer(codeChallenge),
        nothing: () => "",
      });
  const page = window as unknown as Record<string, (callback: unknown) => void>;

  const answered: number[] = [];
  const handed = new Set<string>();
  /** The calls that wait, by their index. */
  const waiting = new Set<number>();

  /** What was handed over is of who is here, now. */
  function judge(index: number, begun: number, given: string, reason?: string): void {
    answered[index] = (answered[index] ?? 0) + 1;
    waiting.delete(index);
    const wrong = (what: string): void => {
      wrongs.push(`call ${index} at ${time.now}: ${what}`);
    };
    if (time.now - begun > longest) wrong(`answered after ${time.now - begun} ms`);
    if (reason !== undefined) {
      if (!isErrorCode(reason)) wrong(`"${reason}" is no code`);
      if (reason === "unexpected") wrong("unexpected");
      seen.push(reason);
      return;
    }
    const origin = origins.get(given);
    if (!origin) {
      wrong(`"${given}" is of nobody`);
      return;
    }
    seen.push(given.startsWith("elsewhere") ? "elsewhere" : plan.flow);
    if (origin.exp + tolerance <= time.wall) wrong("an expired token");
    const isGone =
      origin.taken === undefined
        ? origin.changes !== changes && (origin.who === "in" || readMarker().startsWith("out"))
        : origin.taken !== changes;
    if (isGone) wrong(`${origin.sub} is gone`);
    origin.taken ??= changes;
    if (plan.flow === "code" && handed.has(given)) wrong("a code for two calls");
    handed.add(given);
    const { state, claims } = auth.session;
    if (state !== "authenticated" && state !== "authenticating" && state !== "expired")
      wrong(`the session is ${state}`);
    // While somebody is asked it says what was before.
    if (plan.flow === "implicit" && state === "authenticated" && claims?.sub !== origin.sub)
      wrong(`the session is that of ${claims?.sub}, the token that of ${origin.sub}`);
  }

  plan.calls.forEach(({ at, how, abortAfter }, index) => {
    answered[index] = 0;
    time.set(
      () => {
        const begun = time.now;
        waiting.add(index);
        if (how === "method") {
          page["pageMethodOfClients"]!((...given: unknown[]) => {
            const [value, reason] = given as [unknown, string | undefined];
            const text = (value as { ssoKey?: string }).ssoKey ?? String(value);
            judge(index, begun, text, reason?.split(":")[0]);
          });
          return;
        }
        const controller = new AbortController();
        if (abortAfter !== undefined) time.set(() => controller.abort(), abortAfter * unit + 19);
        auth.getCredential({ interactive: how !== "quiet", signal: controller.signal }).then(
          (given) => judge(index, begun, given.kind === "code" ? given.code : given.token),
          (error: unknown) => judge(index, begun, "", (error as ConsumerAuthError).code),
        );
      },
      at * unit + 1,
    );
  });

  for (const { at, what, seconds, who } of plan.happenings) {
    time.set(
      () => {
        if (what === "the clock jumps") {
          time.jump(seconds * 1000);
          return;
        }
        changes += 1;
        if (what === "sign-out") {
          const before = [...waiting];
          void auth.signOut();
          time.set(() => {
            if (before.some((index) => waiting.has(index)))
              wrongs.push("a call flies on after a sign-out");
          }, 3);
          return;
        }
        const isIn = what.includes("sign-in");
        const mark = `${isIn ? "in" : "out"}:${changes}`;
        localStorage.setItem(name, mark);
        const exp = issuedAt + 2000;
        const token = `elsewhere.${fromElsewhere++}.x`;
        const claims = { iss: config.issuer, sub: who, iat: issuedAt - 10, exp };
        if (isIn) origins.set(token, { sub: who, exp: exp * 1000, changes, who: "in" });
        const isTold = flow === "implicit" && isIn;
        if (!what.startsWith("unheard"))
          channels.post(name, {
            value: {
              ...{ who: isIn ? "in" : "out", mark },
              ...(isTold && { credential: { kind: "id_token", token, claims } }),
            },
          });
        // The browser tells of the marker by itself, but only those who listen.
        dispatchEvent(new StorageEvent("storage", { key: name }));
      },
      at * unit + 31,
    );
  }

  try {
    await time.pass(62 * unit);
    while (answered.includes(0) && time.now < 4 * longest) await time.pass(5 * unit);
    await time.pass(longest);
    // Whoever is told that nobody is there may rely on it.
    changes += 1;
    void auth.signOut();
    await time.pass(unit);
    if (auth.session.state !== "anonymous") wrongs.push(`${auth.session.state} after a sign-out`);
    answered.forEach((count, index) => {
      if (count !== 1) wrongs.push(`call ${index} was answered ${count} times`);
    });
    conceal();
    detach();
    await time.pass(longest + 20_000);
    if (view) wrongs.push("the prompt is still there");
    if (time.pending.length > 0) wrongs.push(`timers: ${time.pending.join()}, ${seen.join()}`);
    if (behind.listeners.length > 0) wrongs.push(`listeners: ${behind.listeners.join()}`);
    if (plan.isKeptCompany && channels.open.length > 0) wrongs.push("an open channel");
    for (const lost of [...behind.thrown, ...behind.rejections, ...time.thrown])
      wrongs.push(`lost: ${String(lost)} ${(lost as Partial<Error> | null)?.stack ?? ""}`);
    expectCleanPrototypes();
  } finally {
    behind.stop();
    locks.stop();
    channels.stop();
    time.stop();
    for (const restore of undo.reverse()) restore();
    localStorage.clear();
    sessionStorage.clear();
  }
  return { wrongs, seen };
}

describe("a client, while consumers come and go and clocks jump", () => {
  const met = new Map<string, number>();

  always(
    "answers every call once, in time, with what is of who is here, and leaves nothing behind",
    500,
    fc.asyncProperty(schedules, async (plan) => {
      const { wrongs, seen } = await play(plan);
      for (const one of seen) met.set(one, (met.get(one) ?? 0) + 1);
      expect(wrongs.join("; ")).to.equal("");
    }),
  );

  it("has met every kind of answer on the way", () => {
    for (const one of ["implicit", "code", "elsewhere", "aborted", "cancelled", "superseded"])
      expect(met.get(one), one).to.be.above(0);
  });
});
