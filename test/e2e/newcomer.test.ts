import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";

import { CLIENTS } from "../../demo/idp/clients.js";
import type { Places } from "../../demo/site/tag.js";
import { visit } from "./support/chromium.js";
import { signIn } from "./support/demo-page.js";
import { claimsOf } from "./support/tokens.js";
import { useDemo } from "./support/use-demo.js";

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
  const stage = useDemo({ pages: { "/newcomer": readmePage } });

  it("gives the window its token", async () => {
    const { context, page } = await visit(stage.browser);
    await page.goto(`${stage.demo.siteUrl}/newcomer`);
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
    assert.equal(claimsOf(token)["iss"], stage.demo.idpUrl);
    await context.close();
  });
});
