import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";

import type { Browser } from "puppeteer-core";

import type { Assertion } from "../../demo/idp/fedcm.js";
import type { Listener } from "../../demo/listening.js";
import type { ConsumerAuthConfig } from "../../src/config/options.js";
import { lacks } from "../support/engines.js";
import { launch } from "./support/browser.js";
import {
  bundleFedcmPage,
  startFedcmSite,
  visitFedcm,
  type FedcmVisit,
} from "./support/fedcm-browser.js";
import { startFedcmIdp, type FedcmIdp } from "./support/fedcm-idp.js";
import type { Question } from "./support/fedcm-page.js";
import { claimsOf } from "./support/tokens.js";

const NOBODY = {};

const skip = lacks("fedcm");

describe("FedCM", () => {
  let browser: Browser;
  let script: string;
  let site: Listener;
  let idp: FedcmIdp;
  let visit: FedcmVisit;
  let implicit: ConsumerAuthConfig;
  let toWindow: ConsumerAuthConfig;

  before(async () => {
    [browser, script] = await Promise.all([launch(), bundleFedcmPage()]);
  });

  after(async () => {
    await browser.close();
  });

  beforeEach(async () => {
    site = await startFedcmSite(script);
    [idp, visit] = await Promise.all([
      startFedcmIdp(site.origin),
      visitFedcm(browser, site.origin),
    ]);
    implicit = {
      accountId: "12345678",
      flow: "implicit",
      issuer: idp.origin,
      clientId: idp.clientId,
      redirectUri: `${site.origin}/callback.html`,
      fedcmConfigUrl: idp.configUrl,
    };
    toWindow = { ...implicit, flow: "code" };
  });

  afterEach(async () => {
    await visit.close();
    await Promise.all([idp.close(), site.close()]);
  });

  const silently = (config = implicit): Question => ({ config, silent: true });
  const interactively = (config = implicit): Question => ({ config, silent: false });

  /** Signs in as somebody who was never here before; from then on the browser knows them. */
  async function signIn(config = implicit): Promise<void> {
    await visit.signInAtIdp(idp);
    const asked = visit.ask(interactively(config));
    await visit.select(await visit.dialog("AccountChooser"));
    assert.ok((await asked).credential);
  }

  /** Asks, chooses an account, and gives what comes of it. */
  async function choose(question: Question): Promise<unknown> {
    await visit.signInAtIdp(idp);
    await visit.click(question);
    await visit.select(await visit.dialog("AccountChooser"));
    return visit.outcome();
  }

  const latest = (): Assertion => idp.assertions.at(-1)!;

  it(
    "signs in who chooses an account after a click, with a verified ID token",
    { skip },
    async () => {
      await visit.signInAtIdp(idp);
      await visit.click(interactively());
      const dialog = await visit.dialog("AccountChooser");
      assert.deepEqual(
        dialog.accounts.map(({ email }) => email),
        ["ada@example.com"],
      );
      await visit.select(dialog);
      const { credential } = await visit.outcome();
      assert.equal(credential?.kind, "id_token");
      assert.equal(credential.claims?.sub, "ada");

      const { form, parameters } = latest();
      assert.equal(form.get("mode"), "active");
      assert.equal(parameters["response_type"], "id_token");
      assert.equal(parameters["scope"], "openid");
      // Providers look for the nonce in either place.
      assert.equal(form.get("nonce"), parameters["nonce"]);
      assert.equal(claimsOf(credential.token)["nonce"], parameters["nonce"]);
    },
  );

  it("asks in the browser's quiet way where there is no gesture", { skip }, async () => {
    await signIn();
    assert.equal(latest().form.get("mode"), "passive");
  });

  it(
    "leaves it to the provider's page to sign in who is not signed in there",
    { skip },
    async () => {
      await visit.click(interactively());
      await visit.page.browser().waitForTarget((target) => target.url() === `${idp.origin}/login`);
      await visit.evaluate("fedcmPage.abort()");
      assert.match((await visit.outcome()).error ?? "", /^aborted/);
    },
  );

  it("signs in silently who has signed in before, with a nonce of its own", { skip }, async () => {
    await signIn();
    const first = latest().parameters["nonce"];
    const { credential } = await visit.ask(silently());
    assert.equal(credential?.kind, "id_token");
    assert.equal(credential.claims?.sub, "ada");
    assert.equal(latest().form.get("is_auto_selected"), "true");
    assert.notEqual(latest().parameters["nonce"], first);
    assert.deepEqual(visit.dialogs, ["AccountChooser", "AutoReauthn"]);
  });

  it(
    "signs in nobody silently twice in ten minutes, and says so without a dialog",
    { skip },
    async () => {
      await signIn();
      assert.ok((await visit.ask(silently())).credential);
      const { length } = visit.dialogs;
      assert.deepEqual(await visit.ask(silently()), NOBODY);
      assert.equal(visit.dialogs.length, length);
    },
  );

  it("finds nobody where nobody is signed in at the provider", { skip }, async () => {
    assert.deepEqual(await visit.ask(silently()), NOBODY);
    assert.deepEqual(await visit.ask(interactively()), NOBODY);
    assert.deepEqual(visit.dialogs, []);
  });

  it("finds nobody silently who has not signed in here before", { skip }, async () => {
    await visit.signInAtIdp(idp);
    assert.deepEqual(await visit.ask(silently()), NOBODY);
    assert.deepEqual(visit.dialogs, []);
    assert.deepEqual(idp.assertions, []);
  });

  it("finds nobody silently after a sign-out, until the next sign-in", { skip }, async () => {
    await signIn();
    await visit.evaluate(`fedcmPage.forget(${JSON.stringify(silently())})`);
    assert.deepEqual(await visit.ask(silently()), NOBODY);
    await signIn();
    assert.ok((await visit.ask(silently())).credential);
  });

  it("finds only accounts that the login hint fits", { skip }, async () => {
    await visit.signInAtIdp(idp);
    const hinted = visit.ask(interactively({ ...implicit, loginHint: "grace@example.com" }));
    // The browser offers to sign in somebody else at the provider.
    await visit.dismiss(await visit.dialog("ConfirmIdpLogin"));
    assert.deepEqual(await hinted, NOBODY);
    const fitting = visit.ask(interactively({ ...implicit, loginHint: "ada@example.com" }));
    await visit.select(await visit.dialog("AccountChooser"));
    assert.ok((await fitting).credential);
  });

  for (const gesture of [true, false]) {
    it(
      `takes a closed dialog for nobody, not for a Cancel, ${gesture ? "in" : "without"} a gesture`,
      { skip },
      async () => {
        await visit.signInAtIdp(idp);
        if (gesture) await visit.click(interactively());
        else void visit.ask(interactively());
        await visit.dismiss(await visit.dialog("AccountChooser"), true);
        assert.deepEqual(await visit.outcome(), NOBODY);
        assert.deepEqual(idp.assertions, []);
      },
    );
  }

  it("finds nobody while the browser leaves the consumer in peace", { skip }, async () => {
    await visit.signInAtIdp(idp);
    const asked = visit.ask(interactively());
    await visit.dismiss(await visit.dialog("AccountChooser"), true);
    assert.deepEqual(await asked, NOBODY);
    assert.deepEqual(await visit.ask(interactively()), NOBODY);
    assert.equal(visit.dialogs.length, 1);
  });

  for (const [error, expected] of [
    ["access_denied", 'access_denied: The identity provider answered "access_denied".'],
    ["server_error", 'authorization_failed: The identity provider answered "server_error".'],
    ["<script>", 'authorization_failed: The identity provider answered "unknown".'],
    ["interaction_required", undefined],
  ]) {
    it(
      `${expected ? "reports" : "goes on after"} the provider's error ${error}`,
      { skip },
      async () => {
        idp.answer = () => ({ status: 403, body: { error: { error, code: error } } });
        await visit.signInAtIdp(idp);
        await visit.click(interactively());
        await visit.select(await visit.dialog("AccountChooser"));
        await visit.acknowledge(await visit.dialog("Error"));
        assert.equal((await visit.outcome()).error, expected);
      },
    );
  }

  it("reports a page that the provider does not know", { skip }, async () => {
    await visit.signInAtIdp(idp);
    await visit.click(interactively({ ...implicit, clientId: "somebody-else" }));
    await visit.select(await visit.dialog("AccountChooser"));
    await visit.acknowledge(await visit.dialog("Error"));
    assert.match(
      (await visit.outcome()).error ?? "",
      /^authorization_failed: .*unauthorized_client/,
    );
  });

  const forgeries: Record<string, [(assertion: Assertion) => Promise<string>, RegExp]> = {
    "signed by somebody else": [
      (assertion) => idp.makeIdToken(assertion, {}, idp.strangersKey),
      /^id_token_invalid: .*signature/,
    ],
    "with the nonce of another request": [
      (assertion) => idp.makeIdToken(assertion, { nonce: "x".repeat(43) }),
      /^id_token_invalid: .*"nonce"/,
    ],
    "without a nonce": [
      (assertion) => idp.makeIdToken(assertion, { nonce: undefined }),
      /^id_token_invalid: .*"nonce"/,
    ],
    "of another issuer": [
      (assertion) => idp.makeIdToken(assertion, { iss: "https://evil.example" }),
      /^id_token_invalid: .*"iss"/,
    ],
    "for another client": [
      (assertion) => idp.makeIdToken(assertion, { aud: "somebody-else" }),
      /^id_token_invalid: .*"aud"/,
    ],
    "that has expired": [
      (assertion) => idp.makeIdToken(assertion, { exp: Math.floor(Date.now() / 1000) - 90 }),
      /^id_token_expired/,
    ],
    "that is none": [() => Promise.resolve("not-a-token"), /^id_token_invalid/],
  };
  for (const [what, [make, expected]] of Object.entries(forgeries)) {
    it(`refuses an ID token ${what}`, { skip }, async () => {
      idp.answer = async (assertion) => ({ body: { token: await make(assertion) } });
      const { error = "" } = (await choose(interactively())) as { error?: string };
      assert.match(error, expected);
    });
  }

  it("refuses a forged ID token silently too", { skip }, async () => {
    await signIn();
    idp.answer = async (assertion) => ({
      body: { token: await idp.makeIdToken(assertion, {}, idp.strangersKey) },
    });
    assert.match((await visit.ask(silently())).error ?? "", /^id_token_invalid: .*signature/);
  });

  describe("with the code flow to the window", () => {
    const codeVerifier = randomBytes(32).toString("base64url");
    const codeChallenge = createHash("sha256").update(codeVerifier).digest("base64url");

    for (const [kind, form] of [
      ["JSON text", JSON.stringify],
      ["JSON", (value: unknown) => value],
    ] as const) {
      it(
        `hands over a code that came as ${kind} and is bound to the window's challenge`,
        { skip },
        async () => {
          idp.answer = (assertion) => ({
            body: { token: form({ code: idp.makeCode(assertion) }) },
          });
          const { credential } = (await choose({ ...interactively(toWindow), codeChallenge })) as {
            credential: { kind: string; code: string; redirectUri: string };
          };
          assert.equal(credential.kind, "code");
          assert.equal(credential.redirectUri, toWindow.redirectUri);
          assert.equal(idp.redeem(credential.code, codeVerifier, credential.redirectUri), true);
        },
      );
    }

    it(
      "hands over the redirect URI that the provider names, and knows no challenge without one",
      { skip },
      async () => {
        const redirectUri = "https://brand.example/fedcm";
        idp.answer = () => ({ body: { token: { code: "the-code", redirect_uri: redirectUri } } });
        assert.deepEqual(await choose(interactively(toWindow)), {
          credential: { kind: "code", code: "the-code", redirectUri },
        });
        assert.equal("code_challenge" in latest().parameters, false);
      },
    );

    it("gets a code silently, bound to the challenge", { skip }, async () => {
      await signIn(toWindow);
      const { credential } = await visit.ask({ ...silently(toWindow), codeChallenge });
      assert.equal(credential?.kind, "code");
      assert.equal(idp.redeem(credential.code, codeVerifier, credential.redirectUri), true);
    });

    for (const [what, token] of [
      ["an ID token", "a.b.c"],
      ["an object without a code", { access_token: "secret" }],
      ["a code that is no text", { code: 5 }],
      ["a list", ["code"]],
    ] as const) {
      it(`refuses ${what}`, { skip }, async () => {
        idp.answer = () => ({ body: { token } });
        const { error = "" } = (await choose(interactively(toWindow))) as { error?: string };
        assert.match(error, /^response_invalid: .*has no code/);
        assert.doesNotMatch(error, /secret|a\.b\.c/);
      });
    }
  });

  it("takes an empty answer for nobody", { skip }, async () => {
    idp.answer = () => ({ body: { token: "" } });
    assert.deepEqual(await choose(interactively()), NOBODY);
  });

  it(
    "has nothing for a window with a challenge where ID tokens are handed over",
    { skip },
    async () => {
      assert.deepEqual(
        await visit.ask({ ...interactively(), codeChallenge: "c".repeat(43) }),
        NOBODY,
      );
      assert.deepEqual(idp.requests, []);
    },
  );

  it(
    "keeps its deadline while the provider doesn't answer, and closes the dialog",
    { skip },
    async () => {
      await signIn();
      idp.answer = () => new Promise(() => undefined);
      const { error = "" } = await visit.ask({ ...silently(), deadline: 700 });
      assert.match(error, /^answer_timeout/);
      assert.equal(latest().form.get("is_auto_selected"), "true");
      await visit.dialogClosed((await visit.dialog("AutoReauthn")).dialogId);
    },
  );

  it("gives up when it is aborted, and closes the dialog", { skip }, async () => {
    await visit.signInAtIdp(idp);
    await visit.click(interactively());
    const { dialogId } = await visit.dialog("AccountChooser");
    await visit.evaluate("fedcmPage.abort()");
    assert.match((await visit.outcome()).error ?? "", /^aborted/);
    await visit.dialogClosed(dialogId);
    // The next request is not in its way.
    await visit.click(interactively());
    await visit.select(await visit.dialog("AccountChooser"));
    assert.ok((await visit.outcome()).credential);
  });

  it("finds nobody while another script of the page asks the browser", { skip }, async () => {
    await visit.signInAtIdp(idp);
    const request = { providers: [{ configURL: idp.configUrl, clientId: idp.clientId }] };
    await visit.evaluate(
      `void navigator.credentials.get({ identity: ${JSON.stringify(request)} })`,
    );
    await visit.dialog("AccountChooser");
    assert.deepEqual(await visit.ask(interactively()), NOBODY);
  });

  it(
    "finds nobody where the page's Content-Security-Policy forbids the provider",
    { skip },
    async () => {
      await visit.signInAtIdp(idp);
      await visit.page.goto(`${site.origin}/strict`);
      await visit.click(interactively());
      assert.deepEqual(await visit.outcome(), NOBODY);
      assert.deepEqual(
        idp.requests.filter((line) => line.includes("/fedcm/")),
        [],
      );
    },
  );

  it("finds nobody in a browser that has no FedCM, and asks nobody", async () => {
    await visit.page.evaluateOnNewDocument("delete globalThis.IdentityCredential");
    await visit.signInAtIdp(idp);
    const before = [...idp.requests];
    assert.deepEqual(await visit.ask(silently()), NOBODY);
    await visit.click(interactively());
    assert.deepEqual(await visit.outcome(), NOBODY);
    assert.deepEqual(idp.requests, before);
  });
});
