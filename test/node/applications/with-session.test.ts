import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it, mock } from "node:test";

import {
  createApplicationHandlers,
  type PlatformError,
  type ApplicationHandlers,
  type ApplicationHandlersOptions,
  type ApplicationTokens,
} from "../../../src/platform.js";
import { createBrowser, type Browser } from "./support/browser.js";
import { useFakeService } from "./support/fake-service.js";

const ORIGIN = "https://app.example.com";
const SESSION = "__Host-application";

describe("a page with a session", () => {
  const service = useFakeService();
  const secret = randomBytes(32).toString("base64");

  const handlersOf = (options: Partial<ApplicationHandlersOptions> = {}): ApplicationHandlers =>
    createApplicationHandlers({
      application: service.application(),
      cookieSecrets: [secret],
      ...options,
    });

  async function logIn(handlers: ApplicationHandlers): Promise<Browser> {
    service.script = {};
    const browser = createBrowser(ORIGIN);
    const login = await browser.get(handlers.login, "/login");
    const state = new URL(login.headers.get("location")!).searchParams.get("state")!;
    await browser.get(handlers.callback, `/callback?code=c&state=${state}`);
    assert.ok(browser.cookies.has(SESSION));
    return browser;
  }

  /** Lets the clock jump; requests go on. */
  async function later(milliseconds: number, work: () => Promise<void>): Promise<void> {
    mock.timers.enable({ apis: ["Date"], now: Date.now() + milliseconds });
    try {
      await work();
    } finally {
      mock.timers.reset();
    }
  }

  const refreshed = (): void => {
    let round = 0;
    service.script = {
      token: async () => {
        round += 1;
        return {
          body: await service.tokens({
            access_token: `access-${round}`,
            refresh_token: `refresh-${round}`,
            id_token: undefined,
          }),
        };
      },
    };
  };

  const shown = (handlers: ApplicationHandlers) =>
    handlers.withSession(
      (_request, session) =>
        new Response(session?.accessToken ?? "nobody", {
          headers: { "cache-control": "public, max-age=600", "set-cookie": "own=1" },
        }),
    );

  it("gets it as it is, and sets no cookie, as long as nothing is due", async () => {
    const handlers = handlersOf();
    const browser = await logIn(handlers);
    const before = service.forms.length;
    const response = await browser.get(shown(handlers), "/");
    assert.equal(await response.text(), "the-access-token");
    assert.deepEqual(response.headers.getSetCookie(), ["own=1"]);
    assert.equal(response.headers.get("cache-control"), "public, max-age=600");
    assert.equal(service.forms.length, before);
  });

  it("gets nobody where nobody is there", async () => {
    const response = await createBrowser(ORIGIN).get(shown(handlersOf()), "/");
    assert.equal(await response.text(), "nobody");
  });

  it("gets it refreshed after 30 minutes, and the answer carries the new cookie", async () => {
    const handlers = handlersOf();
    const browser = await logIn(handlers);
    await later(1_800_000, async () => {
      refreshed();
      const response = await browser.get(shown(handlers), "/");
      assert.equal(await response.text(), "access-1");
      assert.equal(response.headers.getSetCookie().length, 2);
      assert.equal(response.headers.get("cache-control"), "no-store");
      const again = await browser.get(shown(handlers), "/");
      assert.equal(await again.text(), "access-1");
      assert.deepEqual(again.headers.getSetCookie(), ["own=1"]);
    });
  });

  it("gets it refreshed by one request, however many pages a browser asks for at once", async () => {
    const handlers = handlersOf();
    const browser = await logIn(handlers);
    await later(1_800_000, async () => {
      refreshed();
      const before = service.forms.length;
      const cookies = new Map(browser.cookies);
      const pages = await Promise.all(
        Array.from({ length: 12 }, async () => {
          const page = await createBrowser(ORIGIN, new Map(cookies)).get(shown(handlers), "/");
          return page.text();
        }),
      );
      assert.deepEqual(new Set(pages), new Set(["access-1"]));
      assert.equal(service.forms.length, before + 1);
    });
  });

  it("answers though the answer can't be changed any more", async () => {
    const handlers = handlersOf();
    const browser = await logIn(handlers);
    await later(1_800_000, async () => {
      refreshed();
      const handler = handlers.withSession(() => Response.redirect(`${ORIGIN}/elsewhere`, 302));
      const response = await browser.get(handler, "/");
      assert.equal(response.status, 302);
      assert.equal(response.headers.getSetCookie().length, 1);
    });
  });

  it("gets nobody where the service ends the session, and the cookie goes", async () => {
    const handlers = handlersOf();
    const browser = await logIn(handlers);
    await later(1_800_000, async () => {
      service.script = { token: () => ({ status: 400, body: { error: "invalid_grant" } }) };
      const response = await browser.get(shown(handlers), "/");
      assert.equal(await response.text(), "nobody");
      assert.ok(!browser.cookies.has(SESSION));
    });
  });

  it("gets the old one through an outage, and the service is left alone for a while", async () => {
    const handlers = handlersOf();
    const browser = await logIn(handlers);
    await later(1_800_000, async () => {
      service.script = { token: () => ({ status: 503, body: "" }) };
      const before = service.forms.length;
      for (let page = 0; page < 5; page++) {
        const response = await browser.get(shown(handlers), "/");
        assert.equal(await response.text(), "the-access-token");
      }
      assert.equal(service.forms.length, before + 1);
      mock.timers.tick(30_000);
      refreshed();
      assert.equal(await (await browser.get(shown(handlers), "/")).text(), "access-1");
    });
  });

  it("fails in an outage once the access token has ended", async () => {
    const errors: PlatformError[] = [];
    const handlers = handlersOf({
      sessionLifetime: 86_400_000,
      onError: (error) => void errors.push(error),
    });
    const browser = await logIn(handlers);
    await later(28_800_001, async () => {
      service.script = { token: () => ({ status: 503, body: "" }) };
      const response = await browser.get(shown(handlers), "/");
      assert.equal(response.status, 502);
      assert.equal(errors[0]?.code, "service_failed");
      assert.ok(browser.cookies.has(SESSION));
      refreshed();
      assert.equal(await (await browser.get(shown(handlers), "/")).text(), "access-1");
    });
  });

  it("gets nobody once the access token has ended, and can't be renewed", async () => {
    const handlers = handlersOf({ sessionLifetime: 86_400_000 });
    service.script = {
      token: async () => ({ body: await service.tokens({ refresh_token: undefined }) }),
    };
    const browser = createBrowser(ORIGIN);
    const login = await browser.get(handlers.login, "/login");
    const state = new URL(login.headers.get("location")!).searchParams.get("state")!;
    await browser.get(handlers.callback, `/callback?code=c&state=${state}`);
    assert.equal(await (await browser.get(shown(handlers), "/")).text(), "the-access-token");
    await later(28_800_001, async () => {
      assert.equal(await (await browser.get(shown(handlers), "/")).text(), "nobody");
      assert.ok(!browser.cookies.has(SESSION));
    });
  });

  it("doesn't wait for a slow refresh that it can do without; the next one finds it", async () => {
    const handlers = handlersOf({ application: service.application() });
    const browser = await logIn(handlers);
    await later(1_800_000, async () => {
      let letGo = (): void => undefined;
      const held = new Promise<void>((resolve) => (letGo = resolve));
      service.script = {
        token: async () => {
          await held;
          return { body: await service.tokens({ access_token: "late", id_token: undefined }) };
        },
      };
      const response = await browser.get(shown(handlers), "/");
      assert.equal(await response.text(), "the-access-token");
      letGo();
      mock.timers.tick(30_000);
      assert.equal(await (await browser.get(shown(handlers), "/")).text(), "late");
    });
  });

  it("keeps the new cookie where the page itself fails", async () => {
    const errors: PlatformError[] = [];
    const mistake = new Error("a mistake of the page");
    const handlers = handlersOf({ onError: (error) => void errors.push(error) });
    const browser = await logIn(handlers);
    const failing = handlers.withSession(() => {
      throw mistake;
    });
    await assert.rejects(browser.get(failing, "/"), mistake);
    await later(1_800_000, async () => {
      refreshed();
      const response = await browser.get(failing, "/");
      assert.equal(response.status, 502);
      assert.equal(errors[0]?.cause, mistake);
      assert.equal(await (await browser.get(shown(handlers), "/")).text(), "access-1");
    });
  });

  describe("refreshed by hand", () => {
    it("has new tokens", async () => {
      const handlers = handlersOf();
      const browser = await logIn(handlers);
      refreshed();
      assert.equal((await browser.post(handlers.refresh, "/refresh")).status, 204);
      const response = await browser.post(handlers.refresh, "/refresh?return_to=/home");
      assert.equal(response.status, 303);
      assert.equal(response.headers.get("location"), `${ORIGIN}/home`);
      let session: ApplicationTokens | undefined;
      await browser.get(async (request) => {
        session = await handlers.readSession(request);
        return new Response();
      }, "/");
      assert.equal(session?.accessToken, "access-2");
    });

    it("needs somebody who is signed in", async () => {
      const handlers = handlersOf();
      const nobody = await createBrowser(ORIGIN).post(handlers.refresh, "/refresh");
      assert.equal(nobody.status, 401);
      const browser = await logIn(handlers);
      service.script = { token: () => ({ status: 400, body: { error: "invalid_grant" } }) };
      assert.equal((await browser.post(handlers.refresh, "/refresh")).status, 401);
      assert.ok(!browser.cookies.has(SESSION));
      const other = await logIn(handlers);
      service.script = { token: () => ({ status: 400, body: { error: "invalid_grant" } }) };
      const response = await other.post(handlers.refresh, "/refresh?return_to=/home");
      assert.equal(response.headers.get("location"), `${ORIGIN}/home`);
      assert.ok(!other.cookies.has(SESSION));
    });

    it("stays as it is where the service fails", async () => {
      const handlers = handlersOf();
      const browser = await logIn(handlers);
      service.script = { token: () => ({ status: 503, body: "" }) };
      assert.equal((await browser.post(handlers.refresh, "/refresh")).status, 502);
      assert.ok(browser.cookies.has(SESSION));
    });
  });
});
