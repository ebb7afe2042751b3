import { after, before } from "node:test";

import type { Browser } from "puppeteer-core";

import { startDemo, type Demo, type DemoOptions } from "../../../demo/servers.js";
import { launch, type BrowserOptions } from "./browser.js";

/** The demo and a browser, for all tests of a suite. */
export interface Stage {
  readonly demo: Demo;
  readonly browser: Browser;
}

/** Starts both before the suite's first test, on ports of their own, and ends them after its last. */
export function useDemo(options: DemoOptions & BrowserOptions = {}): Stage {
  const stage: { demo?: Demo; browser?: Browser } = {};
  before(async () => {
    [stage.demo, stage.browser] = await Promise.all([
      startDemo({ sitePort: 0, idpPort: 0, cloudPort: 0, quiet: true, ...options }),
      launch(options),
    ]);
  });
  after(async () => {
    await stage.browser?.close();
    await stage.demo?.stop();
  });
  return stage as Stage;
}
