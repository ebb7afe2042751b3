import { expect } from "@esm-bundle/chai";
import fc from "fast-check";

import { ConsumerAuthError, type ErrorCode } from "../../src/base/errors.js";
import { startDeadline } from "../../src/base/deadline.js";
import { exposePageMethod } from "../../src/engagement/page-method.js";
import { createFlights } from "../../src/ladder/flights.js";
import { createInteractiveRung } from "../../src/ladder/interactive.js";
import { climb, type Rung, type Step } from "../../src/ladder/ladder.js";
import { offline } from "../../src/ladder/offline.js";
import type { PromptView } from "../../src/ladder/prompt.js";
import { createTurns as createPersonTurns } from "../../src/ladder/turns.js";
import type { Credential } from "../../src/sources/credential.js";
import { watchLeftBehind, type LeftBehind } from "../support/left-behind.js";
import { always } from "../support/properties.js";
import { override } from "../support/override.js";
import { startVirtualChannels } from "../support/virtual-channels.js";
import { startVirtualPopups } from "../support/virtual-popups.js";
import { createTurns, startVirtualTime, type VirtualTime } from "../support/virtual-time.js";

/*
 * Times are multiples of 16 ms, each kind of event with a remainder of its own, so that no two of them
 * fall into one moment and the outcome is certain: what the test expects is worked out by a model that
 * knows nothing of promises.
 */
const unit = 16;
const callOffset = 1;
const climbOffset = 2;
const deadlineOffset = 5;
const abortOffset = 8;
const signOutOffset = 12;

type Kind = Credential["kind"];

/** What a rung does, and after how many units. */
interface RungPlan {
  readonly does: Kind | "nothing" | "never" | "foreign" | "throws" | ErrorCode;
  readonly after: number;
}

/** One rung, or some that must be loaded. */
interface StepPlan {
  readonly rungs: readonly RungPlan[];
  readonly load?: number | "fails" | undefined;
}

interface CallPlan {
  readonly at: number;
  /** What it wants: calls that want the same share a flight. */
  readonly wants: number;
  readonly abortAfter: number | undefined;
  readonly callback: "plain" | "throws" | "again" | undefined;
}

interface Schedule {
  readonly ladders: readonly (readonly StepPlan[])[];
  readonly calls: readonly CallPlan[];
  readonly signOuts: readonly number[];
  readonly answerTimeout: number;
}

/** When a call was answered, and with what: a kind of credential, or the code of an error. */
interface Outcome {
  readonly at: number;
  readonly what: string;
}

const units = (most: number): fc.Arbitrary<number> => fc.nat(most);

const rung: fc.Arbitrary<RungPlan> = fc.record({
  does: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom<RungPlan["does"]>("nothing", "login_required") },
    { weight: 3, arbitrary: fc.constantFrom<RungPlan["does"]>("id_token", "code", "anonymous") },
    { weight: 1, arbitrary: fc.constantFrom<RungPlan["does"]>("never", "foreign", "throws") },
    {
      weight: 2,
      arbitrary: fc.constantFrom<RungPlan["does"]>("request_failed", "cancelled", "superseded"),
    },
  ),
  after: units(12),
});

const step: fc.Arbitrary<StepPlan> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ rungs: rung.map((one) => [one]) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      rungs: fc.array(rung, { maxLength: 3 }),
      load: fc.oneof(units(4), fc.constant("fails" as const)),
    }),
  },
);

/** The ladder of calls that callbacks make. */
const again = 3;

const schedule: fc.Arbitrary<Schedule> = fc.record({
  ladders: fc.array(fc.array(step, { maxLength: 5 }), {
    minLength: again + 1,
    maxLength: again + 1,
  }),
  calls: fc.array(
    fc.record({
      at: units(40),
      wants: fc.nat(again - 1),
      abortAfter: fc.option(units(30), { nil: undefined, freq: 4 }),
      callback: fc.constantFrom("plain", "plain", "throws", "again", undefined),
    }),
    { minLength: 1, maxLength: 12 },
  ),
  signOuts: fc.array(units(60), { maxLength: 2 }),
  answerTimeout: fc.integer({ min: 1, max: 40 }).map((most) => most * unit + deadlineOffset),
});

