import assert from "node:assert/strict";
import { before, describe, it } from "node:test";

import type { ProviderAnswer } from "consumer-auth-widget";
import { createRemoteJWKSet, jwtVerify, type JWTPayload } from "jose";
import type { BrowserContext, Page } from "puppeteer-core";

import { CLIENTS, RETURN_PAGE } from "../../demo/idp/clients.js";
import { consumerByName } from "../../demo/idp/consumers.js";
import type { Places } from "../../demo/site/tag.js";
import { clickAway, PATIENCE, popupOf, visit } from "./support/browser.js";
import { addressOf, peek, peekUntil } from "./support/peek.js";
import type { Asked } from "./support/sdk-pages/page.js";
import { CONSUMER } from "./support/sdk-provider.js";
import { useDemo } from "./support/use-demo.js";
import { bundlePages, sdkPage, SDKS, useSdks, type Client, type Sdk } from "./support/use-sdks.js";

const SILENT: Asked = { interactive: false, renew: false };
const RENEW: Asked = { interactive: false, renew: true };
const INTERACTIVE: Asked = { interactive: true, renew: false };

/** A popup that nobody expects would keep a call waiting. */
const limits = { timeout: PATIENCE };

const ready = (page: Page): Promise<unknown> =>
  page.evaluate("window.sdkPage.then(() => undefined)");

/** Asks the recipe in the page, as if in a click. */
const ask = (page: Page, asked: Asked): Promise<ProviderAnswer> =>
  page.evaluate((request: Asked) => window.sdkPage.then((sdk) => sdk.provide(request)), asked);

/** Asks in a click, and gives the popup with its sign-in page, and what the recipe will answer. */
async function askThroughPopup(
  page: Page,
): Promise<{ popup: Page; answer: Promise<ProviderAnswer> }> {
  const asked: { answer?: Promise<ProviderAnswer> } = {};
  const popup = await popupOf(page, async () => {
    asked.answer = ask(page, INTERACTIVE);
  });
  await popup.waitForSelector("#sign-in");
  return { popup, answer: asked.answer! };
}

/** Signs in as the brand's own button does: the page goes away and comes back. */
async function signIn(page: Page, button = "#sign-in"): Promise<void> {
  const left = page.waitForNavigation();
  await page.evaluate("void window.sdkPage.then((sdk) => sdk.signIn())");
  await left;
  await clickAway(page, button);
  await page.waitForFunction("window.sdkPage");
  await ready(page);
}

const assertNobody = (answer: unknown): void => assert.equal(answer ?? null, null);

const assertNoPopup = async (context: BrowserContext): Promise<void> =>
  assert.equal((await context.pages()).length, 1);

const CASES: readonly [Sdk, Client][] = [
  ["auth0-spa-js", "session"],
  ["auth0-spa-js", "refresh"],
  ["oidc-client-ts", "session"],
  ["oidc-client-ts", "refresh"],
  ["msal-browser", "session"],
  ["msal-browser", "refresh"],
  ["okta-auth-js", "session"],
  ["okta-auth-js", "refresh"],
  ["keycloak-js", "refresh"],
];

