import { after, before } from "node:test";

import { startDemo, type Demo, type DemoOptions } from "../../../demo/servers.js";

/** The demo's servers for all tests of a suite, on ports of their own. */
export function useServers(options: DemoOptions = {}): { readonly demo: Demo } {
  const stage: { demo?: Demo } = {};
  before(async () => {
    stage.demo = await startDemo({
      sitePort: 0,
      idpPort: 0,
      cloudPort: 0,
      quiet: true,
      ...options,
    });
  });
  after(async () => {
    await stage.demo?.stop();
  });
  return stage as { readonly demo: Demo };
}