const credentials: Readonly<Record<Kind, (id: string) => Credential>> = {
  id_token: (id) => ({ kind: "id_token", token: `id_token ${id}` }),
  code: (id) => ({ kind: "code", code: `code ${id}`, redirectUri: "https://brand.example/a" }),
  anonymous: (id) => ({ kind: "anonymous", token: `anonymous ${id}` }),
};

/** Which of them the window got. */
const kindOf = (value: unknown): string => String(value).split(" ")[0]!;

/** The text of what the window got: the token, or the code. */
const textOf = (value: unknown): unknown => (value as { ssoKey?: unknown }).ssoKey ?? value;

const isKind = (does: string): does is Kind => Object.hasOwn(credentials, does);

/** Where one way up the ladder ends, as it is meant to be. */
function expectClimb(ladder: readonly StepPlan[], begin: number, timeout: number): Outcome {
  const tooLate: Outcome = { at: begin + timeout, what: "answer_timeout" };
  let at = begin + climbOffset;
  let failure = "interaction_required";
  for (const { rungs, load = 0 } of ladder) {
    if (load === "fails") {
      failure = "load_failed";
      continue;
    }
    at += load * unit;
    for (const { does, after } of rungs) {
      if (does === "never") return tooLate;
      at += does === "throws" ? 0 : after * unit;
      if (at > tooLate.at) return tooLate;
      if (isKind(does)) return { at, what: does };
      if (does === "foreign" || does === "throws") failure = "unexpected";
      else if (does !== "nothing" && does !== "login_required") failure = does;
      if (does === "superseded") return { at, what: failure };
    }
  }
  return at > tooLate.at ? tooLate : { at, what: failure };
}

interface ModelCall extends CallPlan {
  readonly index: number;
}

/** How every call ends, as it is meant to be; calls of callbacks come after those of the schedule. */
function expectOutcomes({ ladders, calls, signOuts, answerTimeout }: Schedule): Outcome[] {
  const outcomes: Outcome[] = [];
  const events: { at: number; run: () => void }[] = [];
  const airborne = new Map<string, Set<ModelCall>>();
  let now = 0;
  let count = calls.length;
  const plan = (at: number, run: () => void): void => void events.push({ at, run });

  function end(call: ModelCall, what: string): void {
    outcomes[call.index] = { at: now, what };
    if (call.callback !== "again") return;
    const index = count++;
    begin(
      { at: 0, wants: again, abortAfter: undefined, callback: "plain", index },
      `again ${index}`,
    );
  }

  function begin(call: ModelCall, key = String(call.wants)): void {
    let callers = airborne.get(key);
    if (!callers) {
      const mine = (callers = new Set<ModelCall>());
      airborne.set(key, mine);
      const landing = expectClimb(ladders[call.wants]!, now, answerTimeout);
      plan(landing.at, () => {
        if (airborne.get(key) !== mine) return;
        airborne.delete(key);
        const waiting = [...mine];
        for (const one of waiting)
          end(one, landing.what === "code" && one !== waiting.at(-1) ? "superseded" : landing.what);
      });
    }
    const joined = callers;
    joined.add(call);
    if (call.abortAfter === undefined) return;
    plan(now + call.abortAfter * unit + abortOffset, () => {
      if (!joined.has(call) || outcomes[call.index]) return;
      joined.delete(call);
      if (joined.size === 0) airborne.delete(key);
      end(call, "aborted");
    });
  }

  calls.forEach((call, index) => {
    plan(call.at * unit + callOffset, () => begin({ ...call, index }));
  });
  for (const at of signOuts) {
    plan(at * unit + signOutOffset, () => {
      const flights = [...airborne.values()];
      airborne.clear();
      for (const callers of flights) for (const call of callers) end(call, "aborted");
    });
  }
  for (let next = takeFirst(events); next; next = takeFirst(events)) {
    now = next.at;
    next.run();
  }
  return outcomes;
}

function takeFirst(
  events: { at: number; run: () => void }[],
): { at: number; run: () => void } | undefined {
  const first = events.reduce<number | undefined>(
    (best, { at }, index) => (best === undefined || at < events[best]!.at ? index : best),
    undefined,
  );
  return first === undefined ? undefined : events.splice(first, 1)[0];
}

const wait = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

