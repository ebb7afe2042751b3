import { expect } from "@esm-bundle/chai";

import { ConsumerAuthError } from "../../../src/base/errors.js";
import { createTurns, type Turns } from "../../../src/ladder/turns.js";
import { caught, codeOf } from "../../support/caught.js";

const { signal } = new AbortController();

describe("a turn", () => {
  let turns: Turns;

  beforeEach(() => {
    turns = createTurns();
  });

  it("is had at once while nobody else has it", async () => {
    (await turns.take(signal))();
    (await turns.take(signal))();
  });

  it("is waited for until it is given back", async () => {
    const log: string[] = [];
    const giveBack = await turns.take(signal);
    const second = turns.take(signal).then((give) => {
      log.push("second");
      return give;
    });
    await Promise.resolve();
    log.push("given back");
    giveBack();
    (await second)();
    expect(log).to.deep.equal(["given back", "second"]);
  });

  it("goes to the latest of those who wait; the others are superseded", async () => {
    const giveBack = await turns.take(signal);
    const second = turns.take(signal);
    const third = turns.take(signal);
    const fourth = turns.take(signal);
    expect([await codeOf(second), await codeOf(third)]).to.deep.equal(["superseded", "superseded"]);
    giveBack();
    (await fourth)();
  });

  it("is left to whoever has it when somebody else comes", async () => {
    const giveBack = await turns.take(signal);
    const second = turns.take(signal);
    giveBack();
    const giveBackSecond = await second;
    const third = turns.take(signal);
    let had = false;
    void third.then(() => (had = true));
    await new Promise((resolve) => setTimeout(resolve));
    expect(had).to.equal(false);
    giveBackSecond();
    (await third)();
  });

  it("is not waited for any more by who aborts, for that one's reason", async () => {
    const giveBack = await turns.take(signal);
    const waiting = new AbortController();
    const second = turns.take(waiting.signal);
    const reason = new ConsumerAuthError("interaction_timeout", "");
    waiting.abort(reason);
    expect(await caught(second)).to.equal(reason);
    const third = turns.take(signal);
    giveBack();
    (await third)();
  });
});
