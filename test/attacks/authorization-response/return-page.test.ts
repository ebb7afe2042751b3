import { expect } from "@esm-bundle/chai";

import { hastyReturnPage, hear, isRelayed, shownBy, type Heard } from "../support/arrivals.js";
import { until } from "../support/attack.js";
import { notFound, openRoom, page, type Handler, type Room } from "../support/room.js";
import { pendingPrefix } from "../../../src/transports/away.js";

const code = "a-code-for-nobody";

describe("attack: the return page, where nobody waits for it", () => {
  let heard: Heard;
  let room: Room;
  let returnPage: string;
  let handle: Handler;
  let frames: HTMLIFrameElement[];
  let popups: Window[];

  beforeEach(async () => {
    handle = () => notFound;
    room = await openRoom((request) => hastyReturnPage(request) ?? handle(request));
    returnPage = `${room.site}/return`;
    heard = hear();
    frames = [];
    popups = [];
  });

  afterEach(async () => {
    heard.stop();
    for (const frame of frames) frame.remove();
    for (const popup of popups) popup.close();
    await room.close();
    expect(
      Object.keys(sessionStorage).filter((key) => key.startsWith(pendingPrefix)),
    ).to.deep.equal([]);
    expect(
      JSON.stringify([Object.entries(sessionStorage), Object.entries(localStorage)]),
    ).not.to.include(code);
  });

  const frame = (address: string, sandbox?: string): Window => {
    const element = document.createElement("iframe");
    if (sandbox !== undefined) element.setAttribute("sandbox", sandbox);
    element.src = address;
    document.body.append(element);
    frames.push(element);
    return element.contentWindow!;
  };
  const popup = (address: string, features = "popup,width=300,height=300"): Window | null => {
    const opened = window.open(address, "_blank", features);
    if (opened) popups.push(opened);
    return opened;
  };
  const shows = (shown: () => Window | null | undefined, outcome: string): Promise<unknown> =>
    until(() => {
      try {
        return shownBy(shown()) === outcome;
      } catch {
        // A frame that isn't there yet, in a page of another origin.
        return false;
      }
    }, `the return page's "${outcome}"`);
  const responseOf = (state: string): string => `${returnPage}?code=${code}&state=${state}`;

  it("opened by hand it does nothing, and tells nobody", async () => {
    const opened = popup(returnPage);
    await shows(() => opened, "no_response");
    expect(heard.messages).to.deep.equal([]);
  });

  it("with things in its address that are no response it does nothing, and tells nobody", async () => {
    const addresses = [
      "?code=x",
      "?error=access_denied",
      "#",
      "#state=",
      "?state=",
      "#/route?state=x",
    ];
    const shown = addresses.map((address) => frame(returnPage + address));
    for (const each of shown) await shows(() => each, "no_response");
    expect(heard.messages).to.deep.equal([]);
    for (const each of shown) expect(each.location.href).to.equal(returnPage);
  });

  it("with a response for nobody it says so, keeps nothing of it, and stays", async () => {
    const opened = popup(responseOf("nobody"));
    const twin = frame(responseOf("nobody"));
    await shows(() => opened, "unheard");
    await shows(() => twin, "unheard");
    for (const each of [opened!, twin]) {
      expect(each.location.href).to.equal(returnPage);
      expect(each.document.documentElement.outerHTML).not.to.include(code);
      expect(each.name).to.equal("");
    }
  });

  it("framed by a stranger it tells the stranger nothing, takes no receipt of theirs, and stays", async () => {
    const state = "the-strangers";
    handle = ({ path }) =>
      path === "/around"
        ? page(
            `<script>
              addEventListener("message", ({ data }) => fetch("heard?" + encodeURIComponent(JSON.stringify(data))));
              const tell = () => {
                frames[0].postMessage({ consumerAuthReceived: "${state}" }, "*");
                let read = "nothing";
                try { read = frames[0].location.href + frames[0].document.title } catch {}
                fetch("read?" + encodeURIComponent(read));
              };
            </script>
            <iframe src="${responseOf(state)}" onload="tell(); setInterval(tell, 200)"></iframe>`,
          )
        : {};
    const { stranger, requests } = room;
    const around = frame(`${stranger}/around`);
    await shows(() => around.frames[0], "unheard");
    expect(requests.filter(({ path }) => path === "/heard")).to.deep.equal([]);
    const read = requests.filter(({ path }) => path === "/read").map(({ query }) => `${query}`);
    expect(new Set(read)).to.deep.equal(new Set(["nothing="]));
  });

  it("opened by a stranger it tells the stranger nothing", async () => {
    handle = ({ path }) =>
      path === "/opener"
        ? page(
            `<script>
              addEventListener("message", () => fetch("heard"));
              const opened = open("${responseOf("of-a-stranger")}", "_blank", "popup,width=300,height=300");
              opener.postMessage("opened", "*");
              setTimeout(() => { opened.close(); opener.postMessage("over", "*") }, 1500);
            </script>`,
          )
        : {};
    const { stranger, requests } = room;
    popup(`${stranger}/opener`);
    await until(() => heard.messages.some(({ data }) => data === "over"), "the stranger's end");
    expect(requests.filter(({ path }) => path === "/heard")).to.deep.equal([]);
  });

  it("a popup without an opener passes a response on to nobody but who knows its state", async () => {
    const state = "without-an-opener";
    const channel = new BroadcastChannel(`consumer-auth:${state}`);
    const other = new BroadcastChannel("consumer-auth:another");
    const received = new Promise<unknown>((resolve) => {
      channel.onmessage = ({ data }) => {
        resolve(data);
      };
    });
    let strangers = 0;
    other.onmessage = () => (strangers += 1);
    expect(popup(responseOf(state), "noopener,popup,width=300,height=300")).to.equal(null);
    expect(await received).to.include({ consumerAuth: state });
    channel.postMessage({ consumerAuthReceived: state });
    channel.close();
    other.close();
    expect(heard.messages).to.deep.equal([]);
    expect(strangers).to.equal(0);
  });

  it("receipts of other sign-ins, other origins and other shapes don't close it", async () => {
    const state = "waiting";
    const opened = popup(responseOf(state))!;
    await until(() => isRelayed(heard, state), "the response");
    const channel = new BroadcastChannel(`consumer-auth:${state}`);
    for (const receipt of [
      null,
      state,
      {},
      { consumerAuthReceived: "another" },
      { consumerAuthReceived: [state] },
      { consumerAuthReceived: true },
      { consumerAuth: state },
    ]) {
      opened.postMessage(receipt, location.origin);
      channel.postMessage(receipt);
    }
    channel.close();
    await shows(() => opened, "unheard");
    expect(opened.closed).to.equal(false);
  });

  describe("a tampered address to return to (open redirect)", () => {
    const { origin } = location;
    const addresses: readonly unknown[] = [
      "//evil.example/",
      "https://evil.example/",
      `https://evil.example/?${origin}/`,
      `${origin}.evil.example/`,
      `${origin}@evil.example/`,
      `\n//evil.example/`,
      "javascript:parent.postMessage('ran','*')//",
      `javascript:parent.postMessage('ran','*')//${origin}/`,
      "data:text/html,<script>parent.postMessage('ran','*')</script>",
      `blob:${origin}/x`,
      "",
      null,
      7,
      undefined,
    ];

    it("is never followed, and the return page says that nobody waits", async () => {
      const keys = addresses.map((returnTo, index) => {
        const state = `tampered-${index}`;
        sessionStorage.setItem(
          pendingPrefix + state,
          JSON.stringify({
            request: { url: "", state },
            purpose: "signIn",
            client: "any",
            returnTo,
            scroll: [0, 0],
            at: Date.now(),
          }),
        );
        return state;
      });
      try {
        const shown = keys.map((state) => frame(responseOf(state)));
        for (const [index, each] of shown.entries()) {
          await shows(() => each, "unheard");
          expect(each.location.href, String(addresses[index])).to.equal(returnPage);
        }
        expect(heard.messages.map(({ data }) => data)).not.to.include("ran");
        for (const state of keys) {
          expect(sessionStorage.getItem(pendingPrefix + state)).not.to.include(code);
        }
      } finally {
        for (const state of keys) sessionStorage.removeItem(pendingPrefix + state);
      }
    });
  });
});
