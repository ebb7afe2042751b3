import { expect } from "@esm-bundle/chai";

import { isInApp } from "../../../src/transports/place.js";
import { override } from "../../support/override.js";
import { inAppBrowsers, ordinaryBrowsers } from "../../support/user-agents.js";

describe("where popups can't be relied on", () => {
  let restore: () => void = () => undefined;

  afterEach(() => {
    restore();
  });

  const isInAppOf = (userAgent: string): boolean => {
    restore = override(navigator, "userAgent", userAgent);
    return isInApp();
  };

  for (const [app, userAgent] of Object.entries(inAppBrowsers)) {
    it(`is ${app}`, () => {
      expect(isInAppOf(userAgent)).to.equal(true);
    });
  }

  for (const [browser, userAgent] of Object.entries(ordinaryBrowsers)) {
    it(`is not ${browser}`, () => {
      expect(isInAppOf(userAgent)).to.equal(false);
    });
  }
});
