import { expect } from "@esm-bundle/chai";

import {
  expectAnswered,
  expectReason,
  withFreshPage,
  type PageParts,
} from "../support/fresh-page.js";

const flow = "code to the window";

describe("attack: another copy of the script", () => {
  it("later, with options of its own: the first one answers, and the second says so", () =>
    withFreshPage(
      {
        flow,
        write: ({ before, script }: PageParts) =>
          `<!doctype html>${before}${script}${script.replace("messaging", "another")}`,
      },
      async (page) => {
        expectAnswered(await page.call(), flow, page.room);
        expect(page.traces.told.join()).to.include("twice");
        const asked = page.room.requests.find(({ path }) => path === "/authorize");
        expect(asked?.query.get("client_id")).to.equal("messaging");
      },
    ));

  it("the one-file build beside the other", () =>
    withFreshPage(
      {
        flow,
        write: ({ before, script }: PageParts) =>
          `<!doctype html>${before}${script}${script.replace("consumer-auth.js", "consumer-auth.all.js")}`,
      },
      async (page) => {
        expectAnswered(await page.call(), flow, page.room);
        expect(page.traces.told.join()).to.include("twice");
      },
    ));

  it("the one-file build alone", () =>
    withFreshPage(
      {
        flow,
        write: ({ before, script }: PageParts) =>
          `<!doctype html>${before}${script.replace("consumer-auth.js", "consumer-auth.all.js")}`,
      },
      async (page) => {
        expectAnswered(await page.call(), flow, page.room);
      },
    ));

  for (const value of [undefined, null, {}, "another version"]) {
    it(`ConsumerAuth is ${JSON.stringify(value)} already: this copy stands back, and says so`, () =>
      withFreshPage(
        {
          flow,
          before: (page) => {
            page["ConsumerAuth"] = value;
          },
        },
        (page) => {
          expect(page.window["lpGetAuthenticationToken"]).to.equal(undefined);
          expect(page.traces.told.join()).to.include("twice");
          return Promise.resolve();
        },
      ));
  }

  it("<consumer-auth> is an element of somebody else: the window is told", () =>
    withFreshPage(
      {
        flow,
        before: (page) => {
          page.customElements.define(
            "consumer-auth",
            page.eval("(class extends HTMLElement {})") as CustomElementConstructor,
          );
        },
      },
      async (page) => {
        expectReason(await page.call(), flow, /^interaction_required: .*another copy/);
      },
    ));
});
