import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";

import type { Browser } from "puppeteer-core";

import { CLIENTS } from "../../demo/idp/clients.js";
import { startDemo, type Demo } from "../../demo/servers.js";
import type { Places } from "../../demo/site/tag.js";
import { launch, visit } from "./support/chromium.js";
import { signIn } from "./support/demo-page.js";

/** The first example of the README, with the demo's addresses in place of its own. */
function readmePage({ idpOrigin }: Places): string {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const [, example] = /```html\n(<!doctype html>[\s\S]*?)```/.exec(readme) ?? [];
  if (example === undefined) throw new Error("The README has no example of a page.");
  return example
    .replace("/consumer-auth/", "/dist/")
    .replace("https://login.example.com", idpOrigin)
    .replace('"messaging"', `"${CLIENTS.implicit}"`);
}

describe("a page written from the README alone", () => {
  let demo: Demo;
  let browser: Browser;

  before(async () => {
    [demo, browser] = await Promise.all([
      startDemo({
        sitePort: 0,
        idpPort: 0,
        cloudPort: 0,
        quiet: true,
        pages: { "/newcomer": readmePage },
      }),
      launch(),
    ]);
  });

  after(async () => {
    await browser.close();
    await demo.stop();
  });

  it("gives the window its token", async () => {
    const { context, page } = await visit(browser);
    await page.goto(`${demo.siteUrl}/newcomer`);
    await signIn(page, () =>
      page.evaluate(`window.lpGetAuthenticationToken((token, reason) => {
        window.answer = { token, reason };
      })`),
    );
    await page.waitForFunction("window.answer");
    const { token, reason } = (await page.evaluate("window.answer")) as {
      token: string;
      reason?: string;
    };
    assert.equal(reason, undefined);
    const claims = JSON.parse(
      Buffer.from(String(token.split(".")[1]), "base64url").toString(),
    ) as Record<string, unknown>;
    assert.equal(claims["iss"], demo.idpUrl);
    await context.close();
  });
});
