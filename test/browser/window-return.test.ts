import { expect } from "@esm-bundle/chai";

import type { WindowReturnOptions, WindowReturnOutcome } from "../../src/window-return.js";
import { requests as templates, toQuery } from "../support/window-requests.js";
import { until } from "./support/until.js";

const loginPage = new URL("/test/browser/fixtures/login.html", location.href).href;
const windowPage = new URL("/test/browser/fixtures/window.html", location.href).href;
const jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln";

const openid = `${windowPage}?lpUnifiedWindowConfig=%7B%22accountId%22%3A%221%22%7D`;
const requests = {
  openidImplicit: { ...templates.openidImplicit, redirect_uri: openid },
  openidCode: { ...templates.openidCode, redirect_uri: openid },
  rfcImplicit: { ...templates.rfcImplicit, redirect_uri: windowPage },
  rfcCode: { ...templates.rfcCode, redirect_uri: windowPage },
};
const state = `state=${encodeURIComponent(templates.rfcCode.state)}`;

type SignIn = WindowReturnOptions["signIn"];

describe("a login page that the separate window opens", () => {
  let popup: Window | null = null;

  afterEach(() => {
    popup?.close();
    Reflect.deleteProperty(window, "loginPage");
  });

  /** Opens it as the cloud does; `ended` is what the page was told. */
  function open(query: string, signIn: SignIn, more: Partial<WindowReturnOptions> = {}) {
    let settle: {
      resolve: (outcome: WindowReturnOutcome) => void;
      reject: (error: unknown) => void;
    };
    const ended = new Promise<WindowReturnOutcome>((resolve, reject) => {
      settle = { resolve, reject };
    });
    ended.catch(() => undefined);
    const options = { allowedRedirectUris: [windowPage], clientId: "messaging", signIn, ...more };
    Object.assign(window, { loginPage: { options, ended: settle! } });
    popup = window.open(loginPage + query, "_blank", "popup,width=300,height=300");
    return { ended };
  }

  /** Where the popup is once the window has loaded there. */
  const arrived = (): Promise<string> =>
    until(() => popup!.document.title === "The separate window" && popup!.location.href);

  /** Runs the page's script once more. */
  const runAgain = (): Promise<void> => (popup as unknown as { run: () => Promise<void> }).run();

  /** The error with which the page was left alone, by its code. */
  async function shown(ended: Promise<unknown>): Promise<string> {
    const error = await ended.then(
      () => ({ code: "none: it was sent" }),
      (thrown: unknown) => thrown as { code: string },
    );
    expect(popup!.location.pathname).to.equal(new URL(loginPage).pathname);
    return error.code;
  }

  it("gives the window what it asks for, in its dialect", async () => {
    for (const [request, answer, address] of [
      [requests.openidImplicit, jwt, `${openid}#token=${jwt}`],
      [requests.openidCode, { code: "c/1+2" }, `${openid}&code=c%2F1%2B2`],
      [requests.rfcImplicit, jwt, `${windowPage}#id_token=${jwt}&${state}`],
      [requests.rfcCode, { code: "c/1+2" }, `${windowPage}?code=c%2F1%2B2&${state}`],
    ] as const) {
      const { ended } = open(toQuery(request), () => Promise.resolve(answer));
      expect(await arrived()).to.equal(address);
      expect((await ended).error).to.equal(undefined);
      popup!.close();
    }
  });

  it("waits for the person, and keeps the request in its address meanwhile", async () => {
    let finish: (answer: { code: string }) => void = () => undefined;
    const asked = new Promise<string>((resolve) => {
      open(toQuery(requests.rfcCode), (request) => {
        resolve(request.redirectUri);
        return new Promise((answer) => (finish = answer));
      });
    });
    expect(await asked).to.equal(windowPage);
    expect(popup!.location.search).to.equal(toQuery(requests.rfcCode));
    finish({ code: "late" });
    expect(await arrived()).to.include("?code=late&");
  });

  it("returns the state octet for octet", async () => {
    const nasty = [
      ...Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)),
      "é",
      "€",
      "😀",
      "\u2028",
      "%41",
      "+",
      "a=b&c#d?e",
    ].join("");
    for (const request of [requests.rfcCode, requests.rfcImplicit]) {
      const query = toQuery({ ...request, state: nasty });
      open(query, () => (request.response_type === "code" ? { code: "c" } : jwt));
      const { search, hash } = new URL(await arrived());
      const response = search ? search.slice(1) : hash.slice(1);
      expect(new URLSearchParams(response).get("state")).to.equal(nasty);
      // The browser itself writes ' as %27 in a query, before the page sees it.
      const sent = query.split("&state=")[1]!.replaceAll("'", "%27");
      expect(response.split("&state=")[1]).to.equal(sent);
      popup!.close();
    }
  });

  it("returns a state that is no UTF-8, or of mixed encoding, as it came", async () => {
    const raw = "%FF%C3(+%20%7b{%22a'%27";
    open(`${toQuery({ ...requests.rfcCode, state: undefined })}&state=${raw}`, () => ({
      code: "c",
    }));
    expect(await arrived()).to.equal(`${windowPage}?code=c&state=${raw.replace("'", "%27")}`);
  });

  it("tells the window that the consumer declined, or that nobody is signed in", async () => {
    for (const [request, error] of [
      [requests.rfcCode, "?error=access_denied&"],
      [requests.rfcImplicit, "#error=access_denied&"],
      [requests.openidCode, "&error=access_denied"],
      [requests.openidImplicit, "#error=access_denied"],
      [{ ...requests.rfcCode, prompt: "none" }, "?error=login_required&"],
    ] as const) {
      const { ended } = open(toQuery(request), () => undefined);
      expect(await arrived()).to.include(error);
      expect((await ended).error).to.equal(/error=(\w+)/.exec(error)![1]);
      popup!.close();
    }
  });

  it("keeps to itself why a sign-in failed", async () => {
    const failure = new Error("secret of the server");
    for (const signIn of [
      () => Promise.reject(failure),
      () => {
        throw failure;
      },
    ]) {
      const { ended } = open(toQuery(requests.rfcCode), signIn);
      expect(await arrived()).to.equal(`${windowPage}?error=server_error&${state}`);
      expect(await ended).to.deep.equal({ error: "server_error", cause: failure });
      popup!.close();
    }
  });

  it("sends no credential that wasn't asked for", async () => {
    const { ended } = open(toQuery(requests.rfcCode), () => jwt);
    expect(await arrived()).to.equal(`${windowPage}?error=server_error&${state}`);
    expect(((await ended).cause as { code: string }).code).to.equal("response_invalid");
  });

  it("asks nobody where a request can't be met", async () => {
    let asked = false;
    open(toQuery({ ...requests.rfcCode, response_mode: "form_post" }), () => {
      asked = true;
      return { code: "c" };
    });
    expect(await arrived()).to.include("?error=invalid_request&error_description=");
    expect(asked).to.equal(false);
  });

  const origin = location.origin;
  const { host, pathname } = new URL(windowPage);
  for (const redirect_uri of [
    `http://${host}.evil.example${pathname}`,
    `http://${host}@evil.example${pathname}`,
    `http://user@${host}${pathname}`,
    `http://evil.example\\@${host}${pathname}`,
    `http:\\\\${host}${pathname}`,
    `http://${host.replace(/:\d+$/, "")}:1${pathname}`,
    `HTTP://${host}${pathname}`,
    `${origin}${pathname.replace("window", "Window")}`,
    `${origin}${pathname.replace(".", "%2e")}`,
    `${origin}/test/browser/x/../fixtures/window.html`,
    `${origin}/test/browser/x/%2e%2e/fixtures/window.html`,
    `${origin}/${pathname}`,
    `${windowPage}/`,
    `${windowPage}#`,
    `${windowPage}\t`,
    `\n${windowPage}`,
    `${windowPage}?token=evil`,
    `${windowPage}?to\nken=evil`,
    `${origin}/redirect?to=${windowPage}`,
    pathname,
    `//${host}${pathname}`,
    "javascript:opener.hacked=true",
    `javascript://${host}${pathname}%0aopener.hacked=true`,
    "data:text/html,<script>opener.hacked=true</script>",
    `blob:${windowPage}`,
    "",
  ]) {
    it(`goes nowhere for ${JSON.stringify(redirect_uri.replaceAll(origin, ""))}`, async () => {
      let asked = false;
      const signIn = (): string => {
        asked = true;
        return jwt;
      };
      const { ended } = open(toQuery({ ...requests.openidImplicit, redirect_uri }), signIn);
      expect(await shown(ended)).to.equal("invalid_call");
      expect(asked).to.equal(false);
      expect(window).not.to.have.property("hacked");
    });
  }

  it("goes nowhere for another client, a parameter that comes twice, or without a list", async () => {
    const code = toQuery(requests.rfcCode);
    for (const query of [
      toQuery({ ...requests.rfcCode, client_id: "other" }),
      `${code}&client_id=messaging`,
      `${code}&redirect_uri=${encodeURIComponent(windowPage)}`,
      `${code}&state=`,
      "",
    ]) {
      expect(await shown(open(query, () => jwt).ended), query).to.equal("invalid_call");
      popup!.close();
    }
    const { ended } = open(code, () => jwt, { allowedRedirectUris: [] });
    expect(await shown(ended)).to.equal("invalid_config");
  });

  it("sends nothing once the page has given up, whatever becomes of the sign-in", async () => {
    const never = new Promise<never>(() => undefined);
    for (const signIn of [
      () => never,
      (_request, signal) =>
        new Promise((resolve) => {
          signal?.addEventListener("abort", () => {
            resolve({ code: "too late" });
          });
        }),
      (_request, signal) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener("abort", () => {
            reject(new Error("given up"));
          });
        }),
    ] satisfies SignIn[]) {
      const giveUp = new AbortController();
      let asked = 0;
      const count: SignIn = (request, signal) => {
        asked++;
        return signIn(request, signal);
      };
      const { ended } = open(toQuery(requests.rfcCode), count, { signal: giveUp.signal });
      await until(() => asked === 1);
      giveUp.abort();
      expect(await shown(ended)).to.equal("aborted");
      await runAgain();
      expect(asked).to.equal(1);
      popup!.close();
    }
  });

  it("answers once, even where its script runs twice", async () => {
    const finish: ((answer: { code: string }) => void)[] = [];
    const { ended } = open(
      toQuery(requests.rfcCode),
      () => new Promise((answer) => finish.push(answer)),
    );
    await until(() => finish.length === 1);
    const again = runAgain();
    await until(() => finish.length === 2);
    for (const [index, answer] of finish.entries()) answer({ code: `code-${index}` });
    await Promise.all([ended, again]);
    expect(await arrived()).to.include("?code=code-0&");
  });

  it("leaves no way back to it", async () => {
    // Before its end a browser replaces the entry of its own accord.
    const loaded = (): Promise<true> =>
      until(() => {
        const [navigation] = popup!.performance.getEntriesByType("navigation");
        return (navigation as PerformanceNavigationTiming).loadEventEnd > 0;
      });
    const before = `${windowPage}?before`;
    let asked = 0;
    open("", async () => {
      asked++;
      await loaded();
      return { code: `code-${asked}` };
    });
    await until(() => popup!.location.pathname === new URL(loginPage).pathname);
    popup!.location.href = before;
    expect(await arrived()).to.equal(before);
    await loaded();
    const entries = popup!.history.length;
    popup!.location.href = loginPage + toQuery(requests.rfcCode);
    const after = await until(
      () => popup!.location.search.startsWith("?code=") && popup!.location.href,
    );
    expect(popup!.history.length).to.equal(entries + 1);
    popup!.history.back();
    await until(() => popup!.location.href === before);
    popup!.history.forward();
    await until(() => popup!.location.href === after);
    expect(asked).to.equal(1);
  });
});
