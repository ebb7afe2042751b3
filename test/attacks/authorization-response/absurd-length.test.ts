import { expect } from "@esm-bundle/chai";

import { broadcast, expectUnheard, isRelayed, toReturnPage } from "../support/arrivals.js";
import {
  expectCredential,
  expectRefusal,
  type AttackOptions,
  type FlowName,
} from "../support/attack.js";
import { page } from "../support/room.js";

const megabyte = 1_048_576;

/** The response comes as the return page's message: no server or address on the way limits it. */
const byMessage = (
  mode: "query" | "fragment",
  change: (parameters: Record<string, string>) => string,
): AttackOptions => ({
  misconduct: {
    async authorization(parameters) {
      const state = parameters["state"]!;
      await broadcast(`consumer-auth:${state}`, {
        consumerAuth: state,
        mode,
        parameters: change(parameters),
      });
      return { status: 204 };
    },
  },
});

const withOne = (name: string, length: number) => (parameters: Record<string, string>) =>
  new URLSearchParams({ ...parameters, [name]: "x".repeat(length) }).toString();

/** Parameters, each of them once, so many characters in all. */
function many(length: number): string {
  const parts: string[] = [];
  for (let written = 0, index = 0; written < length; index += 1) {
    const part = `p${index}=${index}`;
    parts.push(part);
    written += part.length + 1;
  }
  return parts.join("&");
}

/** By an address: the provider's page goes there itself, since no header would carry it. */
const byAddress = (change: (parameters: Record<string, string>) => string): AttackOptions => ({
  misconduct: {
    authorization: (parameters, request) =>
      page(
        `<script>location.replace(${JSON.stringify(
          toReturnPage(request, { hash: change(parameters) }),
        )})</script>`,
      ),
  },
});

const refused = (name: string, flow: FlowName, options: AttackOptions): void => {
  it(name, () =>
    expectRefusal(flow, options, "response_invalid", (_page, { answers, elapsed }) => {
      expect(String(answers[0]?.[1]).length).to.be.below(200);
      expect(elapsed).to.be.below(4000);
    }),
  );
};

describe("attack: an authorization response of absurd length", () => {
  refused(
    "a code of 64 KB and one",
    "code to the window",
    byMessage("query", withOne("code", 65_537)),
  );
  refused(
    "a code of a megabyte",
    "exchange in the page",
    byMessage("query", withOne("code", megabyte)),
  );
  refused(
    "an ID token of a megabyte",
    "implicit flow",
    byMessage("fragment", withOne("id_token", megabyte)),
  );
  refused(
    "an iss of a megabyte",
    "code to the window",
    byMessage("query", withOne("iss", megabyte)),
  );
  refused(
    "an ID token of half a megabyte in the address",
    "implicit flow",
    byAddress(withOne("id_token", megabyte / 2)),
  );
  refused(
    "a megabyte of parameters without a code",
    "code to the window",
    byMessage(
      "query",
      ({ state, iss = "" }) => `${many(megabyte)}&state=${state}&iss=${encodeURIComponent(iss)}`,
    ),
  );
  refused(
    "a megabyte of parameters of one name",
    "code to the window",
    byMessage("query", ({ state }) => `state=${state}${"&code=x".repeat(megabyte / 7)}`),
  );
  refused(
    "a megabyte of separators, and the state behind them",
    "code to the window",
    byMessage("query", ({ state }) => `${"&".repeat(megabyte)}state=${state}`),
  );
  refused(
    "a megabyte of broken encodings",
    "code to the window",
    byMessage("query", ({ state }) => `state=${state}&x=${"%".repeat(megabyte)}`),
  );

  for (const error of ["e".repeat(41), "e".repeat(megabyte)]) {
    it(`an error of ${error.length} characters: it is not repeated`, () =>
      expectRefusal(
        "code to the window",
        byMessage("query", ({ state = "", iss = "" }) =>
          new URLSearchParams({ error, error_description: error, state, iss }).toString(),
        ),
        "authorization_failed",
        (_page, { answers }) => {
          expect(String(answers[0]?.[1])).not.to.include("eeee");
        },
      ));
  }

  it("a state of half a megabyte in the address: nobody hears it", () => {
    const length = megabyte / 2;
    return expectUnheard("implicit flow", byAddress(withOne("state", length)), (_page, heard) =>
      isRelayed(heard, "x".repeat(length)),
    );
  });
});

describe("a long authorization response is no attack", () => {
  it("a code of 64 KB", () =>
    expectCredential("code to the window", byMessage("query", withOne("code", 65_536))));

  it("much that nobody asked for, beside the code", () =>
    expectCredential(
      "code to the window",
      byMessage(
        "query",
        (parameters) => `${many(megabyte)}&${new URLSearchParams(parameters).toString()}`,
      ),
      (_page, { elapsed }) => {
        expect(elapsed).to.be.below(4000);
      },
    ));
});
