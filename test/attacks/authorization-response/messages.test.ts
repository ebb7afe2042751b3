import { expect } from "@esm-bundle/chai";

import { broadcast, hear, isRelayed, type Heard } from "../support/arrivals.js";
import {
  until,
  withAttackedPage,
  type AttackedPage,
  type AttackOptions,
  type FlowName,
} from "../support/attack.js";
import { page, type Room } from "../support/room.js";

const injected = "an-injected-code";

/** A relay message as the return page makes it, with the attacker's code. */
const relay = (state: string, iss: string): object => ({
  consumerAuth: state,
  mode: "query",
  parameters: new URLSearchParams({ code: injected, state, iss }).toString(),
});

const script = (code: string): string => `<script>${code}</script>`;

/** Says it to a window, and tells that it was said. */
const saying = (to: string, message: object): string =>
  script(`${to}.postMessage(${JSON.stringify(message)}, "*");${to}.postMessage("said", "*")`);

interface Scene {
  readonly state: string;
  readonly room: Room;
  readonly heard: Heard;
  readonly message: object;
  /** Shows a page of an origin in a frame of the brand's page until the test is over. */
  readonly frame: (address: string) => HTMLIFrameElement;
  readonly popup: (address: string) => void;
  /** Waits until the attacker has said it to this page, which is told after the message itself. */
  readonly said: () => Promise<unknown>;
}

/**
 * While the consumer is at the provider, and the page waits with a state that the attacker knows, the
 * attacker says that they have the response. Then the honest one comes: it is the one that counts.
 */
const expectUntouched = (
  flow: FlowName,
  attack: (scene: Scene) => Promise<unknown>,
  pages: (server: string, path: string, message: object) => string | undefined = () => undefined,
): Promise<void> => {
  const leftovers: (() => void)[] = [];
  let room: Room;
  let message: object = {};
  const heard = hear();
  const options: AttackOptions = {
    config: (mine) => {
      room = mine;
      return {};
    },
    secrets: [injected],
    misconduct: {
      elsewhere({ server, path }) {
        const content = pages(server, path, message);
        return content === undefined ? undefined : page(content);
      },
      async authorization(parameters) {
        const state = parameters["state"]!;
        message = relay(state, parameters["iss"]!);
        await attack({
          ...{ state, room, heard, message },
          frame(address) {
            const frame = document.createElement("iframe");
            frame.src = address;
            document.body.append(frame);
            leftovers.push(() => {
              frame.remove();
            });
            return frame;
          },
          popup(address) {
            const popup = window.open(address, "_blank", "popup,width=300,height=300");
            leftovers.push(() => popup?.close());
          },
          said: () =>
            until(() => heard.messages.some(({ data }) => data === "said"), "the attacker's word"),
        });
        for (const clear of leftovers.splice(0)) clear();
        return parameters;
      },
    },
  };
  return withAttackedPage(flow, options, async (attacked: AttackedPage) => {
    try {
      const { answers } = await attacked.call();
      expect(answers).to.have.length(1);
      expect(answers[0]).to.have.length(1);
      expect(JSON.stringify(answers[0])).not.to.include(injected);
      const codes = attacked.room.requests.filter(({ path }) => path === "/token");
      expect(codes.every(({ body }) => !body.includes(injected))).to.equal(true);
      expect(attacked.auth.session.state).to.equal("authenticated");
    } finally {
      heard.stop();
      for (const clear of leftovers.splice(0)) clear();
    }
  });
};

describe("attack: a well-formed response by postMessage, with the right state", () => {
  for (const flow of ["code to the window", "exchange in the page"] as const) {
    it(`from a stranger's frame (${flow})`, () =>
      expectUntouched(
        flow,
        ({ room, frame, said }) => {
          frame(`${room.stranger}/frame`);
          return said();
        },
        (server, path, message) =>
          server === "stranger" && path === "/frame" ? saying("parent", message) : undefined,
      ));
  }

  it("from a stranger's popup, beside the consumer's", () =>
    expectUntouched(
      "code to the window",
      ({ room, popup, said }) => {
        popup(`${room.stranger}/popup`);
        return said();
      },
      (server, path, message) =>
        server === "stranger" && path === "/popup" ? saying("opener", message) : undefined,
    ));

  it("from a frame of the page's own origin: the right origin, but the wrong window", () =>
    expectUntouched(
      "code to the window",
      ({ room, frame, said }) => {
        frame(`${room.site}/frame`);
        return said();
      },
      (server, path, message) =>
        server === "site" && path === "/frame" ? saying("parent", message) : undefined,
    ));

  it("from the page itself", () =>
    expectUntouched("code to the window", ({ message, said }) => {
      postMessage(message, location.origin);
      postMessage("said", location.origin);
      return said();
    }));

  it("as an event that no window posted", () =>
    expectUntouched("code to the window", async ({ message }) => {
      for (const source of [null, window]) {
        dispatchEvent(
          new MessageEvent("message", { data: message, origin: location.origin, source }),
        );
      }
    }));

  it("from the very popup, while it shows a page of the provider: the right window, but the wrong origin", () => {
    let round = 0;
    const heard = hear();
    return withAttackedPage(
      "code to the window",
      {
        secrets: [injected],
        misconduct: {
          authorization(parameters, { query }) {
            round += 1;
            // The page says it, then asks for the honest response.
            return round === 1
              ? page(
                  saying("opener", relay(parameters["state"]!, parameters["iss"]!)) +
                    script(`location.replace(${JSON.stringify(`authorize?${query}`)})`),
                )
              : parameters;
          },
        },
      },
      async ({ call }) => {
        const { answers } = await call();
        heard.stop();
        expect(heard.messages.map(({ data }) => data)).to.include("said");
        expect(answers).to.have.length(1);
        expect(JSON.stringify(answers)).to.include("ssoKey").and.not.to.include(injected);
      },
    );
  });
});

describe("attack: messages on channels of the page's own origin", () => {
  it("by a script that does not know the state", () =>
    expectUntouched("code to the window", async ({ message }) => {
      for (const name of ["", ":", ":undefined", ":null", ":*", `:${"A".repeat(43)}`]) {
        await broadcast(`consumer-auth${name}`, message);
      }
    }));

  it("the state on the wrong channel, and another on the right one", () =>
    expectUntouched("code to the window", async ({ message, state }) => {
      await broadcast(`consumer-auth:${"A".repeat(43)}`, message);
      await broadcast(`consumer-auth:${state}`, { ...message, consumerAuth: "A".repeat(43) });
      for (const nothing of [null, "", state, 7, [], {}, { consumerAuth: [state] }]) {
        await broadcast(`consumer-auth:${state}`, nothing);
      }
    }));

  it("by a script that replays an older response", async () => {
    const heard = hear();
    let older: Record<string, string> = {};
    await withAttackedPage(
      "code to the window",
      { misconduct: { authorization: (parameters) => (older = parameters) } },
      async ({ call }) => {
        expect((await call()).answers).to.have.length(1);
        await until(() => isRelayed(heard, older["state"]!), "the older response");
      },
    );
    heard.stop();
    const message = heard.messages.at(-1)?.data;
    await expectUntouched("code to the window", async ({ state }) => {
      await broadcast(`consumer-auth:${older["state"]}`, message);
      await broadcast(`consumer-auth:${state}`, message);
    });
  });
});
