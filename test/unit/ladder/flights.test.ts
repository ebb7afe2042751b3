import { expect } from "@esm-bundle/chai";

import { ConsumerAuthError } from "../../../src/base/errors.js";
import { createFlights, type CallOptions, type Flights } from "../../../src/ladder/flights.js";
import type { Flight, Landing, Purpose } from "../../../src/ladder/ladder.js";
import type { Credential } from "../../../src/sources/credential.js";
import { caught, codeOf } from "../../support/caught.js";

const guest: Credential = { kind: "anonymous", token: "a.b.c" };
const code: Credential = { kind: "code", code: "once", redirectUri: "https://brand.example/" };
const long = 60_000;

const thirtyMilliseconds = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));

/** One flight that a test lands or crashes. */
interface Flown {
  readonly flight: Flight;
  readonly land: (credential: Credential) => void;
  readonly crash: (error: Error) => void;
}

describe("calls", () => {
  let flown: Flown[];
  let landed: Credential[];
  let failed: ConsumerAuthError[];
  let failedFor: Purpose[];
  let flights: Flights;

  beforeEach(() => {
    create(long);
  });

  function create(answerTimeout: number): void {
    flown = [];
    landed = [];
    failed = [];
    failedFor = [];
    flights = createFlights(
      {
        fly: (flight) =>
          new Promise<Landing>((resolve, reject) => {
            const land = (credential: Credential): void => {
              resolve({ credential, attempts: [], failures: [] });
            };
            flown.push({ flight, land, crash: reject });
          }),
        land({ credential }) {
          landed.push(credential);
          return credential;
        },
        fail(error, purpose) {
          failed.push(error);
          failedFor.push(purpose);
        },
      },
      answerTimeout,
    );
  }

  const join = (
    call: CallOptions = {},
    purpose: Purpose = "call",
    popup?: Window,
  ): Promise<Credential> => flights.join(call, purpose, () => popup);

  it("for the same thing share one flight, and what it brings", async () => {
    const joined = [join(), join(), join()];
    expect(flown).to.have.lengthOf(1);
    flown[0]?.land(guest);
    expect(await Promise.all(joined)).to.deep.equal([guest, guest, guest]);
    expect(landed).to.deep.equal([guest]);
  });

  it("for other things have flights of their own", () => {
    const challenge = "c".repeat(43);
    const calls = [
      join(),
      join({ interactive: false }),
      join({ codeChallenge: challenge }),
      join({ codeChallenge: challenge.replace("c", "d") }),
      join({ acrValues: "gold" }),
      join({ maxAge: 60 }),
      join({}, "signIn"),
      join({}, "quiet"),
      join({}, "renew"),
    ];
    expect(
      flown.map(({ flight }) => [
        flight.interactive,
        flight.codeChallenge,
        flight.options,
        flight.purpose,
      ]),
    ).to.deep.equal([
      [true, undefined, {}, "call"],
      [false, undefined, {}, "call"],
      [true, challenge, {}, "call"],
      [true, challenge.replace("c", "d"), {}, "call"],
      [true, undefined, { acrValues: "gold" }, "call"],
      [true, undefined, { maxAge: 60 }, "call"],
      [true, undefined, {}, "signIn"],
      [true, undefined, {}, "quiet"],
      [true, undefined, {}, "renew"],
    ]);
    flown.forEach(({ land }) => {
      land(guest);
    });
    return Promise.all(calls);
  });

  it("that come after a landing fly anew", async () => {
    const first = join();
    flown[0]?.land(guest);
    await first;
    const second = join();
    expect(flown).to.have.lengthOf(2);
    flown[1]?.land(guest);
    await second;
  });

  it("fail together, with one error, which is told once", async () => {
    const joined = [join(), join()];
    const error = new ConsumerAuthError("cancelled", "");
    flown[0]?.crash(error);
    for (const call of joined) expect(await caught(call)).to.equal(error);
    expect(failed).to.deep.equal([error]);
    expect(failedFor).to.deep.equal(["call"]);
    expect(landed).to.deep.equal([]);
  });

  it("that nobody asked for need no way to a popup", async () => {
    const joined = flights.join({ interactive: false }, "renew");
    expect(flown[0]?.flight.popup).to.equal(undefined);
    const error = new ConsumerAuthError("login_required", "");
    flown[0]?.crash(error);
    expect(await caught(joined)).to.equal(error);
    expect(failedFor).to.deep.equal(["renew"]);
  });

  it("for a code don't share it: the latest gets it, the others are superseded", async () => {
    const joined = [join(), join(), join()];
    flown[0]?.land(code);
    const [first, second, third] = await Promise.allSettled(joined);
    expect([first, second].map((call) => call?.status)).to.deep.equal(["rejected", "rejected"]);
    expect(await codeOf(joined[0]!)).to.equal("superseded");
    expect(third).to.deep.equal({ status: "fulfilled", value: code });
  });

  it("for a code leave it to the latest of those who still wait", async () => {
    const gone = new AbortController();
    const stays = join();
    const goes = join({ signal: gone.signal });
    gone.abort();
    expect(await codeOf(goes)).to.equal("aborted");
    flown[0]?.land(code);
    expect(await stays).to.equal(code);
  });

  it("with an abort of their own leave the others alone", async () => {
    const controller = new AbortController();
    const goes = join({ signal: controller.signal });
    const stays = join();
    const reason = new ConsumerAuthError("cancelled", "");
    controller.abort(reason);
    expect(await caught(goes)).to.equal(reason);
    expect(flown[0]?.flight.deadline.signal.aborted).to.equal(false);
    flown[0]?.land(guest);
    expect(await stays).to.equal(guest);
  });

  it("that all abort end the flight, and the next one flies anew", async () => {
    const controller = new AbortController();
    const joined = [join({ signal: controller.signal }), join({ signal: controller.signal })];
    controller.abort();
    for (const call of joined) expect(await codeOf(call)).to.equal("aborted");
    expect(flown[0]?.flight.deadline.signal.aborted).to.equal(true);
    const next = join();
    expect(flown).to.have.lengthOf(2);
    flown[1]?.land(guest);
    expect(await next).to.equal(guest);
  });

  it("that were aborted before don't fly, and open no popup", async () => {
    let opened = 0;
    const call = { signal: AbortSignal.abort() };
    const joined = flights.join(call, "call", () => {
      opened++;
      return undefined;
    });
    expect(await codeOf(joined)).to.equal("aborted");
    expect([flown.length, opened]).to.deep.equal([0, 0]);
  });

  it("are answered in time though the flight never ends", async () => {
    create(10);
    const { code, message } = await caught(join());
    expect(code).to.equal("answer_timeout");
    expect(message).to.include("10 ms");
    expect(flown[0]?.flight.deadline.signal.aborted).to.equal(true);
    expect(failed.map((error) => error.code)).to.deep.equal(["answer_timeout"]);
  });

  it("are not hurried while the flight's time stands still", async () => {
    create(10);
    const joined = join();
    const resume = flown[0]?.flight.deadline.suspend();
    await thirtyMilliseconds();
    expect(failed).to.deep.equal([]);
    resume?.();
    expect(await codeOf(joined)).to.equal("answer_timeout");
  });

  it("all end when the consumer signs out, and later ones fly anew", async () => {
    const joined = [join(), join({ interactive: false })];
    const reason = new ConsumerAuthError("aborted", "The consumer signed out.");
    flights.abort(reason);
    const next = join();
    for (const call of joined) expect(await caught(call)).to.equal(reason);
    expect(flown).to.have.lengthOf(3);
    flown[2]?.land(guest);
    expect(await next).to.equal(guest);
  });

  describe("with a popup", () => {
    it("open one a flight, in the call itself", () => {
      let opened = 0;
      const open = (): undefined => {
        opened++;
      };
      const joined = [flights.join({}, "signIn", open), flights.join({}, "signIn", open)];
      expect(opened).to.equal(1);
      flown[0]?.land(guest);
      return Promise.all(joined);
    });

    for (const [what, end] of [
      ["lands", (one: Flown) => one.land(guest)],
      ["fails", (one: Flown) => one.crash(new Error("x"))],
    ] as const) {
      it(`close it when the flight ${what}`, async () => {
        const popup = window.open("", "_blank", "popup");
        expect(popup?.closed).to.equal(false);
        const joined = join({}, "signIn", popup!);
        expect(flown[0]?.flight.popup === popup).to.equal(true);
        end(flown[0]!);
        await joined.catch(() => undefined);
        expect(popup?.closed).to.equal(true);
      });
    }
  });
});
