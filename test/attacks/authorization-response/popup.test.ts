import { expect } from "@esm-bundle/chai";

import { expectUnheard, hear, shownBy } from "../support/arrivals.js";
import {
  expectCredential,
  expectRefusal,
  withAttackedPage,
  type AttackOptions,
} from "../support/attack.js";
import { page, redirect, type Room } from "../support/room.js";

/** The provider sends the consumer to the stranger, whose page the popup shows from then on. */
function straying(strangersPage: string, headers: Readonly<Record<string, string>> = {}) {
  let room: Room;
  return {
    config: (mine: Room) => {
      room = mine;
      return {};
    },
    misconduct: {
      authorization: (_parameters, { query }) => redirect(`${room.stranger}/phish?${query}`),
      elsewhere: ({ server, path }) =>
        server === "stranger" && path === "/phish" ? page(strangersPage, headers) : undefined,
    },
  } satisfies AttackOptions;
}

describe("attack: the popup strays to a stranger", () => {
  it("it can't look into the page that opened it, and reads nothing of it", async () => {
    let read = "";
    await expectUnheard(
      "code to the window",
      straying(`<script>
        const found = [];
        for (const [name, look] of Object.entries({
          document: () => opener.document,
          address: () => opener.location.href,
          name: () => opener.name,
          storage: () => opener.sessionStorage,
          method: () => opener.brand,
          frame: () => opener.frameElement,
        })) try { if (look() !== undefined) found.push(name) } catch {}
        fetch("found?" + found).then(() => {});
      </script>`),
      (attacked) => {
        const found = attacked.room.requests.find(({ path }) => path === "/found");
        if (found) read = `${found.query}`;
        return found;
      },
    );
    expect(read).to.equal("");
  });

  it("it can say what it likes: neither a response, nor a receipt, nor a credential is taken from it", () => {
    const heard = hear();
    return expectUnheard(
      "code to the window",
      straying(`<script>
        const query = new URLSearchParams(location.search);
        const state = query.get("state");
        const parameters = new URLSearchParams({ code: "a-strangers-code", state }).toString();
        for (const message of [
          { consumerAuth: state, mode: "query", parameters },
          { consumerAuth: state, mode: "fragment", parameters },
          { consumerAuthReceived: state },
          { ssoKey: "a-strangers-code", redirect_uri: query.get("redirect_uri") },
          "a-strangers-code",
        ]) opener.postMessage(message, "*");
        new BroadcastChannel("consumer-auth:" + state)
          .postMessage({ consumerAuth: state, mode: "query", parameters });
        opener.postMessage("said", "*");
      </script>`),
      () => heard.messages.some(({ data }) => data === "said") && (heard.stop(), true),
    );
  });

  it("what it writes into its window's name is neither read nor kept", () =>
    expectCredential(
      "code to the window",
      {
        secrets: ["a-strangers-code"],
        misconduct: {
          authorization: (parameters, { query }) =>
            query.has("back")
              ? parameters
              : page(
                  `<script>
                    window.name = JSON.stringify({ consumerAuth: "${query.get("state")}", parameters: "code=a-strangers-code" });
                    location.replace(location.href + "&back=1");
                  </script>`,
                ),
        },
      },
      (_page, { answers }) => {
        expect(JSON.stringify(answers)).to.include("ssoKey").and.not.to.include("strangers");
      },
    ));

  it("a frame of the page that bears any name does not get the consumer's sign-in", () => {
    const names = ["_blank", "popup", "consumer-auth", "brand", "login"];
    const frames = names.map((name) => {
      const frame = document.createElement("iframe");
      frame.name = name;
      document.body.append(frame);
      return frame;
    });
    return expectCredential("code to the window", {}, ({ popups }) => {
      expect(popups).to.have.length(1);
      for (const frame of frames) {
        expect(popups[0]).not.to.equal(frame.contentWindow);
        expect(frame.contentWindow?.location.href).to.equal("about:blank");
        frame.remove();
      }
    });
  });

  it("a provider that cuts the tie (Cross-Origin-Opener-Policy) has no opener, and the sign-in works", () =>
    withAttackedPage(
      "code to the window",
      {
        misconduct: {
          authorization: (parameters, { query }) =>
            query.has("opener")
              ? parameters
              : page(
                  `<script>location.replace(location.href + "&opener=" + (opener === null ? "none" : "there"))</script>`,
                  { "cross-origin-opener-policy": "same-origin" },
                ),
        },
      },
      async ({ call, room }) => {
        const { answers } = await call();
        expect(answers).to.have.length(1);
        expect(JSON.stringify(answers)).to.include("ssoKey");
        const [opener] = room.requests.flatMap(({ query }) => query.getAll("opener"));
        expect(opener).to.equal("none");
      },
    ));
});

describe("attack: the popup does not do what it should", () => {
  it("it never comes back: it is closed when its time is over", () =>
    expectRefusal(
      "code to the window",
      {
        config: { interactionTimeout: 1000 },
        misconduct: { authorization: () => page("<p>Wait for ever.</p>") },
      },
      "interaction_timeout",
      ({ popups }) => {
        expect(popups.map(({ closed }) => closed)).to.deep.equal([true]);
      },
    ));

  it("its page never ends: so too", () =>
    expectRefusal(
      "code to the window",
      {
        config: { interactionTimeout: 1000 },
        misconduct: { authorization: () => ({ body: "<p>Wait", then: "hang" }) },
      },
      "interaction_timeout",
    ));

  it("it closes itself: the consumer is told", () =>
    expectRefusal(
      "code to the window",
      { misconduct: { authorization: () => page("<script>close()</script>") } },
      "popup_closed",
    ));

  it("it sends the consumer round in circles", () =>
    expectRefusal(
      "code to the window",
      {
        config: { interactionTimeout: 1500 },
        misconduct: {
          authorization: (_parameters, { query }) => redirect(`authorize?${query}`),
        },
      },
      "interaction_timeout",
    ));

  it("it opens another window, in which the sign-in ends: it is one sign-in", () => {
    let isOver = false;
    return expectCredential(
      "exchange in the page",
      {
        misconduct: {
          authorization(parameters, { query }) {
            if (query.has("second")) {
              isOver = true;
              return parameters;
            }
            return page(
              `<script>open(location.href + "&second=1", "_blank", "popup,width=300,height=300")</script>`,
            );
          },
        },
      },
      ({ room }) => {
        expect(isOver).to.equal(true);
        expect(room.requests.filter(({ path }) => path === "/token")).to.have.length(1);
      },
    );
  });

  it("its return page is loaded by hand: the consumer is told that there is nothing to do", () =>
    expectUnheard(
      "code to the window",
      {
        misconduct: {
          authorization: (_parameters, { query }) => redirect(String(query.get("redirect_uri"))),
        },
      },
      ({ popups }) => shownBy(popups[0]) === "no_response",
    ));

  it("it shows the brand's own page instead", () =>
    expectUnheard(
      "code to the window",
      {
        misconduct: {
          authorization: () => redirect(new URL("/package.json", location.href).href),
        },
      },
      ({ popups: [popup] }) => {
        try {
          return popup?.location.pathname === "/package.json";
        } catch {
          return false;
        }
      },
    ));
});
