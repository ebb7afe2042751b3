import { expect } from "@esm-bundle/chai";

import { answering, expectUnheard, isRelayed, shownBy } from "../support/arrivals.js";
import { expectRefusal, returnPage, times, until } from "../support/attack.js";
import { clientId } from "../support/provider.js";
import type { Room } from "../support/room.js";
import { openTab, tabPage, type Tab } from "../support/tab.js";

const unknown = "A".repeat(43);

describe("attack: an authorization response with the wrong state", () => {
  for (const flow of ["code to the window", "exchange in the page", "implicit flow"] as const) {
    it(`a state that nobody sent (${flow})`, () =>
      expectUnheard(
        flow,
        answering((parameters) => (parameters["state"] = unknown)),
        (_page, heard) => isRelayed(heard, unknown),
      ));

    it(`no state (${flow})`, () =>
      expectUnheard(
        flow,
        answering((parameters) => delete parameters["state"]),
        ({ popups }) => shownBy(popups[0]) === "no_response",
      ));
  }

  it("an empty state", () =>
    expectUnheard(
      "code to the window",
      answering((parameters) => (parameters["state"] = "")),
      ({ popups }) => shownBy(popups[0]) === "no_response",
    ));

  const changes: Readonly<Record<string, (state: string) => string>> = {
    "cut short": (state) => state.slice(0, -1),
    "with a character more": (state) => `${state}A`,
    "in other letters": (state) =>
      state.replace(/[a-z]/i, (letter) =>
        letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
      ),
    "with a blank after it": (state) => `${state} `,
    "with a NUL after it": (state) => `${state}\0`,
    "with a zero-width space in it": (state) => `${state.slice(0, 9)}\u200b${state.slice(9)}`,
    "encoded twice": (state) =>
      encodeURIComponent(`%${state.charCodeAt(0).toString(16)}${state.slice(1)}`),
  };
  for (const [how, change] of Object.entries(changes)) {
    it(`the right state ${how}`, () => {
      let forged = "";
      return expectUnheard(
        "code to the window",
        answering((parameters) => {
          forged = parameters["state"] = change(parameters["state"]!);
        }),
        (_page, heard) => forged && isRelayed(heard, forged),
      );
    });
  }

  it("the state of another tab: it is that tab's response, whose verifier and nonce it lacks", () => {
    let room: Room;
    let tab: Tab | undefined;
    let theirState: string | undefined;
    return expectUnheard(
      "exchange in the page",
      {
        config: (mine) => {
          room = mine;
          return {};
        },
        misconduct: {
          elsewhere: tabPage,
          async authorization(parameters) {
            if (tab) {
              theirState = parameters["state"];
              return { status: 204 };
            }
            tab = await openTab(room, {
              engagement: "authenticated",
              silent: false,
              transport: "popup",
              issuer: room.provider,
              clientId,
              redirectUri: returnPage,
              newPage: false,
              exchange: "widget",
              ...times,
            });
            tab.call(true);
            parameters["state"] = await until(() => theirState, "the other tab's request");
            return parameters;
          },
        },
      },
      (_page, heard) => isRelayed(heard, theirState ?? "") && tab!.answers.length > 0,
      "cancelled",
      undefined,
      () => {
        const answers = tab?.answers ?? [];
        tab?.close();
        expect(answers).to.have.length(1);
        expect(String(answers[0]?.[1])).to.match(/^grant_expired: /);
      },
    );
  });

  it("nobody answers with the right one: the page gives up in time", () =>
    expectRefusal(
      "code to the window",
      {
        ...answering((parameters) => (parameters["state"] = unknown)),
        config: { interactionTimeout: 1000 },
      },
      "interaction_timeout",
    ));
});