function makeRung({ does, after }: RungPlan, id: () => string): Rung {
  return {
    name: "silent",
    attempt() {
      if (does === "throws") throw new TypeError("thrown");
      if (does === "never") return new Promise(() => undefined);
      return new Promise((resolve, reject) => {
        const settle = (): void => {
          if (does === "nothing") resolve(undefined);
          else if (isKind(does)) resolve(credentials[does](id()));
          else if (does === "foreign") reject(new TypeError("rejected"));
          else reject(new ConsumerAuthError(does, "That is why."));
          // Whoever settles twice is heard once.
          resolve(undefined);
          reject(new Error("twice"));
        };
        if (after === 0) settle();
        else setTimeout(settle, after * unit);
      });
    },
  };
}

function makeSteps(ladder: readonly StepPlan[], id: () => string): Step[] {
  return ladder.map(({ rungs, load }) => {
    const made = rungs.map((plan) => makeRung(plan, id));
    if (load === undefined) return made[0]!;
    return async () => {
      if (load === "fails") throw new ConsumerAuthError("load_failed", "It did not load.");
      if (load > 0) await wait(load * unit);
      return { rungs: made, alone: (work) => work() };
    };
  });
}

/** Plays a schedule against the real page method, flights and ladder. */
async function play(
  { ladders, calls, signOuts, answerTimeout }: Schedule,
  time: VirtualTime,
): Promise<{ outcomes: Outcome[]; answers: number[]; values: unknown[] }> {
  const outcomes: Outcome[] = [];
  /** How often each call was answered. */
  const answers: number[] = [];
  const values: unknown[] = [];
  let count = calls.length;
  let credentialsMade = 0;
  const id = (): string => `credential-${credentialsMade++}`;
  const flights = createFlights(
    {
      async fly(flight) {
        await wait(climbOffset);
        const wants = Number(flight.codeChallenge?.slice(0, 1));
        return climb(makeSteps(ladders[wants]!, id), flight);
      },
      land: ({ credential }) => credential,
      fail: () => undefined,
    },
    answerTimeout,
  );
  const note = (index: number, what: string): void => {
    answers[index] = (answers[index] ?? 0) + 1;
    outcomes[index] = { at: time.now, what };
  };
  const signals = new Map<string, AbortSignal>();
  const conceal = exposePageMethod({
    jsContext: "window",
    jsMethodName: "pageMethodOfProperties",
    answer: (called) => {
      const [key, index] = String(called).split(" of ");
      const signal = signals.get(String(index));
      return flights.join({ codeChallenge: key, ...(signal && { signal }) }, "call");
    },
    nothing: () => "",
  });
  const page = window as unknown as Record<string, (callback: unknown, challenge: string) => void>;

  function callMethod(index: number, key: string, callback: CallPlan["callback"]): void {
    page["pageMethodOfProperties"]!((...given: unknown[]) => {
      const [value, reason] = given;
      values.push(textOf(value));
      const isFailure = value === "" && given.length === 2;
      note(index, isFailure ? String(reason).split(":")[0]! : kindOf(textOf(value)));
      if (callback === "again") {
        const next = count++;
        callMethod(next, `${again} again ${next}`, "plain");
      }
      if (callback === "throws") throw new Error("the window's own mistake");
    }, `${key} of ${index}`);
  }

  calls.forEach(({ at, wants, abortAfter, callback }, index) => {
    time.set(
      () => {
        const controller = new AbortController();
        const { signal } = controller;
        if (abortAfter !== undefined) {
          signals.set(String(index), signal);
          time.set(() => controller.abort(), abortAfter * unit + abortOffset);
        }
        if (callback) {
          callMethod(index, String(wants), callback);
          return;
        }
        flights
          .join(
            { codeChallenge: String(wants), ...(abortAfter !== undefined && { signal }) },
            "call",
          )
          .then(
            (credential) => {
              values.push(credential.kind === "code" ? credential.code : credential.token);
              note(index, credential.kind);
            },
            (error: unknown) => note(index, (error as ConsumerAuthError).code),
          );
      },
      at * unit + callOffset,
    );
  });
  for (const at of signOuts) {
    time.set(
      () => flights.abort(new ConsumerAuthError("aborted", "They signed out.")),
      at * unit + signOutOffset,
    );
  }
  await time.pass(61 * unit);
  while (answers.filter(Boolean).length < count && time.now < 10_000) await time.pass(unit);
  // The rung of a flight that nobody waits for any more comes to its end.
  await time.pass(20 * unit);
  conceal();
  return { outcomes, answers, values };
}

