import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { CLIENTS } from "../../demo/idp/clients.js";
import { ACCOUNTS, CONNECTORS } from "../../demo/scenarios.js";
import type { Places } from "../../demo/site/tag.js";
import { visit } from "./support/browser.js";
import { signIn } from "./support/demo-page.js";
import { claimsOf } from "./support/tokens.js";
import { useDemo } from "./support/use-demo.js";

/** A page that knows its account, the demo's cloud, and what else is given. */
const pageWith =
  (more: string) =>
  ({ cloudOrigin }: Places): string => `<!doctype html>
    <script
      src="/dist/consumer-auth.js"
      data-account-id="${ACCOUNTS.normal}"
      data-connector-api="${cloudOrigin}"
      data-domain-api="${cloudOrigin}"
      data-cloud-hosts="${new URL(cloudOrigin).host}"
      ${more}
    ></script>`;

const pages = {
  "/account": pageWith(""),
  "/pkce": pageWith(`data-connector-id="${CONNECTORS.codePkce}" data-engagement="authenticated"`),
  "/guests": pageWith(`data-connector-id="${CONNECTORS.anonymous}"`),
  "/nowhere": pageWith(`data-connector-id="4711"`),
};

const codeChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/** Calls a page method as the window does. */
const call = (method: string): string => `void ${method}((credential, reason) => {
  window.answer = [credential, reason ?? null];
}, ${method.includes("bank") ? `"${codeChallenge}"` : "undefined"})`;

describe("a page that knows its account", () => {
  const stage = useDemo({ pages });

  async function open(path: keyof typeof pages) {
    const { context, page } = await visit(stage.browser);
    await page.goto(`${stage.demo.siteUrl}${path}`);
    const answer = async (): Promise<[unknown, unknown]> => {
      await page.waitForFunction("window.answer", { polling: 50 });
      return (await page.evaluate("window.answer")) as [unknown, unknown];
    };
    return { context, page, answer };
  }

  it("gives the window the ID token that the account's preferred connector is about", async () => {
    const { context, page, answer } = await open("/account");
    await page.evaluate("ConsumerAuth.ready.then(() => undefined)");
    await signIn(page, () => page.evaluate(call("lpGetAuthenticationToken")));
    const [token, reason] = await answer();
    assert.equal(reason, null);
    assert.equal(claimsOf(token)["iss"], stage.demo.idpUrl);
    assert.equal(claimsOf(token)["aud"], CLIENTS.implicit);
    await context.close();
  });

  it("gives the window a code for its challenge, at the place of the connector that was chosen", async () => {
    const { context, page, answer } = await open("/pkce");
    await page.evaluate("ConsumerAuth.ready.then(() => undefined)");
    assert.equal(await page.evaluate("window.lpGetAuthenticationToken"), undefined);
    await signIn(page, () => page.evaluate(call("bank.messaging.getCredential")));
    const [credential, reason] = await answer();
    assert.equal(reason, null);
    assert.deepEqual(Object.keys(credential as object).sort(), ["redirect_uri", "ssoKey"]);
    await context.close();
  });

  it("makes a guest, and asks nobody, with the unauthenticated connector", async () => {
    const { context, page, answer } = await open("/guests");
    await page.evaluate(call("lpGetAuthenticationToken"));
    const [token, reason] = await answer();
    assert.equal(reason, null);
    assert.match(String(token), /^ey/);
    assert.equal(await page.$("consumer-auth"), null);
    await context.close();
  });

  it("tells the window which connectors there are where it names none of them", async () => {
    const { context, page, answer } = await open("/nowhere");
    await page.evaluate(call("lpGetAuthenticationToken"));
    const [, reason] = await answer();
    assert.match(String(reason), /^invalid_config: .*"4711".*"2042"/);
    await context.close();
  });
});
