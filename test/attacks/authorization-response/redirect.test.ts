import { expect } from "@esm-bundle/chai";

import { pendingPrefix } from "../../../src/transports/away.js";
import { hastyReturnPage, shownBy, toReturnPage } from "../support/arrivals.js";
import { times, until } from "../support/attack.js";
import {
  clientId,
  createHostileProvider,
  type HostileProvider,
  type Misconduct,
} from "../support/provider.js";
import { openRoom, redirect, type Room, type ServerRequest } from "../support/room.js";
import { readPlaces } from "../support/traces.js";
import { openTab, tabPage, type Tab } from "../support/tab.js";

type Pending = Record<string, unknown> & { request: Record<string, unknown> };

/** Changes what this tab keeps while the consumer is away. */
function tamper(change: (kept: Pending) => unknown): void {
  for (const key of Object.keys(sessionStorage)) {
    if (!key.startsWith(pendingPrefix)) continue;
    const kept = JSON.parse(sessionStorage.getItem(key)!) as Pending;
    change(kept);
    sessionStorage.setItem(key, JSON.stringify(kept));
  }
}

describe("attack: a sign-in by redirect", () => {
  let room: Room;
  let returnPage: string;
  let provider: HostileProvider;
  let misconduct: Misconduct;
  let tab: Tab | undefined;

  beforeEach(async () => {
    misconduct = {};
    room = await openRoom(
      async (request) => tabPage(request) ?? hastyReturnPage(request) ?? provider.answer(request),
    );
    returnPage = `${room.site}/return`;
    provider = await createHostileProvider(room.provider, {
      authorization: (parameters, request) =>
        misconduct.authorization?.(parameters, request) ?? parameters,
    });
  });

  afterEach(async () => {
    const places = await readPlaces();
    // A page that has gone away settles nothing any more.
    if (tab?.window.location.href === `${room.site}/tab`) await tab.auth.signOut();
    tab?.close();
    tab = undefined;
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(pendingPrefix)) sessionStorage.removeItem(key);
    }
    await room.close();
    for (const [place, content] of Object.entries(places)) {
      // While the consumer is away the verifier and the nonce are kept: never a code or a token.
      for (const secret of provider.secrets)
        expect(content.includes(secret), place).to.equal(false);
    }
  });

  const open = async (flow: "exchange in the page" | "implicit flow"): Promise<Tab> =>
    (tab = await openTab(room, {
      engagement: "authenticated",
      silent: false,
      transport: "redirect",
      issuer: room.provider,
      clientId,
      redirectUri: returnPage,
      newPage: false,
      ...(flow === "implicit flow" ? { flow: "implicit" } : { exchange: "widget" }),
      ...times,
    }));

  const tokenRequests = (): readonly ServerRequest[] =>
    room.requests.filter(({ path }) => path === "/token");

  /** The consumer comes back to the brand's page, which the window asks again. */
  async function comeBack(shown: Tab): Promise<readonly unknown[]> {
    await shown.loaded(2);
    const before = shown.answers.length;
    shown.call(false);
    await until(() => {
      if (shown.answers.length > before) return true;
      // Nobody was signed in: they are asked anew, and don't want to.
      const view = shown.prompt()?.view;
      if (view?.step === "ask") view.cancel();
      return false;
    }, "an answer for the window");
    return shown.answers[before]!;
  }

  it("comes back where it began, and leaves nothing in the address", async () => {
    const shown = await open("exchange in the page");
    shown.call(true);
    const answer = await comeBack(shown);
    expect(answer).to.have.length(1);
    expect(shown.window.location.href).to.equal(`${room.site}/tab`);
    expect(shown.auth.session.state).to.equal("authenticated");
    expect(tokenRequests()).to.have.length(1);
  });

  const unheard: Readonly<Record<string, (parameters: Record<string, string>) => unknown>> = {
    "a response with another state": (parameters) => (parameters["state"] = "A".repeat(43)),
    "a request that has expired": () =>
      tamper((kept) => (kept["at"] = Date.now() - 30 * 60_000 - 1)),
    "a request of the future": () => tamper((kept) => (kept["at"] = Date.now() + 60_000)),
    "a request of another state under this one's name": () =>
      tamper(({ request }) => (request["state"] = "A".repeat(43))),
    "a request that would return to a stranger": () =>
      tamper((kept) => (kept["returnTo"] = `${room.stranger}/`)),
    "a request that would run a script": () =>
      tamper((kept) => (kept["returnTo"] = "javascript:parent.hacked=1")),
    "a request that has its answer already": () =>
      tamper((kept) => (kept["response"] = { mode: "query", parameters: "code=injected" })),
    "what is no request any more": () => {
      for (const key of Object.keys(sessionStorage)) {
        if (key.startsWith(pendingPrefix)) sessionStorage.setItem(key, "{");
      }
    },
    "no request at all": () => {
      sessionStorage.clear();
    },
  };
  for (const [what, change] of Object.entries(unheard)) {
    it(`${what}: the consumer stays on the return page, and nobody is signed in`, async () => {
      misconduct = {
        authorization(parameters) {
          change(parameters);
          return parameters;
        },
      };
      const shown = await open("exchange in the page");
      shown.call(true);
      await until(() => shownBy(shown.window) === "unheard", "the end of the return page's work");
      expect(shown.window.location.href).to.equal(returnPage);
      expect("hacked" in window).to.equal(false);
      expect(tokenRequests()).to.deep.equal([]);
      expect(shown.answers).to.deep.equal([]);
    });
  }

  const refused: readonly (readonly [
    what: string,
    flow: "exchange in the page" | "implicit flow",
    change: (parameters: Record<string, string>) => unknown,
    code: string,
  ])[] = [
    [
      "a response of another issuer",
      "exchange in the page",
      (parameters) => (parameters["iss"] = "https://other.example"),
      "response_invalid",
    ],
    [
      "a result and an error",
      "implicit flow",
      (parameters) => (parameters["error"] = "access_denied"),
      "response_invalid",
    ],
    [
      "the attacker's code",
      "exchange in the page",
      (parameters) => (parameters["code"] = "a-code-of-another-session"),
      "grant_expired",
    ],
    [
      "a verifier that was put in the place of ours",
      "exchange in the page",
      () => tamper(({ request }) => (request["codeVerifier"] = "v".repeat(43))),
      "grant_expired",
    ],
    [
      "a nonce that was put in the place of ours",
      "implicit flow",
      () => tamper(({ request }) => (request["nonce"] = "n".repeat(43))),
      "id_token_invalid",
    ],
  ];
  for (const [what, flow, change, code] of refused) {
    it(`${what} is refused when the consumer is back (${flow})`, async () => {
      misconduct = {
        authorization(parameters) {
          change(parameters);
          return parameters;
        },
      };
      const shown = await open(flow);
      const outcomes: unknown[] = [];
      shown.call(true);
      await shown.loaded(2);
      shown.auth.addEventListener("error", ({ detail }) => {
        outcomes.push(detail.attempts.find(({ rung }) => rung === "returned")?.outcome);
      });
      const [nothing, reason] = await comeBack(shown);
      expect(nothing).to.equal("");
      expect(String(reason)).to.include("cancelled: ");
      expect(outcomes).to.have.length(1);
      // Empty, where the page has looked by itself before the window asked.
      expect([code, "empty"]).to.include(outcomes[0]);
      expect(tokenRequests()).to.have.length(code === "grant_expired" ? 1 : 0);
      expect(shown.auth.session.state).to.equal("failed");
    });
  }

  it("a response that is found again, by going back or a bookmark, is not taken twice", async () => {
    let right = "";
    misconduct = {
      authorization(parameters, request) {
        right = toReturnPage(request, { search: new URLSearchParams(parameters).toString() });
        return redirect(right);
      },
    };
    const shown = await open("exchange in the page");
    shown.call(true);
    expect(await comeBack(shown)).to.have.length(1);
    shown.window.location.href = right;
    await until(() => shownBy(shown.window) === "unheard", "the end of the return page's work");
    expect(shown.window.location.href).to.equal(returnPage);
    expect(tokenRequests()).to.have.length(1);
    expect(shown.loads).to.equal(2);
  });

  it("the attacker's link to the return page, with a response of their own, signs nobody in (login CSRF)", async () => {
    const answer = await provider.answer({
      server: "provider",
      method: "GET",
      path: "/authorize",
      headers: {},
      body: "",
      query: new URLSearchParams({
        response_type: "code",
        client_id: clientId,
        redirect_uri: returnPage,
        state: "the-attackers-state",
        nonce: "the-attackers-nonce",
        code_challenge: "the-attackers-challenge",
      }),
    });
    const shown = await open("exchange in the page");
    shown.window.location.href = String(answer.headers?.["location"]);
    await until(() => shownBy(shown.window) === "unheard", "the end of the return page's work");
    expect(shown.window.location.href).to.equal(returnPage);
    expect(tokenRequests()).to.deep.equal([]);
    shown.window.location.href = `${room.site}/tab`;
    const [nothing, reason] = await comeBack(shown);
    expect(nothing).to.equal("");
    expect(String(reason)).to.match(/^cancelled: /);
  });
});