describe("a recipe for an SDK that the page already has", () => {
  const stage = useSdks();

  /** The brand's page of somebody who was never here before. */
  async function open(sdk: Sdk, client: Client): Promise<{ context: BrowserContext; page: Page }> {
    const { context, page } = await visit(stage.browser);
    await page.goto(`${stage.site}/${sdk}/${client}`);
    await ready(page);
    return { context, page };
  }

  async function verified(answer: ProviderAnswer, client: Client): Promise<JWTPayload> {
    const { payload } = await jwtVerify(answer as string, stage.provider.publicKey, {
      algorithms: ["RS256"],
      issuer: stage.issuer,
      audience: client,
      requiredClaims: ["exp", "iat"],
    });
    assert.equal(payload.sub, CONSUMER);
    return payload;
  }

  for (const [sdk, client] of CASES) {
    describe(`${sdk}, renewing by ${client}`, () => {
      it("answers nothing, and asks nobody, where nobody is signed in", limits, async () => {
        const { context, page } = await open(sdk, client);
        assertNobody(await ask(page, SILENT));
        assertNobody(await ask(page, RENEW));
        assertNobody(await ask(page, { ...INTERACTIVE, aborted: true }));
        await assertNoPopup(context);
        await context.close();
      });

      it(
        "gives the SDK's token, a fresh one to renew it, nothing once the session is over",
        limits,
        async () => {
          const { context, page } = await open(sdk, client);
          await signIn(page);
          const first = await ask(page, SILENT);
          await verified(first, client);
          assert.equal(await ask(page, INTERACTIVE), first);

          const renewed = await ask(page, RENEW);
          await verified(renewed, client);
          assert.notEqual(renewed, first);
          assert.equal(await ask(page, SILENT), renewed);

          await stage.provider.endSessions();
          assertNobody(await ask(page, RENEW));
          await assertNoPopup(context);
          await context.close();
        },
      );

      it("renews by itself a token that is about to end", limits, async () => {
        const { context, page } = await open(sdk, client);
        stage.provider.idTokenLifetime = 20;
        await signIn(page);
        stage.provider.idTokenLifetime = 3600;
        const { exp = 0 } = await verified(await ask(page, SILENT), client);
        assert.ok(exp > Date.now() / 1000 + 3000);
        await context.close();
      });
    });
  }

  for (const sdk of SDKS) {
    it(
      `${sdk}: the widget verifies the recipe's token, and finds nobody before`,
      limits,
      async () => {
        const { context, page } = await open(sdk, "refresh");
        const callWidget = (): Promise<{
          code?: string;
          token?: string;
          claims?: JWTPayload | undefined;
        }> =>
          page.evaluate(() =>
            window.sdkPage
              .then((sdk) => sdk.callWidget())
              .catch((error: unknown) => ({ code: (error as { code: string }).code })),
          );
        assert.deepEqual(await callWidget(), { code: "interaction_required" });
        await signIn(page);
        const { token, claims } = await callWidget();
        assert.equal(claims?.sub, CONSUMER);
        await verified(token, "refresh");
        await assertNoPopup(context);
        await context.close();
      },
    );

    it(`${sdk}: doesn't take a provider that is down for nobody`, limits, async () => {
      const { context, page } = await open(sdk, "refresh");
      await signIn(page);
      stage.provider.down = true;
      try {
        await assert.rejects(ask(page, RENEW));
      } finally {
        stage.provider.down = false;
      }
      await context.close();
    });
  }

  for (const sdk of ["auth0-spa-js", "oidc-client-ts", "msal-browser", "okta-auth-js"] as const) {
    describe(`${sdk}, with leave to ask`, () => {
      it("signs in through a popup, in a click", limits, async () => {
        const { context, page } = await open(sdk, "session");
        const { popup, answer } = await askThroughPopup(page);
        await clickAway(popup, "#sign-in");
        await verified(await answer, "session");
        assert.equal(await ask(page, SILENT), await answer);
        await context.close();
      });

      it("answers nothing where the consumer declines", limits, async () => {
        const { context, page } = await open(sdk, "session");
        const { popup, answer } = await askThroughPopup(page);
        await clickAway(popup, "#decline");
        assertNobody(await answer);
        await context.close();
      });

      it("opens no popup without a click", limits, async () => {
        const { context, page } = await visit(stage.browser);
        await page.evaluateOnNewDocument(
          "window.answered = (answer) => (window.answers = [answer])",
        );
        await page.goto(`${stage.site}/${sdk}/session`);
        await peekUntil(page, "window.answers");
        const [answer] = (await peek(page, "window.answers")) as unknown[];
        assertNobody(answer);
        await assertNoPopup(context);
        await context.close();
      });
    });
  }

  // msal-browser doesn't look whether its popup is still there.
  for (const sdk of ["auth0-spa-js", "oidc-client-ts", "okta-auth-js"] as const) {
    it(`${sdk}: answers nothing where the popup is closed`, limits, async () => {
      const { context, page } = await open(sdk, "session");
      const { popup, answer } = await askThroughPopup(page);
      await popup.close();
      assertNobody(await answer);
      await context.close();
    });
  }

  it("keycloak-js: never leaves the page to ask", limits, async () => {
    const { context, page } = await open("keycloak-js", "refresh");
    const address = await addressOf(page);
    assertNobody(await ask(page, INTERACTIVE));
    assert.equal(await addressOf(page), address);
    await assertNoPopup(context);
    await context.close();
  });
});

const WITH_THE_DEMO = ["oidc-client-ts", "okta-auth-js"] as const;

// The others want what that provider hasn't got: https, Auth0's paths, Keycloak's tokens.
describe("a recipe with the demo's identity provider", () => {
  const page =
    (sdk: Sdk) =>
    ({ idpOrigin }: Places): string =>
      sdkPage(sdk, idpOrigin, CLIENTS.page, RETURN_PAGE);
  const pages = Object.fromEntries(WITH_THE_DEMO.map((sdk) => [`/${sdk}`, page(sdk)]));
  const stage = useDemo({ pages });
  const bundles: { scripts?: ReadonlyMap<string, string> } = {};
  before(async () => {
    bundles.scripts = await bundlePages();
  });

  /** The demo's client may return to the widget's return page only: from there it goes on. */
  async function standIn(page: Page, sdk: Sdk): Promise<void> {
    await page.evaluateOnNewDocument(
      `if (location.pathname === "${RETURN_PAGE}") location.replace("/${sdk}" + location.search)`,
    );
    await page.setRequestInterception(true);
    page.on("request", (request) => {
      const { pathname } = new URL(request.url());
      if (pathname === "/callback.js") void request.abort();
      else if (pathname === `/${sdk}.js`) {
        const body = bundles.scripts?.get(`${sdk}.js`) ?? "";
        void request.respond({ contentType: "text/javascript; charset=utf-8", body });
      } else void request.continue();
    });
  }

  for (const sdk of WITH_THE_DEMO) {
    it(`${sdk}: nobody, then the consumer's token, then a fresh one`, limits, async () => {
      const { context, page } = await visit(stage.browser);
      const { siteUrl, idpUrl, counters } = stage.demo;
      await standIn(page, sdk);
      const keys = createRemoteJWKSet(new URL(`${idpUrl}/jwks`));
      const assertAda = async (answer: ProviderAnswer): Promise<void> => {
        const expected = { issuer: idpUrl, audience: CLIENTS.page };
        const { payload } = await jwtVerify(answer as string, keys, expected);
        assert.equal(payload.sub, consumerByName("ada")?.sub);
      };

      await page.goto(`${siteUrl}/${sdk}`);
      await ready(page);
      assertNobody(await ask(page, SILENT));
      await signIn(page, '[data-consumer="ada"]');
      await assertAda(await ask(page, SILENT));
      const exchanged = counters.idp.token;
      await assertAda(await ask(page, RENEW));
      assert.equal(counters.idp.token, exchanged + 1);
      await context.close();
    });
  }
});
