import { expect } from "@esm-bundle/chai";

import { expectReason, withFreshPage, type PageWindow } from "../support/fresh-page.js";

const never = (): Promise<never> => new Promise<never>(() => undefined);

const broken: Readonly<Record<string, (page: PageWindow) => void>> = {
  "without crypto.subtle, as on plain http": (page) => {
    Object.defineProperty(page.crypto, "subtle", { value: undefined });
  },
  "where signatures can't be verified": (page) => {
    page.crypto.subtle.verify = () =>
      Promise.reject(new page.DOMException("It failed.", "OperationError"));
  },
  "where keys can't be read": (page) => {
    page.crypto.subtle.importKey = () =>
      Promise.reject(new page.DOMException("No.", "NotSupportedError"));
  },
  "where verifying never ends": (page) => {
    page.crypto.subtle.verify = never;
  },
  "without random numbers": (page) => {
    page.crypto.getRandomValues = () => {
      throw new page.DOMException("No.", "QuotaExceededError");
    };
  },
};

describe("a device whose cryptography is broken", () => {
  for (const [name, breakIt] of Object.entries(broken)) {
    it(`${name}: nothing unverified is handed over, and the window is told in time`, () =>
      withFreshPage(
        {
          flow: "implicit flow",
          config: { answerTimeout: 3000, requestTimeout: 1500, interactionTimeout: 4000 },
          before: breakIt,
        },
        async (page) => {
          const outcome = await page.call();
          expectReason(outcome, "implicit flow", /^[a-z_]+: /);
          expect(outcome.elapsed).to.be.below(8000);
        },
      ));
  }
});
