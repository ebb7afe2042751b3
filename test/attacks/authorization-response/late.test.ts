import { expect } from "@esm-bundle/chai";

import { broadcast, expectUnheard, isRelayed } from "../support/arrivals.js";
import { expectNobody, until, withAttackedPage, type AttackedPage } from "../support/attack.js";
import type { Misconduct } from "../support/provider.js";

/** A provider that keeps the consumer, and shows what it would have answered. */
function keepingTheConsumer(): {
  readonly misconduct: Misconduct;
  readonly kept: Record<string, string>[];
} {
  const kept: Record<string, string>[] = [];
  return {
    kept,
    misconduct: {
      authorization(parameters) {
        kept.push(parameters);
        return { status: 204 };
      },
    },
  };
}

/** The response comes after all, as the return page would bring it. */
const deliver = (parameters: Record<string, string>): Promise<void> =>
  broadcast(`consumer-auth:${parameters["state"]}`, {
    consumerAuth: parameters["state"],
    mode: "id_token" in parameters ? "fragment" : "query",
    parameters: new URLSearchParams(parameters).toString(),
  });

const tokenRequests = ({ room }: AttackedPage): number =>
  room.requests.filter(({ path }) => path === "/token").length;

describe("attack: an authorization response that comes late", () => {
  it("after the deadline", () => {
    const { misconduct, kept } = keepingTheConsumer();
    const config = { interactionTimeout: 1000 };
    return withAttackedPage("exchange in the page", { misconduct, config }, async (attacked) => {
      const outcome = await attacked.call();
      expectNobody(attacked, outcome, "exchange in the page", "interaction_timeout");
      await deliver(kept[0]!);
      expectNobody(attacked, outcome, "exchange in the page", "interaction_timeout");
      expect(tokenRequests(attacked)).to.equal(0);
    });
  });

  it("after the consumer has cancelled", () => {
    const { misconduct, kept } = keepingTheConsumer();
    return withAttackedPage("exchange in the page", { misconduct }, async (attacked) => {
      const called = attacked.call();
      await until(() => kept[0], "the consumer at the provider");
      attacked.prompt()?.view?.cancel();
      const outcome = await called;
      await deliver(kept[0]!);
      expectNobody(attacked, outcome, "exchange in the page", "cancelled");
      expect(tokenRequests(attacked)).to.equal(0);
    });
  });

  it("after the consumer has signed out", () => {
    const { misconduct, kept } = keepingTheConsumer();
    return withAttackedPage("implicit flow", { misconduct }, async (attacked) => {
      const called = attacked.call();
      await until(() => kept[0], "the consumer at the provider");
      await attacked.auth.signOut();
      const { answers, code } = await called;
      await deliver(kept[0]!);
      expect(answers).to.have.length(1);
      expect(code).to.equal("aborted");
      expect(attacked.auth.session.claims).to.equal(undefined);
      expect(attacked.auth.session.state).not.to.equal("authenticated");
    });
  });

  it("in time, but the consumer signs out while its code is exchanged", () => {
    let attacked: AttackedPage;
    const misconduct: Misconduct = {
      async token(tokens) {
        await attacked.auth.signOut();
        return tokens;
      },
    };
    return withAttackedPage("exchange in the page", { misconduct }, async (page) => {
      attacked = page;
      const { answers, code } = await page.call();
      expect(answers).to.have.length(1);
      expect(code).to.equal("aborted");
      expect(page.auth.session.claims).to.equal(undefined);
      expect(page.auth.session.state).not.to.equal("authenticated");
    });
  });

  it("to a call that has given way to another, which has its own", () => {
    const { misconduct, kept } = keepingTheConsumer();
    const { authorization } = misconduct;
    return withAttackedPage(
      "code to the window",
      {
        misconduct: {
          authorization: (parameters, request) =>
            kept.length > 0 ? parameters : authorization!(parameters, request),
        },
      },
      async (attacked) => {
        const called = attacked.call();
        await until(() => kept[0], "the consumer at the provider");
        attacked.prompt()?.view?.cancel();
        const first = await called;
        const second = attacked.call();
        await until(() => attacked.popups.length === 2, "another popup");
        await deliver(kept[0]!);
        const { answers } = await second;
        expect(answers).to.have.length(1);
        expect(answers[0]?.[0]).to.have.property("ssoKey").that.is.not.equal(kept[0]!["code"]);
        expect(first.answers).to.have.length(1);
      },
    );
  });
});

describe("attack: an authorization response that comes twice", () => {
  it("at once: its code is exchanged once, the window answered once", () =>
    withAttackedPage(
      "exchange in the page",
      {
        misconduct: {
          async authorization(parameters) {
            const message = {
              consumerAuth: parameters["state"],
              mode: "query",
              parameters: new URLSearchParams(parameters).toString(),
            };
            const name = `consumer-auth:${parameters["state"]}`;
            await Promise.all([broadcast(name, message), broadcast(name, message)]);
            return parameters;
          },
        },
      },
      async (attacked) => {
        const { answers } = await attacked.call();
        await deliver({ state: "another" });
        expect(answers).to.have.length(1);
        expect(answers[0]).to.have.length(1);
        expect(tokenRequests(attacked)).to.equal(1);
        expect(attacked.auth.session.state).to.equal("authenticated");
      },
    ));

  it("again when it was taken: nothing of it is done a second time", () => {
    let taken: Record<string, string> = {};
    return withAttackedPage(
      "exchange in the page",
      { misconduct: { authorization: (parameters) => (taken = parameters) } },
      async (attacked) => {
        const { answers } = await attacked.call();
        const { claims } = attacked.auth.session;
        await deliver(taken);
        expect(answers).to.have.length(1);
        expect(tokenRequests(attacked)).to.equal(1);
        expect(attacked.auth.session.claims).to.deep.equal(claims);
      },
    );
  });

  for (const flow of ["code to the window", "exchange in the page", "implicit flow"] as const) {
    it(`for a second call: a response is good for its own request only (${flow})`, () => {
      let taken: Record<string, string> | undefined;
      let isSecond = false;
      return expectUnheard(
        flow,
        {
          misconduct: {
            authorization(parameters) {
              isSecond = taken !== undefined;
              return (taken ??= parameters);
            },
          },
        },
        (_page, heard) => isSecond && isRelayed(heard, taken!["state"]!),
        "cancelled",
        async ({ call, auth }) => {
          expect((await call()).answers[0]).to.have.length(1);
          await auth.signOut();
        },
      );
    });
  }

  it("for a second call, with the second state on it: its code is spent", () => {
    let spent: string | undefined;
    return withAttackedPage(
      "exchange in the page",
      {
        misconduct: {
          authorization(parameters) {
            parameters["code"] = spent ??= parameters["code"]!;
            return parameters;
          },
        },
      },
      async (attacked) => {
        expect((await attacked.call()).answers[0]).to.have.length(1);
        await attacked.auth.signOut();
        const outcome = await attacked.call();
        expectNobody(attacked, outcome, "exchange in the page", "grant_expired");
      },
    );
  });
});
