import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";

import { readReturnPath } from "../../../src/platform/applications/handlers/return-path.js";

const ORIGIN = "https://app.example.com";

/** What open redirects are made of. */
const pieces = fc.constantFrom(
  ..."/ // \\ . .. : @ ? # % %2e %2f %5c evil.example https: javascript: app.example.com a".split(
    " ",
  ),
  ...["\t", "\n", "\r", "\0", " ", "\u2028", "\uff0f", "\u3002"],
);

describe("a return path", () => {
  it("leads to the application's own origin, whatever it is made of", () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), fc.boolean(), (parts, rooted) => {
        const path = readReturnPath(`${rooted ? "/" : ""}${parts.join("")}`, ORIGIN);
        if (path === undefined) return;
        accepted += 1;
        for (const url of [new URL(path, ORIGIN), new URL(`${ORIGIN}${path}`)]) {
          assert.equal(url.origin, ORIGIN);
          assert.equal(url.username, "");
        }
        assert.doesNotMatch(path, /^\/[/\\]|[\s\\]/);
        assert.equal(readReturnPath(path, ORIGIN), path);
      }),
      { numRuns: 20_000 },
    );
    assert.ok(accepted > 1000, `${accepted} were taken`);
  });
});
