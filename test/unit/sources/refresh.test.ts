import { expect } from "@esm-bundle/chai";

import type { ConsumerAuthConfig } from "../../../src/config/options.js";
import type { IdTokenCredential } from "../../../src/sources/credential.js";
import {
  createRefreshSource,
  takeRefreshToken,
  type RefreshSource,
} from "../../../src/sources/refresh.js";
import { createIndexedDbStore } from "../../../src/store/indexed-db.js";
import { createMarker, type Marker } from "../../../src/store/marker.js";
import { createVault } from "../../../src/store/vault.js";
import { answerRequests, type AnsweredRequests } from "../../support/answered-requests.js";
import { caught, codeOf } from "../../support/caught.js";
import { trackDatabases, type TrackedDatabases } from "../../support/databases.js";
import { issuedAt } from "../../support/id-tokens.js";
import { override } from "../../support/override.js";
import { openSourcePage, type SourcePage } from "../../support/source-page.js";

const tokenEndpoint = "https://login.example/token";
const name = "1,https://login.example,brand,code,widget";

/** One page of this browser, and what it holds. */
interface Page {
  readonly source: RefreshSource;
  readonly marker: Marker;
  readonly reports: readonly string[];
  held: { readonly grant?: { readonly refreshToken: string; readonly sub: string } | undefined };
  refresh(signal?: AbortSignal): Promise<IdTokenCredential | undefined>;
}

