import { expect } from "@esm-bundle/chai";

import { expectAnswered, expectReason, withFreshPage } from "../support/fresh-page.js";
import type { Room } from "../support/room.js";

/** Nothing but what the README's section names: the widget's own files, the provider, the own frames. */
const strict =
  (further = "") =>
  ({ provider, site }: Room): Readonly<Record<string, string>> => {
    const { origin } = new URL(provider);
    return {
      "content-security-policy": [
        "default-src 'none'",
        `script-src ${location.origin}/dist/ ${site}/before.js ${site}/after.js`,
        `connect-src ${origin}`,
        `frame-src ${origin} ${site}/callback.html`,
        "base-uri 'none'",
        "form-action 'none'",
        "object-src 'none'",
        further,
      ].join("; "),
    };
  };

const trustedTypes = "require-trusted-types-for 'script'; trusted-types lit-html";

describe("a strict Content Security Policy: every flow works, and nothing is forbidden", () => {
  for (const [what, further] of Object.entries({
    "the README's": "",
    "with Trusted Types": trustedTypes,
  })) {
    for (const flow of ["code to the window", "implicit flow", "exchange in the page"] as const) {
      for (const silent of [true, false]) {
        it(`${what}: ${flow}, ${silent ? "in a silent frame" : "in a popup"}`, () =>
          withFreshPage(
            {
              flow,
              headers: strict(further),
              config: { silent, silentTimeout: 3000 },
            },
            async (page) => {
              const outcome = await page.call();
              expectAnswered(outcome, flow, page.room);
              expect(outcome.asked).to.equal(silent ? 0 : 1);
              expect(page.violations).to.deep.equal([]);
            },
          ));
      }
    }
  }

  it("with Trusted Types and no policy at all: the prompt can't be loaded, and the window is told", () =>
    withFreshPage(
      {
        headers: strict("require-trusted-types-for 'script'; trusted-types 'none'"),
      },
      async (page) => {
        expectReason(await page.call(), "code to the window", "load_failed");
      },
    ));
});
