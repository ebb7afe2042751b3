import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";

import { CLIENTS } from "../../demo/idp/clients.js";
import type { Places } from "../../demo/site/tag.js";
import { holdRequests, visit } from "./support/browser.js";
import { signIn } from "./support/demo-page.js";
import { claimsOf } from "./support/tokens.js";
import { useDemo } from "./support/use-demo.js";

/** An example of the README, with the demo's addresses in place of its own. */
function readmeExample(start: RegExp, clientId: string): (places: Places) => string {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const examples = [...readme.matchAll(/```html\n([\s\S]*?)```/g)].map(
    ([, example = ""]) => example,
  );
  const found = examples.find((example) => start.test(example));
  if (found === undefined) throw new Error(`The README has no example like ${String(start)}.`);
  return ({ idpOrigin }) =>
    found
      .replace("/consumer-auth/", "/dist/")
      .replace("https://login.example.com", idpOrigin)
      .replace('"messaging"', `"${clientId}"`);
}

/** The script tag says all but one thing; the element, which the parser reaches late, says that. */
const lateElement = ({ idpOrigin }: Places): string => `<!doctype html>
  <script
    src="/dist/consumer-auth.js"
    data-account-id="1"
    data-authorization-endpoint="${idpOrigin}/auth"
    data-client-id="${CLIENTS.code}"
    data-redirect-uri="/callback.html"
  ></script>
  <script src="/late.js"></script>
  <consumer-auth engagement="authenticated"></consumer-auth>`;

const pages = {
  "/late-element": lateElement,
  "/script": readmeExample(/^<!doctype html>/, CLIENTS.implicit),
  "/element": readmeExample(/<consumer-auth/, CLIENTS.code),
};

describe("a page written from the README alone", () => {
  const stage = useDemo({ pages });

  /** Calls the page method as the window does, in a click, and gives the arguments of the answer. */
  async function ask(path: keyof typeof pages): Promise<[unknown, unknown]> {
    const { context, page } = await visit(stage.browser);
    await page.goto(`${stage.demo.siteUrl}${path}`);
    await page.evaluate("ConsumerAuth.ready.then(() => undefined)");
    await signIn(page, () =>
      page.evaluate(`window.lpGetAuthenticationToken((credential, reason) => {
        window.answer = [credential, reason ?? null];
      })`),
    );
    await page.waitForFunction("window.answer");
    const answer = (await page.evaluate("window.answer")) as [unknown, unknown];
    await context.close();
    return answer;
  }

  it("gives the window its token, with the script tag", async () => {
    const [token, reason] = await ask("/script");
    assert.equal(reason, null);
    assert.equal(claimsOf(token)["iss"], stage.demo.idpUrl);
  });

  it("gives the window its code, with the element", async () => {
    const [answer, reason] = await ask("/element");
    assert.equal(reason, null);
    assert.deepEqual(Object.keys(answer as object).sort(), ["redirect_uri", "ssoKey"]);
  });

  it("heeds what the element says, even where a call came before the element", async () => {
    const { context, page } = await visit(stage.browser);
    const letGo = await holdRequests(page, /late\.js/);
    const arrived = page.goto(`${stage.demo.siteUrl}/late-element`);
    // By the clock: nothing is drawn while the parser waits.
    await page.waitForFunction("window.lpGetAuthenticationToken", { polling: 50 });
    await page.evaluate("void window.lpGetAuthenticationToken(() => undefined)");
    letGo();
    await arrived;
    const engagement = await page.evaluate(
      "ConsumerAuth.ready.then(({ config }) => config.engagement)",
    );
    assert.equal(engagement, "authenticated");
    await context.close();
  });
});
