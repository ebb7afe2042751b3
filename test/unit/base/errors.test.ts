import { expect } from "@esm-bundle/chai";

import { ConsumerAuthError, toConsumerAuthError, type Attempt } from "../../../src/base/errors.js";

describe("an error", () => {
  it("is told by its code, and is an Error to everybody else", () => {
    const error = new ConsumerAuthError("request_failed", "Why, and how to mend it.");
    expect(error).to.be.instanceOf(Error);
    expect(error.name).to.equal("ConsumerAuthError");
    expect(error.code).to.equal("request_failed");
    expect(String(error)).to.equal("ConsumerAuthError: Why, and how to mend it.");
    expect(error.attempts).to.deep.equal([]);
    expect(error).not.to.have.property("cause");
  });

  it("carries the error underneath, and what was tried", () => {
    const cause = new TypeError("Failed to fetch");
    const attempts: Attempt[] = [{ rung: "stored", outcome: "empty", elapsed: 1 }];
    const error = new ConsumerAuthError("request_failed", "", { cause, attempts });
    expect(error.cause).to.equal(cause);
    expect(error.attempts).to.equal(attempts);
  });
});

describe("whatever was thrown", () => {
  it("stays as it is where it is ours", () => {
    const error = new ConsumerAuthError("cancelled", "");
    expect(toConsumerAuthError(error, "load_failed", "other")).to.equal(error);
  });

  for (const thrown of [new TypeError("x"), "text", 5, null, undefined, { code: "cancelled" }]) {
    it(`becomes ours, with a code, where it is ${JSON.stringify({ thrown })}`, () => {
      const unexpected = toConsumerAuthError(thrown);
      expect(unexpected.code).to.equal("unexpected");
      expect(unexpected.cause).to.equal(thrown);
      const named = toConsumerAuthError(thrown, "load_failed", "Look there.");
      expect(named.code).to.equal("load_failed");
      expect(named.message).to.equal("Look there.");
      expect(named.cause).to.equal(thrown);
    });
  }
});
