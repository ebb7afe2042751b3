import { expect } from "@esm-bundle/chai";

import type { ConsumerAuth } from "../../../src/client/consumer-auth.js";
import { keepFresh } from "../../../src/client/renewal.js";
import type { Session } from "../../../src/client/session.js";
import { goodClaims, issuedAt } from "../../support/id-tokens.js";
import { createMovingClock, type MovingClock } from "../../support/moving-clock.js";
import { startMovingTimers, turn, type MovingTimers } from "../../support/moving-timers.js";
import { override } from "../../support/override.js";

const seconds = 1000;

describe("an ID token that runs out", () => {
  let clock: MovingClock;
  let timers: MovingTimers;
  let ended: AbortController;
  let session: Session;
  let sessions: EventTarget;
  /** When a fresh one was asked for, in seconds after the token was made. */
  let renewals: number[];
  /** How that ends. */
  let outcome: () => Promise<void>;
  let share: number;
  let restore: (() => void)[];

  beforeEach(() => {
    clock = createMovingClock(issuedAt * seconds);
    ended = new AbortController();
    sessions = new EventTarget();
    session = { state: "anonymous" };
    renewals = [];
    outcome = () => Promise.resolve();
    share = 0;
    restore = [
      override(Math, "random", () => share),
      override(document, "visibilityState", "visible"),
    ];
    timers = startMovingTimers();
  });

  afterEach(() => {
    ended.abort();
    timers.stop();
    for (const undo of restore.reverse()) undo();
  });

  const begin = (): void => {
    const auth = {
      get session() {
        return session;
      },
      addEventListener: sessions.addEventListener.bind(sessions),
    } as unknown as ConsumerAuth;
    keepFresh(
      auth,
      clock,
      () => {
        renewals.push(clock.now() / seconds - issuedAt);
        return outcome();
      },
      ended.signal,
    );
  };

  /** Time goes by, on the clock and for timers. */
  async function pass(amount: number): Promise<void> {
    for (let left = amount; left > 0; left--) {
      clock.move(seconds);
      await timers.pass(seconds);
    }
    await turn();
  }

  function become(next: Session): void {
    session = next;
    sessions.dispatchEvent(new Event("sessionchange"));
  }

  const signedIn = (life: number, since = clock.now() / seconds): Session => ({
    state: "authenticated",
    claims: { ...goodClaims, iat: since, exp: since + life },
  });

  /** Each renewal gives a token of the same life. */
  const renewing =
    (life: number): (() => Promise<void>) =>
    () => {
      become(signedIn(life));
      return Promise.resolve();
    };

  const see = (visibilityState: DocumentVisibilityState): void => {
    restore.push(override(document, "visibilityState", visibilityState));
    document.dispatchEvent(new Event("visibilitychange"));
  };

  it("is renewed two minutes before its end, and again", async () => {
    session = signedIn(3600);
    outcome = renewing(3600);
    begin();
    await pass(3479);
    expect(renewals).to.deep.equal([]);
    await pass(3600);
    expect(renewals).to.deep.equal([3480, 6960]);
  });

  it("is renewed a fifth of a short life before its end", async () => {
    session = signedIn(100);
    outcome = renewing(100);
    begin();
    await pass(170);
    expect(renewals).to.deep.equal([80, 160]);
  });

  it("is renewed a little later by some tabs, so that one renews for all", async () => {
    share = 0.999;
    session = signedIn(3600);
    outcome = renewing(3600);
    begin();
    await pass(3600);
    expect(renewals).to.have.lengthOf(1);
    expect(renewals[0]).to.be.within(3539, 3541);
  });

  it("is not renewed where another tab has done so", async () => {
    session = signedIn(3600);
    begin();
    await pass(3470);
    become(signedIn(3600));
    await pass(100);
    expect(renewals).to.deep.equal([]);
  });

  it("is waited for from the sign-in on", async () => {
    outcome = renewing(600);
    begin();
    await pass(100);
    become(signedIn(600));
    await pass(480);
    expect(renewals).to.deep.equal([580]);
  });

  for (const [what, next] of [
    ["nobody is signed in", { state: "anonymous" }],
    ["somebody is being asked", { state: "authenticating", claims: goodClaims }],
    ["it can't be read", { state: "authenticated" }],
    ["the last call has failed", { state: "failed" }],
  ] as const) {
    it(`is not renewed where ${what}`, async () => {
      session = next;
      begin();
      await pass(700);
      expect(renewals).to.deep.equal([]);
      expect(timers.pending).to.deep.equal([]);
    });
  }

  it("is renewed though it has run out", async () => {
    session = { ...signedIn(600, issuedAt - 700), state: "expired" };
    outcome = renewing(600);
    begin();
    await turn();
    expect(renewals).to.deep.equal([0]);
  });

  it("is renewed by the time of day, whatever timers do while a laptop sleeps", async () => {
    session = signedIn(3600);
    outcome = renewing(3600);
    begin();
    clock.move(3590 * seconds);
    await timers.pass(60 * seconds);
    expect(renewals).to.deep.equal([3590]);
  });

  it("does not look at the clock all the time", async () => {
    session = signedIn(365 * 24 * 3600);
    begin();
    await pass(300);
    expect(timers.set.length).to.be.within(5, 7);
    expect(Math.max(...timers.set)).to.be.at.most(60 * seconds);
  });

  it("is left alone while nobody sees the page, and renewed when somebody does", async () => {
    session = signedIn(600);
    outcome = renewing(600);
    begin();
    see("hidden");
    await pass(590);
    expect(renewals).to.deep.equal([]);
    expect(timers.pending).to.deep.equal([]);
    see("visible");
    await turn();
    expect(renewals).to.deep.equal([590]);
  });

  it("is looked after when the page comes back, or the network", async () => {
    session = signedIn(600);
    outcome = () => Promise.reject(new TypeError("offline"));
    begin();
    clock.move(590 * seconds);
    dispatchEvent(new Event("pageshow"));
    await turn();
    expect(renewals).to.deep.equal([590]);
    outcome = renewing(600);
    clock.move(61 * seconds);
    dispatchEvent(new Event("online"));
    await turn();
    expect(renewals).to.deep.equal([590, 651]);
  });

  it("is asked for again a minute after that failed, and not before", async () => {
    session = signedIn(600);
    outcome = () => Promise.reject(new TypeError("offline"));
    begin();
    await pass(480 + 130);
    expect(renewals).to.deep.equal([480, 540, 600]);
    see("visible");
    dispatchEvent(new Event("online"));
    await turn();
    expect(renewals).to.have.lengthOf(3);
  });

  it("is not asked for all the time where the fresh one is the same, or ends as early", async () => {
    session = signedIn(600);
    begin();
    let limit = 50;
    outcome = () => {
      if (--limit === 0) ended.abort();
      return Promise.resolve();
    };
    await pass(500);
    expect(renewals.length).to.be.within(1, 2);
  });

  it("is asked for once at a time", async () => {
    session = signedIn(600);
    let finish: () => void = () => undefined;
    outcome = () => new Promise((resolve) => (finish = resolve));
    begin();
    await pass(590);
    see("visible");
    become(signedIn(600, issuedAt));
    await turn();
    expect(renewals).to.deep.equal([480]);
    outcome = renewing(600);
    become(signedIn(600));
    finish();
    await pass(470);
    expect(renewals).to.deep.equal([480]);
    await pass(20);
    expect(renewals).to.have.lengthOf(2);
  });

  it("is nobody's business once it is over", async () => {
    session = signedIn(600);
    begin();
    ended.abort();
    expect(timers.pending).to.deep.equal([]);
    become(signedIn(10));
    see("visible");
    await pass(700);
    expect(renewals).to.deep.equal([]);
    expect(timers.pending).to.deep.equal([]);
  });
});
