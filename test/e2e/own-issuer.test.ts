import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";

import { CLIENTS } from "../../demo/idp/clients.js";
import { ACCOUNTS, CONNECTORS } from "../../demo/scenarios.js";
import { CREDENTIAL_ENDPOINT, type Places } from "../../demo/site/tag.js";
import { visit } from "./support/browser.js";
import { claimsOf } from "./support/tokens.js";
import { useDemo } from "./support/use-demo.js";

/** The page of docs/token-issuer.md, with the demo's addresses in place of its own. */
function documentedPage({ idpOrigin }: Places): string {
  const text = readFileSync(new URL("../../docs/token-issuer.md", import.meta.url), "utf8");
  const [, tag = ""] = /```html\n([\s\S]*?)```/.exec(text) ?? [];
  const own = tag
    .replace("/consumer-auth/", "/dist/")
    .replace("https://www.brand.example/messaging/keys", `${idpOrigin}/jwks`)
    .replace("https://www.brand.example", idpOrigin)
    .replace('"messaging"', `"${CLIENTS.implicit}"`)
    .replace("/messaging/credential", CREDENTIAL_ENDPOINT);
  return `<!doctype html><html lang="en"><title>Our brand</title>${own}</html>`;
}

describe("a site with an issuer of its own, set up as its page says", () => {
  const stage = useDemo({ pages: { "/documented": documentedPage } });

  it("gives the window a token that the widget has verified, and that the cloud takes", async () => {
    const { demo, browser } = stage;
    const { context, page } = await visit(browser);
    await page.goto(`${demo.siteUrl}/documented`);
    await page.evaluate(`fetch("/account/sign-in", {
      method: "POST",
      body: new URLSearchParams({ consumer: "ada" }),
    }).then(() => undefined)`);
    await page.evaluate(`window.lpGetAuthenticationToken((token, reason) => {
      window.answer = [token, reason ?? null];
    })`);
    await page.waitForFunction("window.answer");
    const [token, reason] = (await page.evaluate("window.answer")) as [unknown, unknown];
    await context.close();
    assert.equal(reason, null);
    assert.deepEqual([claimsOf(token)["given_name"], claimsOf(token)["iss"]], ["Ada", demo.idpUrl]);

    const account = `${demo.cloudUrl}/api/account/${ACCOUNTS.normal}`;
    const address = `${account}/app/${CONNECTORS.implicitJwks}/authenticate?v=3.0`;
    const response = await fetch(address, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ id_token: token }),
    });
    assert.equal(response.status, 200);
  });
});
