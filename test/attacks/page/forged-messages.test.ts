/* eslint @typescript-eslint/non-nullable-type-assertion-style: "off" -- it does what no page should */
import { expect } from "@esm-bundle/chai";

import { until } from "../support/attack.js";
import {
  expectAnswered,
  expectReason,
  withFreshPage,
  type FreshPage,
  type PageWindow,
} from "../support/fresh-page.js";
import { signToken } from "../../support/rsa-keys.js";
import { providerKey, rightClaims } from "../support/provider.js";
import { page as answerPage } from "../support/room.js";

const flow = "code to the window";

/** Counts the messages that reach the page, so that a forged one is known to have come. */
const countMessages = (page: PageWindow): void => {
  let count = 0;
  page.addEventListener("message", () => {
    count += 1;
    page["messages"] = count;
  });
};

const forged = (state: unknown): object => ({
  consumerAuth: state,
  mode: "query",
  parameters: `code=forged&state=${String(state)}`,
});

describe("attack: a forged authorization response", () => {
  type Send = (page: PageWindow, message: object) => void;

  const frame = (src?: string): HTMLIFrameElement => {
    const element = document.createElement("iframe");
    if (src) element.src = src;
    document.body.append(element);
    return element;
  };

  const senders: Readonly<Record<string, Send>> = {
    "the window around it": (page, message) => {
      page.postMessage(message, "*");
    },
    "the page itself": (page, message) => {
      const script = page.document.createElement("script");
      script.textContent = `postMessage(${JSON.stringify(message)}, "*")`;
      page.document.body.append(script);
    },
    "a frame of its own origin": (page, message) => {
      const element = page.document.createElement("iframe");
      page.document.body.append(element);
      (element.contentWindow as PageWindow).eval(
        `parent.postMessage(${JSON.stringify(message)}, "*")`,
      );
    },
    "a sibling of its own origin": (page, message) => {
      const sibling = frame();
      (sibling.contentWindow as unknown as { target: Window }).target = page;
      (sibling.contentWindow as PageWindow).eval(
        `target.postMessage(${JSON.stringify(message)}, "*")`,
      );
    },
    "an event that a script made up": (page, message) => {
      page.dispatchEvent(
        new page.MessageEvent("message", { data: message, origin: page.origin, source: page }),
      );
    },
  };

  /** Sends when the page waits for its response, and lets the honest one come afterwards. */
  const attack = (
    send: (page: PageWindow, state: string) => void,
    further?: (page: FreshPage) => void,
  ): Promise<void> => {
    let page: FreshPage | undefined;
    return withFreshPage(
      {
        flow,
        before: countMessages,
        misconduct: {
          async authorization(parameters) {
            const target = page?.window as PageWindow;
            send(target, String(parameters["state"]));
            await until(() => target["messages"], "the forged message");
            return parameters;
          },
        },
      },
      async (opened) => {
        page = opened;
        try {
          expectAnswered(await page.call(), flow, page.room);
          further?.(page);
        } finally {
          for (const element of document.querySelectorAll("iframe")) {
            if (element.contentWindow !== page.window) element.remove();
          }
        }
      },
    );
  };

  for (const [who, send] of Object.entries(senders)) {
    it(`with the right state, from ${who}`, () =>
      attack((page, state) => {
        send(page, forged(state));
      }));
  }

  for (const [what, state] of Object.entries({
    nothing: undefined,
    null: null,
    "a list": ["state"],
    another: "x".repeat(43),
  })) {
    it(`with ${what} for a state, from the window around it`, () =>
      attack((page) => {
        page.postMessage(forged(state), "*");
        page.postMessage(state, "*");
      }));
  }

  it("on a channel of a guessed name", () =>
    attack((page) => {
      for (const name of ["consumer-auth", "consumer-auth:", "consumer-auth:undefined"]) {
        const channel = new BroadcastChannel(name);
        channel.postMessage(forged(undefined));
        channel.close();
      }
      page.postMessage("done", "*");
    }));

  it("with the right state, from a frame of a stranger", () =>
    withFreshPage(
      {
        flow,
        before: countMessages,
        markup: "",
        misconduct: {
          async authorization(parameters, { query }) {
            const target = strangers.page as PageWindow;
            strangers.send(String(query.get("state")));
            await until(() => target["messages"], "the forged message");
            return parameters;
          },
          elsewhere: ({ server }) =>
            server === "stranger"
              ? answerPage(
                  `<script>
                    onmessage = function (event) { parent.postMessage(event.data, "*"); };
                    parent.postMessage("ready", "*");
                  </script>`,
                )
              : undefined,
        },
      },
      async (page) => {
        const element = page.window.document.createElement("iframe");
        element.src = `${page.room.stranger}/frame`;
        page.window.document.body.append(element);
        await until(() => page.window["messages"], "the stranger");
        page.window["messages"] = 0;
        strangers.page = page.window;
        strangers.send = (state) => element.contentWindow?.postMessage(forged(state), "*");
        expectAnswered(await page.call(), flow, page.room);
      },
    ));

  const strangers: { page?: PageWindow; send: (state: string) => void } = {
    send: () => undefined,
  };

  it("with the right state, from the very popup, while it shows another origin", () =>
    withFreshPage(
      {
        flow,
        before: countMessages,
        misconduct: {
          authorization: (parameters, { query }) => {
            const honest = `${query.get("redirect_uri")}?${new URLSearchParams(parameters)}`;
            return answerPage(
              `<script>
                opener.postMessage(${JSON.stringify(forged(parameters["state"]))}, "*");
                location.replace(${JSON.stringify(honest)});
              </script>`,
              { "referrer-policy": "no-referrer" },
            );
          },
        },
      },
      async (page) => {
        expectAnswered(await page.call(), flow, page.room);
        expect(page.window["messages"]).to.be.at.least(1);
      },
    ));
});

describe("attack: a forged message of the app around the page", () => {
  for (const [who, send] of Object.entries({
    "the window around it": (page: PageWindow, message: object) => {
      page.postMessage(message, "*");
    },
    "a frame of its own origin": (page: PageWindow, message: object) => {
      const element = page.document.createElement("iframe");
      page.document.body.append(element);
      (element.contentWindow as PageWindow).eval(
        `parent.postMessage(${JSON.stringify(message)}, "*")`,
      );
    },
  })) {
    it(`hands in no credential, from ${who}`, () =>
      withFreshPage(
        { flow: "implicit flow", config: { host: "brandApp" }, before: countMessages },
        async (page) => {
          await page.ready();
          const token = await signToken(
            await providerKey(),
            { ...rightClaims(page.room.provider, null), sub: "another" },
            { kid: (await providerKey()).jwk.kid },
          );
          send(page.window, { type: "brandApp.credential", version: 1, id_token: token });
          await until(() => page.window["messages"], "the forged message");
          expectReason(await page.call({ consumer: "cancels" }), "implicit flow", "cancelled");
        },
      ));
  }
});
