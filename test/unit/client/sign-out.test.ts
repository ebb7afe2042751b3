import { expect } from "@esm-bundle/chai";

import { createLoaders } from "../../../src/client/loaders.js";
import type { Held } from "../../../src/client/held.js";
import type { SignOutOptions } from "../../../src/client/consumer-auth.js";
import type { Loaders } from "../../../src/client/parts.js";
import { signOut } from "../../../src/client/sign-out.js";
import type { ConsumerAuthConfig } from "../../../src/config/options.js";
import { createRefreshSource } from "../../../src/sources/refresh.js";
import { findRequest } from "../../../src/transports/pending.js";
import { until } from "../../browser/support/until.js";
import {
  answerRequests,
  never,
  type Answer,
  type AnsweredRequests,
} from "../../support/answered-requests.js";
import { openBrowserPage, toCredential, type BrowserPage } from "../../support/browser-page.js";
import { codeOf } from "../../support/caught.js";
import { trackDatabases, type TrackedDatabases } from "../../support/databases.js";
import { deny } from "../../support/override.js";

const issuer = "https://login.example";
const tokenEndpoint = `${issuer}/token`;
const revocationEndpoint = `${issuer}/revoke`;
const inPage = { flow: "code", exchange: "widget", tokenEndpoint } as const;
const grant = { refreshToken: "the-token", sub: "consumer-1" };
const somewhere = new URL("/test/browser/fixtures/window.html", location.href).href;

