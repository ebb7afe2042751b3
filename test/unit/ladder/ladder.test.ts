import { expect } from "@esm-bundle/chai";

import { startDeadline } from "../../../src/base/deadline.js";
import { ConsumerAuthError, type ErrorCode } from "../../../src/base/errors.js";
import { climb, type Flight, type Rung, type RungGroup } from "../../../src/ladder/ladder.js";
import type { Credential } from "../../../src/sources/credential.js";
import { caught } from "../../support/caught.js";

const guest: Credential = { kind: "anonymous", token: "a.b.c" };

describe("the ladder", () => {
  let log: string[];
  let controller: AbortController;
  let flight: Flight;

  beforeEach(() => {
    log = [];
    controller = new AbortController();
    const expired = (): ConsumerAuthError => new ConsumerAuthError("answer_timeout", "");
    const deadline = startDeadline(60_000, expired, controller.signal);
    flight = { purpose: "call", deadline, interactive: true };
  });

  afterEach(() => {
    flight.deadline.end();
  });

  const rung = (name: string, attempt: Rung["attempt"]): Rung => ({
    name,
    attempt: (given) => {
      log.push(name);
      return attempt(given);
    },
  });
  const empty = (name: string): Rung => rung(name, () => Promise.resolve(undefined));
  const answering = (name: string): Rung => rung(name, () => Promise.resolve(guest));
  const failing = (name: string, code: ErrorCode, cause?: unknown): Rung =>
    rung(name, () => Promise.reject(new ConsumerAuthError(code, `${name} failed.`, { cause })));

  it("is climbed in order, up to the first answer", async () => {
    const rungs = [empty("first"), answering("second"), answering("third")];
    const { credential, attempts, failures } = await climb(rungs, flight);
    expect(credential).to.equal(guest);
    expect(log).to.deep.equal(["first", "second"]);
    expect(attempts.map(({ rung, outcome }) => [rung, outcome])).to.deep.equal([
      ["first", "empty"],
      ["second", "answered"],
    ]);
    expect(failures).to.deep.equal([]);
  });

  it("gives every rung the flight", async () => {
    let given: Flight | undefined;
    const curious = rung("curious", async (flown) => {
      given = flown;
      return guest;
    });
    await climb([curious], flight);
    expect(given === flight).to.equal(true);
  });

  it("goes on after a failure, and tells of it", async () => {
    const rungs = [failing("first", "request_failed"), answering("second")];
    const { credential, attempts, failures } = await climb(rungs, flight);
    expect(credential).to.equal(guest);
    expect(failures.map(({ code }) => code)).to.deep.equal(["request_failed"]);
    expect(attempts.map(({ outcome }) => outcome)).to.deep.equal(["request_failed", "answered"]);
  });

  it("goes on after a failure that nobody foresaw", async () => {
    const broken = rung("broken", () => {
      throw new TypeError("x is undefined");
    });
    const { failures } = await climb([broken, answering("second")], flight);
    expect(failures.map(({ code }) => code)).to.deep.equal(["unexpected"]);
    expect(failures[0]?.cause).to.be.instanceOf(TypeError);
  });

  it("ends in the last failure, with the messages of all and every attempt", async () => {
    const cause = new TypeError("Failed to fetch");
    const rungs = [
      failing("first", "cancelled"),
      failing("second", "request_failed", cause),
      empty("third"),
    ];
    const error = await caught(climb(rungs, flight));
    expect(error.code).to.equal("request_failed");
    expect(error.message).to.equal("first failed. second failed.");
    expect(error.cause).to.equal(cause);
    expect(error.attempts.map(({ rung, outcome }) => [rung, outcome])).to.deep.equal([
      ["first", "cancelled"],
      ["second", "request_failed"],
      ["third", "empty"],
    ]);
  });

  it("says that somebody must act where nothing failed, and nobody was there", async () => {
    for (const rungs of [[], [empty("first"), empty("second")]]) {
      const { code, message, attempts } = await caught(climb(rungs, flight));
      expect(code).to.equal("interaction_required");
      expect(message).not.to.equal("");
      expect(attempts).to.have.lengthOf(rungs.length);
    }
  });

  it("says how long every attempt took", async () => {
    const { attempts } = await climb([empty("first"), answering("second")], flight);
    for (const { elapsed } of attempts) expect(elapsed).to.be.within(0, 5000);
  });

  it("is left where the flight was aborted, whatever stands above", async () => {
    const aborting = rung("aborting", () => {
      const reason = new ConsumerAuthError("answer_timeout", "Too late.");
      controller.abort(reason);
      return Promise.reject(reason);
    });
    const error = await caught(climb([aborting, answering("above")], flight));
    expect(error.code).to.equal("answer_timeout");
    expect(log).to.deep.equal(["aborting"]);
    expect(error.attempts.map(({ outcome }) => outcome)).to.deep.equal(["answer_timeout"]);
  });

  it("is left by a call that a later one has superseded: a guest would be the wrong answer", async () => {
    const rungs = [failing("interactive", "superseded"), answering("anonymous")];
    expect((await caught(climb(rungs, flight))).code).to.equal("superseded");
    expect(log).to.deep.equal(["interactive"]);
  });

  it("takes it for no failure that nobody is signed in", async () => {
    const rungs = [failing("silent", "login_required"), answering("second")];
    const { attempts, failures } = await climb(rungs, flight);
    expect(failures).to.deep.equal([]);
    expect(attempts.map(({ outcome }) => outcome)).to.deep.equal(["login_required", "answered"]);
    const error = await caught(climb([failing("silent", "login_required")], flight));
    expect(error.code).to.equal("interaction_required");
    expect(error.attempts.map(({ outcome }) => outcome)).to.deep.equal(["login_required"]);
  });

  describe("with a group", () => {
    const group =
      (...rungs: readonly Rung[]) =>
      (): Promise<RungGroup> => {
        log.push("loaded");
        const alone: RungGroup["alone"] = async (work) => {
          log.push("alone");
          try {
            return await work();
          } finally {
            log.push("done");
          }
        };
        return Promise.resolve({ rungs, alone });
      };

    it("loads it when its turn comes, and climbs it alone, in order", async () => {
      const steps = [empty("first"), group(empty("second"), answering("third")), empty("fourth")];
      const { credential, attempts } = await climb(steps, flight);
      expect(credential).to.equal(guest);
      expect(log).to.deep.equal(["first", "loaded", "alone", "second", "third", "done"]);
      expect(attempts.map(({ rung }) => rung)).to.deep.equal(["first", "second", "third"]);
    });

    it("goes on after it where it has nothing", async () => {
      const { credential } = await climb([group(empty("second")), answering("third")], flight);
      expect(credential).to.equal(guest);
      expect(log).to.deep.equal(["loaded", "alone", "second", "done", "third"]);
    });

    it("does not load what an answer makes needless", async () => {
      await climb([answering("first"), group(answering("second"))], flight);
      expect(log).to.deep.equal(["first"]);
    });

    it("goes on where it can't be loaded, and tells of it", async () => {
      const broken = (): Promise<RungGroup> =>
        Promise.reject(new ConsumerAuthError("load_failed", "Not served."));
      const { credential, failures } = await climb([broken, answering("second")], flight);
      expect(credential).to.equal(guest);
      expect(failures.map(({ code }) => code)).to.deep.equal(["load_failed"]);
      expect((await caught(climb([broken], flight))).code).to.equal("load_failed");
    });

    it("tries nothing of it where the flight was aborted while it waited for its turn", async () => {
      const waiting = (): Promise<RungGroup> =>
        Promise.resolve({
          rungs: [answering("second")],
          alone: (work) => {
            controller.abort(new ConsumerAuthError("answer_timeout", "Too late."));
            return work();
          },
        });
      await caught(climb([waiting, answering("third")], flight));
      expect(log).to.deep.equal([]);
    });
  });
});