describe("a refresh token", () => {
  let databases: TrackedDatabases;
  let server: AnsweredRequests | undefined;
  let provider: SourcePage;
  /** The refresh tokens that the provider was sent, in order. */
  let sent: string[];
  /** Answers in the provider's place, where set. */
  let answer: ((body: URLSearchParams) => Response | Promise<Response>) | undefined;
  let rotates: boolean;
  let claims: Record<string, unknown>;

  beforeEach(async () => {
    databases = trackDatabases();
    provider = await openSourcePage({ flow: "code", exchange: "widget", tokenEndpoint });
    sent = [];
    answer = undefined;
    rotates = true;
    claims = {};
    server = answerRequests(async (request) => {
      if (request.url !== tokenEndpoint) throw new TypeError("Failed to fetch");
      const body = new URLSearchParams(await request.clone().text());
      sent.push(String(body.get("refresh_token")));
      return answer ? answer(body) : grant();
    });
  });

  afterEach(async () => {
    server?.stop();
    localStorage.clear();
    await databases.stop();
  });

  /** What the provider answers. */
  const grant = async (): Promise<Response> =>
    Response.json({
      id_token: await provider.mint(claims),
      ...(rotates && { refresh_token: `token-${sent.length + 1}` }),
    });

  async function openPage(changes: ConsumerAuthConfig = {}, whose = name): Promise<Page> {
    const { config, clock } = await openSourcePage({
      flow: "code",
      exchange: "widget",
      tokenEndpoint,
      ...changes,
    });
    const reports: string[] = [];
    const marker = createMarker(whose);
    const holder = {
      name: whose,
      marker,
      held: {} as Page["held"],
      get mark() {
        return marker.read();
      },
    };
    const report = ({ code }: { code: string }): void => {
      reports.push(code);
    };
    const source = createRefreshSource({ config, clock, report }, holder);
    return {
      source,
      marker,
      reports,
      get held() {
        return holder.held;
      },
      set held(held) {
        holder.held = held;
      },
      refresh: (signal = new AbortController().signal) => source.refresh(signal),
    };
  }

  const signedIn = async (): Promise<IdTokenCredential> => ({
    kind: "id_token",
    token: await provider.mint(),
    claims: {
      iss: "https://login.example",
      sub: "consumer-1",
      iat: issuedAt,
      exp: issuedAt + 600,
    },
  });

  /** A page on which somebody has signed in. */
  async function signIn(changes: ConsumerAuthConfig = {}): Promise<Page> {
    const page = await openPage(changes);
    page.marker.write("in");
    await page.source.keep("token-1", await signedIn());
    return page;
  }

  const encrypted = { refreshTokenStorage: "encrypted" } as const;

  /** What lies in the browser. */
  const kept = (): Promise<unknown> =>
    createVault(
      createIndexedDbStore(() => undefined),
      name,
    ).read();

  it("is not there at first, and nothing is sent", async () => {
    expect(await (await openPage()).refresh()).to.equal(undefined);
    expect(await (await openPage(encrypted)).refresh()).to.equal(undefined);
    expect(sent).to.deep.equal([]);
  });

  it("gives a fresh ID token, which is verified", async () => {
    const page = await signIn();
    claims = { jti: "fresh", exp: issuedAt + 1200 };
    const credential = await page.refresh();
    expect(credential?.kind).to.equal("id_token");
    expect(credential?.claims).to.include({ sub: "consumer-1", jti: "fresh" });
  });

  it("is sent by a public client, without cookies or a preflight", async () => {
    const page = await signIn();
    const forms: Record<string, string>[] = [];
    answer = (body) => {
      forms.push(Object.fromEntries(body));
      return grant();
    };
    await page.refresh();
    expect(forms).to.deep.equal([
      { grant_type: "refresh_token", refresh_token: "token-1", client_id: "brand" },
    ]);
    const request = server?.requests[0];
    expect(request?.credentials).to.equal("omit");
    expect([...(request?.headers.keys() ?? [])]).to.deep.equal(["content-type"]);
  });

  it("gives way to the next one where the provider rotates it", async () => {
    const page = await signIn();
    await page.refresh();
    await page.refresh();
    await page.refresh();
    expect(sent).to.deep.equal(["token-1", "token-2", "token-3"]);
    expect(page.held.grant).to.deep.equal({ refreshToken: "token-4", sub: "consumer-1" });
  });

  it("is used again where the provider gives no other", async () => {
    rotates = false;
    const page = await signIn();
    await page.refresh();
    await page.refresh();
    expect(sent).to.deep.equal(["token-1", "token-1"]);
  });

  it("is not kept where nobody can tell whose it is", async () => {
    const page = await openPage(encrypted);
    await page.source.keep("token-1", { kind: "id_token", token: "a.b.c.d.e" });
    expect(await page.refresh()).to.equal(undefined);
    expect(await (await openPage(encrypted)).refresh()).to.equal(undefined);
  });

  it("lies nowhere but in the page's memory, unless that is asked for", async () => {
    await signIn();
    expect(await (await openPage()).refresh()).to.equal(undefined);
    expect(await (await openPage(encrypted)).refresh()).to.equal(undefined);
    expect(sent).to.deep.equal([]);
  });

  describe("of several tabs", () => {
    /** Another tab, to which the first has told what it holds. */
    async function openTab(first: Page): Promise<Page> {
      const tab = await openPage();
      tab.held = first.held;
      return tab;
    }

    it("is sent by one of them, never again by another", async () => {
      const first = await signIn();
      const second = await openTab(first);
      await first.refresh();
      expect(await second.refresh()).to.equal(undefined);
      expect(second.held.grant).to.equal(undefined);
      expect(sent).to.deep.equal(["token-1"]);
      second.held = first.held;
      expect(await second.refresh()).to.have.property("kind", "id_token");
      expect(sent).to.deep.equal(["token-1", "token-2"]);
    });

    it("is not sent while another tab has sent it and was killed before the answer", async () => {
      const killed = await signIn();
      const other = await openTab(killed);
      answer = () => new Promise(() => undefined);
      void killed.refresh();
      while (sent.length === 0) await new Promise((resolve) => setTimeout(resolve));
      expect(await other.refresh()).to.equal(undefined);
      expect(other.held.grant).to.equal(undefined);
      expect(sent).to.deep.equal(["token-1"]);
    });

    it("is good again after the next sign-in", async () => {
      const killed = await signIn();
      const other = await openTab(killed);
      answer = () => new Promise(() => undefined);
      void killed.refresh();
      while (sent.length === 0) await new Promise((resolve) => setTimeout(resolve));
      await other.refresh();
      answer = undefined;
      await other.source.keep("token-of-the-next", await signedIn());
      expect(await other.refresh()).to.have.property("kind", "id_token");
      expect(sent.at(-1)).to.equal("token-of-the-next");
    });

    it("of another client is another one", async () => {
      const first = await signIn();
      const other = await openPage({}, "another");
      await other.source.keep("token-of-another", await signedIn());
      await first.refresh();
      await other.refresh();
      expect(sent).to.deep.equal(["token-1", "token-of-another"]);
    });
  });

  describe("that won't do any more", () => {
    for (const changes of [{}, encrypted]) {
      it(`is dropped, and nobody is signed in: ${JSON.stringify(changes)}`, async () => {
        const page = await signIn(changes);
        answer = () => Response.json({ error: "invalid_grant" }, { status: 400 });
        const { code, message } = await caught(page.refresh());
        expect(code).to.equal("login_required");
        expect(message).not.to.include("token-1");
        expect(page.held.grant).to.equal(undefined);
        expect(await kept()).to.equal(undefined);
        expect(await page.refresh()).to.equal(undefined);
        expect(await (await openPage(changes)).refresh()).to.equal(undefined);
        expect(sent).to.deep.equal(["token-1"]);
      });
    }

    for (const [what, change] of [
      ["is another consumer's", { sub: "consumer-2" }],
      ["is another issuer's", { iss: "https://evil.example" }],
      ["is for another client", { aud: "another" }],
    ] as const) {
      it(`is dropped where the ID token ${what}`, async () => {
        const page = await signIn(encrypted);
        claims = change;
        expect(await codeOf(page.refresh())).to.equal("id_token_invalid");
        expect(page.held.grant).to.equal(undefined);
        expect(await kept()).to.equal(undefined);
        expect(await page.refresh()).to.equal(undefined);
        expect(await (await openPage(encrypted)).refresh()).to.equal(undefined);
        expect(sent).to.have.lengthOf(1);
      });
    }
  });

  describe("that could not be used", () => {
    const failures: readonly [string, string, () => Response | Promise<Response>][] = [
      [
        "the network is down",
        "request_failed",
        () => Promise.reject(new TypeError("Failed to fetch")),
      ],
      ["the provider is busy", "token_request_failed", () => new Response("", { status: 503 })],
      [
        "the provider refuses for another reason",
        "token_request_failed",
        () => Response.json({ error: "invalid_client" }, { status: 401 }),
      ],
    ];
    for (const [what, code, failure] of failures) {
      it(`is still there where ${what}`, async () => {
        const page = await signIn();
        answer = failure;
        expect(await codeOf(page.refresh())).to.equal(code);
        answer = undefined;
        expect(await page.refresh()).to.have.property("kind", "id_token");
        expect(sent).to.deep.equal(["token-1", "token-1"]);
      });
    }

    it("is still there where the metadata can't be had, and wasn't sent", async () => {
      const page = await signIn({ tokenEndpoint: undefined as never });
      expect(await codeOf(page.refresh())).to.equal("request_failed");
      expect(sent).to.deep.equal([]);
      expect(page.held.grant?.refreshToken).to.equal("token-1");
    });
  });

  describe("that the provider has rotated", () => {
    /** The provider accepts each once; a second time ends the session. */
    beforeEach(() => {
      answer = () =>
        new Set(sent).size === sent.length
          ? grant()
          : Response.json({ error: "invalid_grant" }, { status: 400 });
    });

    it("is not lost where the ID token beside it can't be verified just now", async () => {
      const jwksEndpoint = "https://login.example/jwks";
      const page = await signIn({ jwtPublicKey: undefined as never, jwksEndpoint });
      expect(await codeOf(page.refresh())).to.equal("keys_unavailable");
      expect(await codeOf(page.refresh())).to.equal("keys_unavailable");
      expect(sent).to.deep.equal(["token-1", "token-2"]);
    });

    it("is not lost where the ID token beside it has expired: clocks", async () => {
      const page = await signIn();
      claims = { exp: issuedAt - 600 };
      expect(await codeOf(page.refresh())).to.equal("id_token_expired");
      claims = {};
      expect(await page.refresh()).to.have.property("kind", "id_token");
      expect(sent).to.deep.equal(["token-1", "token-2"]);
    });

    it("is not lost where nobody waits for the answer any more", async () => {
      const page = await signIn(encrypted);
      const controller = new AbortController();
      const rotate = answer!;
      answer = (body) => {
        controller.abort();
        return rotate(body);
      };
      await page.refresh(controller.signal).catch(() => undefined);
      answer = rotate;
      expect(await page.refresh()).to.have.property("kind", "id_token");
      expect(sent).to.deep.equal(["token-1", "token-2"]);
      await (await openPage(encrypted)).refresh();
      expect(sent).to.deep.equal(["token-1", "token-2", "token-3"]);
    });
  });

  describe("that is kept, encrypted", () => {
    it("outlives the page", async () => {
      await signIn(encrypted);
      const next = await openPage(encrypted);
      expect(await next.refresh()).to.have.nested.property("claims.sub", "consumer-1");
      const afterNext = await openPage(encrypted);
      await afterNext.refresh();
      expect(sent).to.deep.equal(["token-1", "token-2"]);
    });

    it("is not read once the consumer has signed out", async () => {
      await signIn(encrypted);
      const next = await openPage(encrypted);
      next.marker.write("out");
      expect(await next.refresh()).to.equal(undefined);
      expect(sent).to.deep.equal([]);
    });

    it("is not sent by a page that took it out before another page used it", async () => {
      const first = await signIn(encrypted);
      const restored = await openPage(encrypted);
      restored.held = first.held;
      await (await openPage(encrypted)).refresh();
      expect(await restored.refresh()).to.equal(undefined);
      expect(sent).to.deep.equal(["token-1"]);
      expect(await restored.refresh()).to.have.property("kind", "id_token");
      expect(sent).to.deep.equal(["token-1", "token-2"]);
    });

    it("lasts as long as the page where the browser has no database, which is told", async () => {
      const undo = override(window, "indexedDB", undefined);
      const page = await signIn(encrypted);
      const credential = await page.refresh();
      const again = await page.refresh();
      undo();
      expect([credential?.kind, again?.kind]).to.deep.equal(["id_token", "id_token"]);
      expect(page.reports).to.deep.equal(["storage_unavailable"]);
      expect(await (await openPage(encrypted)).refresh()).to.equal(undefined);
    });
  });

  describe("at a sign-out", () => {
    it("is taken from the page, or from where it was kept, and nothing is left", async () => {
      for (const changes of [{}, encrypted]) {
        const page = await signIn(changes);
        expect(await takeRefreshToken(name, page.held.grant?.refreshToken)).to.equal("token-1");
        expect(await takeRefreshToken(name, undefined)).to.equal(undefined);
        expect(await kept()).to.equal(undefined);
        expect(await (await openPage(changes)).refresh()).to.equal(undefined);
      }
      await signIn(encrypted);
      expect(await takeRefreshToken(name, undefined)).to.equal("token-1");
      expect(await takeRefreshToken(name, undefined)).to.equal(undefined);
    });

    it("of another client stays", async () => {
      await signIn(encrypted);
      expect(await takeRefreshToken("another", undefined)).to.equal(undefined);
      expect(await (await openPage(encrypted)).refresh()).to.have.property("kind", "id_token");
    });
  });
});
