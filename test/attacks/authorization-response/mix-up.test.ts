import { expect } from "@esm-bundle/chai";

import { expectRefusal, type AttackedPage, type AttackOptions } from "../support/attack.js";
import { clientId, createHostileProvider, type HostileProvider } from "../support/provider.js";
import { redirect, type Room, type ServerRequest } from "../support/room.js";

type Change = (request: ServerRequest, room: Room) => URL | undefined;

/**
 * A page that trusts two providers: the honest one, and the stranger. The stranger is asked, and sends
 * the consumer wherever the attack wants.
 */
function askingTheStranger(
  authorize: Change,
  discovery?: (metadata: Record<string, unknown>, room: Room) => Record<string, unknown>,
): AttackOptions {
  let room: Room;
  let stranger: Promise<HostileProvider> | undefined;
  return {
    config: (mine) => ({ issuer: (room = mine).stranger }),
    misconduct: {
      async elsewhere(request) {
        if (request.server !== "stranger") return undefined;
        stranger ??= createHostileProvider(room.stranger, {
          discovery: (metadata) => discovery?.(metadata, room) ?? metadata,
        });
        const elsewhere = request.path === "/authorize" ? authorize(request, room) : undefined;
        return elsewhere
          ? redirect(elsewhere.href)
          : (await stranger).answer({ ...request, server: "provider" });
      },
    },
  };
}

/** To the honest provider, with what the page asked the stranger. */
const toTheHonest: Change = ({ query }, { provider }) => {
  const url = new URL(`${provider}/authorize`);
  url.search = query.toString();
  return url;
};

/** The honest provider's code was never shown to the stranger. */
function expectNoCodeAtTheStranger({ room, provider }: AttackedPage): void {
  const asked = room.requests.filter(({ server }) => server === "stranger");
  expect(provider.secrets, "the honest provider's code").to.have.length.above(0);
  expect(asked.map(({ path }) => path)).not.to.include("/token");
  for (const { body } of asked) {
    for (const secret of provider.secrets) expect(body.includes(secret)).to.equal(false);
  }
}

describe("attack: two providers of one page are mixed up (RFC 9700 section 4.4)", () => {
  for (const flow of ["exchange in the page", "code to the window"] as const) {
    it(`the stranger, asked, has the honest provider answer: it does not get the code (${flow})`, () =>
      expectRefusal(
        flow,
        askingTheStranger(toTheHonest),
        "response_invalid",
        expectNoCodeAtTheStranger,
      ));
  }

  it("so with a challenge of the stranger's own", () =>
    expectRefusal(
      "exchange in the page",
      askingTheStranger((request, room) => {
        const url = toTheHonest(request, room)!;
        url.searchParams.set("code_challenge", "c".repeat(43));
        return url;
      }),
      "response_invalid",
      expectNoCodeAtTheStranger,
    ));

  it("so where the stranger's metadata name the honest provider's authorization endpoint", () =>
    expectRefusal(
      "exchange in the page",
      askingTheStranger(
        () => undefined,
        (metadata, { provider }) => ({
          ...metadata,
          authorization_endpoint: `${provider}/authorize`,
          // It has no need to promise what would give it away.
          authorization_response_iss_parameter_supported: false,
        }),
      ),
      "response_invalid",
      expectNoCodeAtTheStranger,
    ));

  /** The honest provider is asked; the stranger gets hold of the request, and answers. */
  const answeredByTheStranger = (iss: (room: Room) => string): AttackOptions => {
    let room: Room;
    return {
      config: (mine) => {
        room = mine;
        return {};
      },
      misconduct: {
        authorization: (_parameters, { query }) => redirect(`${room.stranger}/take?${query}`),
        elsewhere({ server, path, query }) {
          if (server !== "stranger" || path !== "/take") return undefined;
          const url = new URL(String(query.get("redirect_uri")));
          url.search = new URLSearchParams({
            code: "a-code-of-the-stranger",
            state: String(query.get("state")),
            iss: iss(room),
            client_id: clientId,
          }).toString();
          return redirect(url.href);
        },
      },
    };
  };

  it("the stranger answers in the honest provider's place", () =>
    expectRefusal(
      "exchange in the page",
      answeredByTheStranger(({ stranger }) => stranger),
      "response_invalid",
      ({ room }) => {
        expect(room.requests.filter(({ path }) => path === "/token")).to.deep.equal([]);
      },
    ));

  it("the stranger answers in the honest provider's name: that doesn't know the code", () =>
    expectRefusal(
      "exchange in the page",
      answeredByTheStranger(({ provider }) => provider),
      "grant_expired",
    ));
});
