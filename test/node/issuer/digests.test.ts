import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { digest, sameDigest } from "../../../src/issuer/digests.js";

describe("two digests", () => {
  it("are the same to the last bit, or not the same", async () => {
    const one = await digest("a");
    assert.equal(sameDigest(one, await digest("a")), true);
    for (let bit = 0; bit < 256; bit += 1) {
      const other = Uint8Array.from(one);
      other[bit >> 3]! ^= 1 << (bit & 7);
      assert.equal(sameDigest(one, other), false, `bit ${bit}`);
    }
    assert.equal(sameDigest(one, one.slice(1)), false);
    assert.equal(sameDigest(one.slice(1), one), false);
  });
});