describe("what remains of a sign-out", () => {
  let page: BrowserPage;
  let loaders: Loaders;
  let server: AnsweredRequests;
  let answer: Answer;
  let databases: TrackedDatabases;

  beforeEach(() => {
    databases = trackDatabases();
    answer = () => new Response();
    server = answerRequests((request) => answer(request));
  });

  afterEach(async () => {
    server.stop();
    localStorage.clear();
    sessionStorage.clear();
    document.body.replaceChildren();
    await databases.stop();
  });

  async function open(changes: ConsumerAuthConfig = {}): Promise<void> {
    page = await openBrowserPage({ ...inPage, ...changes });
    loaders = createLoaders(page.parts);
  }

  const leave = (
    left: Held = {},
    options: SignOutOptions = {},
    sign: typeof signOut = signOut,
  ): Promise<void> => sign(page.parts, loaders, left, options);

  describe("with a refresh token", () => {
    it("is that it is revoked, as a public client does it", async () => {
      await open({ revocationEndpoint });
      await leave({ grant });
      expect(server.requests).to.have.lengthOf(1);
      const request = server.requests[0]!;
      expect([request.method, request.url]).to.deep.equal(["POST", revocationEndpoint]);
      expect(request.credentials).to.equal("omit");
      expect([...request.headers.keys()]).to.deep.equal(["content-type"]);
      expect(Object.fromEntries(new URLSearchParams(await request.text()))).to.deep.equal({
        token: "the-token",
        token_type_hint: "refresh_token",
        client_id: "brand",
      });
      expect(page.reports).to.deep.equal([]);
    });

    it("is that the one that was kept is revoked, and kept no more", async () => {
      await open({ revocationEndpoint, refreshTokenStorage: "encrypted" });
      const source = createRefreshSource(page.parts, page.keeper);
      await source.keep("the-kept-token", toCredential());
      await leave();
      const body = new URLSearchParams(await server.requests[0]?.text());
      expect(body.get("token")).to.equal("the-kept-token");
      page.keeper.held = {};
      page.keeper.marker.write("in");
      expect(await source.refresh(new AbortController().signal)).to.equal(undefined);
    });

    it("finds where to revoke it in the issuer's metadata", async () => {
      await open({ tokenEndpoint: undefined as never });
      answer = ({ url }) =>
        url.endsWith("openid-configuration")
          ? Response.json({
              issuer,
              token_endpoint: tokenEndpoint,
              revocation_endpoint: revocationEndpoint,
            })
          : new Response();
      await leave({ grant });
      expect(server.requests.map(({ url }) => url).at(-1)).to.equal(revocationEndpoint);
    });

    it("finds it there although the page names the token endpoint itself", async () => {
      await open();
      answer = ({ url }) =>
        url.endsWith("openid-configuration")
          ? Response.json({ issuer, revocation_endpoint: revocationEndpoint })
          : new Response();
      await leave({ grant });
      expect(server.requests.map(({ url }) => url).at(-1)).to.equal(revocationEndpoint);
    });

    it("is nothing where the provider can't revoke", async () => {
      await open({ tokenEndpoint: undefined as never });
      answer = () => Response.json({ issuer, token_endpoint: tokenEndpoint });
      await leave({ grant });
      expect(server.requests.map(({ method }) => method)).not.to.include("POST");
      expect(page.reports).to.deep.equal([]);
    });

    const troubles: readonly [string, Answer, string][] = [
      ["refuses", () => new Response("", { status: 400 }), "token_request_failed"],
      ["is busy", () => new Response("", { status: 503 }), "token_request_failed"],
      [
        "can't be reached",
        () => Promise.reject(new TypeError("Failed to fetch")),
        "request_failed",
      ],
      ["never answers", never, "request_timeout"],
    ];
    for (const [what, how, code] of troubles) {
      it(`is told, and harms nobody, where the provider ${what}`, async () => {
        await open({ revocationEndpoint, requestTimeout: code === "request_timeout" ? 20 : 4000 });
        answer = how;
        await leave({ grant });
        expect(page.reports).to.deep.equal([code]);
      });
    }
  });

  it("is nothing where the page had no refresh token", async () => {
    await open({ revocationEndpoint });
    await leave({ idTokenHint: "a.b.c" });
    await open({ flow: "code", exchange: "window", tokenEndpoint: undefined as never });
    await leave({ idTokenHint: "a.b.c" });
    expect(server.requests).to.have.lengthOf(0);
  });

  describe("everywhere", () => {
    /** Signs out in a frame, which goes away; gives where it went. */
    async function leaveInFrame(left: Held): Promise<URL> {
      const frame = document.createElement("iframe");
      frame.src = `${somewhere}?shop`;
      document.body.append(frame);
      await new Promise((resolve) => {
        frame.addEventListener("load", resolve, { once: true });
      });
      const inside = frame.contentWindow as Window & { signOut?: typeof signOut };
      const script = inside.document.createElement("script");
      script.type = "module";
      script.textContent = `
        import { signOut } from "/src/client/sign-out.ts";
        window.signOut = signOut;`;
      inside.document.head.append(script);
      const signOutThere = await until(() => inside.signOut);
      void leave(left, { everywhere: true }, signOutThere);
      return until(() => {
        const url = new URL(inside.location.href);
        return url.searchParams.has("state") ? url : undefined;
      });
    }

    const endSessionEndpoint = `${somewhere}?tenant=a`;

    it("goes to the provider, says who and where to come back to, and keeps the request", async () => {
      await open({ endSessionEndpoint, postLogoutRedirectUri: "/goodbye.html" });
      const url = await leaveInFrame({ idTokenHint: "a.b.c" });
      const state = String(url.searchParams.get("state"));
      expect(Object.fromEntries(url.searchParams)).to.deep.equal({
        tenant: "a",
        client_id: "brand",
        id_token_hint: "a.b.c",
        post_logout_redirect_uri: `${location.origin}/goodbye.html`,
        state,
      });
      expect(state).to.have.lengthOf(43);
      const kept = findRequest(state);
      expect(kept).to.include({
        purpose: "signOut",
        client: page.keeper.name,
        returnTo: `${somewhere}?shop`,
      });
    });

    it("comes back by the return page, and says nothing of who is unknown", async () => {
      await open({ endSessionEndpoint });
      const url = await leaveInFrame({});
      expect(url.searchParams.get("post_logout_redirect_uri")).to.equal(
        page.parts.config.redirectUri,
      );
      expect(url.searchParams.has("id_token_hint")).to.equal(false);
    });

    it("is refused where the provider has nothing for it", async () => {
      await open();
      answer = () => Response.json({ issuer, token_endpoint: tokenEndpoint });
      expect(await codeOf(leave({}, { everywhere: true }))).to.equal("discovery_failed");
    });

    it("is refused where nobody could come back", async () => {
      await open({ endSessionEndpoint });
      const undo = deny(window, "sessionStorage");
      const outcome = await codeOf(leave({}, { everywhere: true }));
      undo();
      expect(outcome).to.equal("storage_unavailable");
    });
  });
});