/** What a person does when the prompt asks or waits, and what comes of a sign-in. */
interface PersonPlan {
  readonly does: "signIn" | "cancel" | "nothing";
  readonly after: number;
  readonly popup: "opens" | "blocked";
  readonly login: "answers" | "never" | "begin fails" | "finish fails" | "denied" | "closed";
  readonly within: number;
}

interface Sittings {
  readonly flights: readonly {
    readonly from: number;
    readonly limit: number;
    readonly abortAfter: number | undefined;
    readonly mayOpen: boolean;
  }[];
  readonly person: readonly PersonPlan[];
  readonly timeout: number;
  readonly elsewhere: number | undefined;
  readonly prompt: "there" | "missing";
}

const sittings: fc.Arbitrary<Sittings> = fc.record({
  flights: fc.array(
    fc.record({
      from: units(30),
      limit: fc.integer({ min: 1, max: 20 }),
      abortAfter: fc.option(units(40), { nil: undefined, freq: 3 }),
      mayOpen: fc.boolean(),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  person: fc.array(
    fc.record<PersonPlan>({
      does: fc.constantFrom("signIn", "signIn", "signIn", "cancel", "nothing"),
      after: units(20),
      popup: fc.constantFrom("opens", "opens", "blocked"),
      login: fc.constantFrom("answers", "never", "begin fails", "finish fails", "denied", "closed"),
      within: units(30),
    }),
    { maxLength: 8 },
  ),
  timeout: fc.integer({ min: 5, max: 60 }).map((most) => most * unit + deadlineOffset),
  elsewhere: fc.option(units(60), { nil: undefined, freq: 3 }),
  prompt: fc.constantFrom("there", "there", "there", "missing"),
});

/** Flights that ask a person, one after the other, and what is there when all have ended. */
async function sit(
  plan: Sittings,
  time: VirtualTime,
): Promise<{
  outcomes: Outcome[];
  asked: number;
  asking: number;
  shown: PromptView | undefined;
  open: number;
  channels: readonly string[];
  listened: unknown;
}> {
  const channels = startVirtualChannels();
  const acts = plan.person.values();
  let current: PersonPlan | undefined;
  let shown: PromptView | undefined;
  let asking = 0;
  let asked = 0;
  let mayOpen = false;
  let listened: ((credential: Credential) => void) | undefined;
  let stored: Credential | undefined;
  let states = 0;
  const popups = startVirtualPopups(
    () => current?.popup !== "blocked",
    (popup, state) => {
      const { login = "never", within = 0 } = current ?? {};
      if (login === "closed") popup.close();
      if (login === "answers" || login === "finish fails" || login === "denied") {
        time.set(() => {
          const response = { mode: "query", parameters: login };
          channels.post(`consumer-auth:${state}`, { consumerAuth: state, ...response });
          // A return page that is loaded again says it twice.
          channels.post(`consumer-auth:${state}`, { consumerAuth: state, ...response });
        }, within * unit);
      }
    },
  );
  const act = (view: PromptView): void => {
    const next = acts.next();
    if (next.done) return;
    current = next.value;
    const { does, after } = current;
    time.set(() => {
      if (shown !== view) return;
      if (does === "signIn") view.signIn();
      if (does === "cancel") view.cancel();
    }, after * unit);
  };
  const rung = createInteractiveRung({
    timeout: plan.timeout,
    redirects: () => false,
    redirect: () => Promise.reject(new Error("nobody is sent away")),
    guest: false,
    mayOpen: () => mayOpen,
    prompt: {
      show(view, failed) {
        if (plan.prompt === "missing") {
          void Promise.resolve().then(() =>
            failed(new ConsumerAuthError("load_failed", "No prompt.")),
          );
          return;
        }
        shown = view;
        act(view);
      },
      hide() {
        shown = undefined;
      },
    },
    onBegin() {
      asking += 1;
      asked = Math.max(asked, asking);
    },
    onEnd() {
      asking -= 1;
    },
    readStored: () => stored,
    onSignIn: (credential) => (stored = credential),
    listen: (listener) => (listened = listener),
    async loadSource() {
      const { login } = current ?? {};
      return {
        async begin() {
          if (login === "begin fails") throw new ConsumerAuthError("discovery_failed", "");
          const state = `state-${states++}`;
          return { url: state, state, nonce: "", redirectUri: `${location.origin}/callback.html` };
        },
        async finish(_pending, { parameters }) {
          if (parameters === "denied") throw new ConsumerAuthError("access_denied", "");
          if (parameters !== "answers") throw new ConsumerAuthError("token_request_failed", "");
          return { kind: "id_token", token: `id_token ${states}` };
        },
      };
    },
  });
  const outcomes: Outcome[] = [];
  plan.flights.forEach(({ from, limit, abortAfter, mayOpen: isGesture }, index) => {
    time.set(() => {
      const caller = new AbortController();
      if (abortAfter !== undefined) time.set(() => caller.abort(), abortAfter * unit + abortOffset);
      const deadline = startDeadline(
        limit * unit,
        () => new ConsumerAuthError("answer_timeout", ""),
        caller.signal,
      );
      mayOpen = isGesture;
      if (isGesture) current = plan.person[0];
      void rung
        .attempt({ purpose: "call", deadline, interactive: true, before: stored })
        .then(
          (credential) => String(credential?.kind),
          (error: unknown) => (error as ConsumerAuthError).code,
        )
        .then((what) => {
          outcomes[index] = { at: time.now, what };
          deadline.end();
        });
    }, from * unit);
  });
  if (plan.elsewhere !== undefined) {
    time.set(() => listened?.(credentials.id_token("elsewhere")), plan.elsewhere * unit + 3);
  }
  for (let rounds = 0; rounds < 300; rounds++) {
    await time.pass(unit);
    if (Object.keys(outcomes).length === plan.flights.length && time.now > 61 * unit) break;
  }
  await time.pass(60 * unit);
  channels.stop();
  popups.stop();
  return {
    outcomes,
    asked,
    asking,
    shown,
    listened,
    open: popups.opened.filter(({ closed }) => !closed).length,
    channels: channels.open,
  };
}

describe("the ladder", () => {
  const turn = createTurns();
  let time: VirtualTime;
  let left: LeftBehind;

  /** Runs work in a time of its own, and looks at what it leaves behind. */
  async function within<Result>(work: () => Promise<Result>): Promise<Result> {
    time = startVirtualTime(Date.UTC(2030, 0, 1), turn);
    left = watchLeftBehind();
    try {
      const result = await work();
      await turn();
      await turn();
      expect(left.rejections, "rejections that nobody heard").to.deep.equal([]);
      expect(left.listeners, "listeners").to.deep.equal([]);
      return result;
    } finally {
      left.stop();
      time.stop();
    }
  }

  always(
    "answers every call once, with what the first rung that has something has, in time",
    2500,
    fc.asyncProperty(schedule, async (plan) => {
      const { outcomes, answers, values } = await within(() => play(plan, time));
      expect(outcomes).to.deep.equal(expectOutcomes(plan));
      expect(answers.every((times) => times === 1)).to.equal(true);
      const codes = values.filter((value) => kindOf(value) === "code");
      expect(new Set(codes).size, "codes that went to one call each").to.equal(codes.length);
      expect(time.pending, "timers").to.deep.equal([]);
      const thrown = plan.calls.filter(({ callback }) => callback === "throws").length;
      expect(time.thrown, "what callbacks threw").to.have.length(thrown);
    }),
  );

  always(
    "asks one person at a time, in time, and clears away what it showed and opened",
    1500,
    fc.asyncProperty(sittings, async (plan) => {
      const seen = await within(() => sit(plan, time));
      seen.outcomes.forEach(({ at, what }, index) => {
        const { from, abortAfter = Infinity } = plan.flights[index]!;
        // Its own time stands still while a person acts, and begins anew afterwards.
        expect(at - from * unit, what).to.be.at.most(plan.timeout);
        expect(at - from * unit, what).to.be.at.most(abortAfter * unit + abortOffset);
        expect(what).to.match(
          /^(id_token|(interaction_timeout|cancelled|superseded|aborted)$)|^\w+_failed$/,
        );
      });
      expect(seen.outcomes.length, "flights that ended").to.equal(plan.flights.length);
      expect(seen.asked, "people asked at once").to.be.at.most(1);
      expect(seen.asking, "people still asked").to.equal(0);
      expect(seen.shown, "prompts left").to.equal(undefined);
      expect(seen.open, "popups left open").to.equal(0);
      expect(seen.channels, "channels").to.deep.equal([]);
      expect(seen.listened, "who hears of other tabs").to.equal(undefined);
      expect(time.pending, "timers").to.deep.equal([]);
    }),
  );

  always(
    "waits for the network until it is there, or nobody waits",
    300,
    fc.asyncProperty(
      fc.option(units(30), { nil: undefined }),
      fc.constantFrom("answers", "fails", "never"),
      units(30),
      units(30),
      async (online, server, after, limit) => {
        const outcome = await within(async () => {
          const undo = override(
            window,
            "fetch",
            (_url: string, { signal }: RequestInit) =>
              new Promise((resolve, reject) => {
                signal?.addEventListener("abort", () => reject(signal.reason as Error));
                if (server === "answers")
                  setTimeout(() => resolve(new Response()), after * unit + 1);
                if (server === "fails")
                  setTimeout(() => reject(new TypeError("no")), after * unit + 1);
              }),
          );
          const deadline = startDeadline(
            limit * unit + 3,
            () => new ConsumerAuthError("answer_timeout", ""),
          );
          const flight = { purpose: "call", deadline, interactive: false } as const;
          if (online !== undefined)
            time.set(() => dispatchEvent(new Event("online")), online * unit + 2);
          let seen: Outcome | undefined;
          const attempt = offline.attempt(flight).then(
            () => (seen = { at: time.now, what: "online" }),
            (error: unknown) => (seen = { at: time.now, what: (error as ConsumerAuthError).code }),
          );
          await time.pass(31 * unit);
          await attempt;
          // The network may come later than anybody waits for it.
          deadline.end();
          await time.pass(31 * unit);
          if (!deadline.signal.aborted) dispatchEvent(new Event("online"));
          undo();
          return seen;
        });
        const ends: Outcome[] = [{ at: limit * unit + 3, what: "answer_timeout" }];
        if (online !== undefined) ends.push({ at: online * unit + 2, what: "online" });
        if (server === "answers") ends.push({ at: after * unit + 1, what: "online" });
        expect(outcome).to.deep.equal(ends.sort((one, other) => one.at - other.at)[0]);
      },
    ),
  );

  always(
    "lets one flight at a time ask, the latest next, whatever the order in which promises settle",
    500,
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.constantFrom("waits", "aborts", "calls again"), { minLength: 1, maxLength: 8 }),
      async (scheduler, callers) => {
        const turns = createPersonTurns();
        let holding = 0;
        const ends: string[] = [];
        async function take(name: string, signal: AbortSignal, isAgain: boolean): Promise<void> {
          try {
            const giveBack = await turns.take(signal);
            holding += 1;
            expect(holding, "flights that ask at once").to.equal(1);
            await scheduler.schedule(Promise.resolve(), `${name} ends`);
            holding -= 1;
            giveBack();
            ends.push("asked");
            // In the very moment in which the turn is free again.
            if (isAgain) await take(`${name} again`, signal, false);
          } catch (error) {
            if (!(error instanceof ConsumerAuthError)) throw error;
            ends.push(error.code);
          }
        }
        const taken = callers.map(async (caller, index) => {
          await scheduler.schedule(Promise.resolve(), `${index} calls`);
          const controller = new AbortController();
          if (caller === "aborts") {
            void scheduler
              .schedule(Promise.resolve(), `${index} aborts`)
              .then(() => controller.abort());
          }
          await take(String(index), controller.signal, caller === "calls again");
        });
        await scheduler.waitFor(Promise.all(taken));
        expect(ends.length).to.be.at.least(callers.length);
        expect(ends.every((end) => /^(asked|superseded|aborted)$/.test(end))).to.equal(true);
        if (!callers.includes("aborts")) expect(ends).to.include("asked");
        const free = await turns.take(new AbortController().signal);
        free();
      },
    ),
  );
});
