import { expect } from "@esm-bundle/chai";

import { times } from "../support/attack.js";
import {
  expectAnswered,
  expectReason,
  withFreshPage,
  type PageParts,
} from "../support/fresh-page.js";

const flow = "code to the window";

/** Takes the script's element apart, as loaders and tag managers do. */
const inject = ({ script }: PageParts, into: string): string =>
  `<script>
    var given = new DOMParser().parseFromString(${JSON.stringify(script).replaceAll("</", "<\\/")}, "text/html").querySelector("script");
    var late = document.createElement("script");
    for (var one of given.attributes) late.setAttribute(one.name, one.value);
    ${into}.append(late);
  </script>`;

const body = ({ before, script, after, markup }: PageParts): string =>
  `<title>A brand</title>${before}${script}${after}${markup}`;

describe("a page that loads the script", () => {
  for (const attributes of [" async", " defer"]) {
    it(`with${attributes}`, () =>
      withFreshPage({ flow, scriptAttributes: attributes }, async (page) => {
        expectAnswered(await page.call(), flow, page.room);
      }));
  }

  it("long after it has loaded itself", () =>
    withFreshPage(
      {
        flow,
        write: (parts) =>
          `<!doctype html>${parts.before}<body>${inject(parts, "addEventListener('load', function () { setTimeout(function () { document.body.append(late); }); }), document.createElement('p')")}`,
      },
      async (page) => {
        while (page.window["ConsumerAuth"] === undefined) await new Promise(requestAnimationFrame);
        expectAnswered(await page.call(), flow, page.room);
      },
    ));

  const modes: Readonly<Record<string, (parts: PageParts) => string>> = {
    "in quirks mode": (parts) => `<html><body bgcolor=white>${body(parts)}`,
    "that is written by document.write": (parts) =>
      `<!doctype html>${parts.before}<script>document.write(${JSON.stringify(parts.script).replaceAll("</", "<\\/")});</script>${parts.after}`,
    "with a <base> of its own site": (parts) =>
      `<!doctype html><base href="/elsewhere/deep/">${body(parts)}`,
  };
  for (const [what, write] of Object.entries(modes)) {
    it(`on a page ${what}`, () =>
      withFreshPage({ flow, write }, async (page) => {
        expectAnswered(await page.call(), flow, page.room);
      }));
  }

  const nameless: Readonly<Record<string, (parts: PageParts) => string>> = {
    "as a module": ({ before, script, markup }) =>
      `<!doctype html>${before}${script.replace("<script", '<script type="module"')}${markup}`,
    "in a shadow root": (parts) =>
      `<!doctype html>${parts.before}<div></div>${inject(parts, "document.querySelector('div').attachShadow({ mode: 'open' })")}${parts.markup}`,
  };
  for (const [what, write] of Object.entries(nameless)) {
    it(`${what}, where no browser says which element it is: the window is told of the lack`, () =>
      withFreshPage({ flow, write }, async (page) => {
        while (page.window["ConsumerAuth"] === undefined) await new Promise(requestAnimationFrame);
        expectReason(await page.call(), flow, "invalid_config");
      }));

    it(`${what}, with an element that has the options`, () =>
      withFreshPage(
        {
          flow,
          write: (parts) =>
            write({
              ...parts,
              markup: parts.script
                .replace("<script", "<consumer-auth")
                .replace("</script", "</consumer-auth")
                .replaceAll("data-", ""),
            }),
        },
        async (page) => {
          while (page.window["ConsumerAuth"] === undefined)
            await new Promise(requestAnimationFrame);
          expectAnswered(await page.call(), flow, page.room);
        },
      ));
  }

  it("in a window of its own", () =>
    withFreshPage({ flow, inWindow: true }, async (page) => {
      expectAnswered(await page.call(), flow, page.room);
    }));

  it("as XHTML, where the prompt can't be drawn: the window is told at once", () =>
    withFreshPage(
      {
        flow,
        contentType: "application/xhtml+xml",
        write: ({ before, script, after }) =>
          `<html xmlns="http://www.w3.org/1999/xhtml"><head><title>A brand</title>${before}${script}${after}</head><body></body></html>`,
      },
      async (page) => {
        const outcome = await page.call();
        expectReason(outcome, flow, "interaction_required");
        expect(outcome.elapsed).to.be.below(times.interactionTimeout);
      },
    ));
});

describe("attack: a <base> that leads to a stranger", () => {
  const hostile =
    (rest: (parts: PageParts) => string) =>
    (parts: PageParts): string =>
      `<!doctype html><base href="${parts.room.stranger}/">${rest(parts)}`;

  for (const offline of [false, true]) {
    it(`leads no part of a sign-in astray${offline ? ", nor the look whether the network is back" : ""}`, () =>
      withFreshPage(
        {
          flow,
          write: hostile(body),
          before: (page) => {
            if (!offline) return;
            page.Object.defineProperty(page.Navigator.prototype, "onLine", { get: () => false });
          },
          config: offline ? { silent: true, silentTimeout: 1 } : {},
        },
        async (page) => {
          expectAnswered(await page.call(), flow, page.room);
          expect(page.room.requests.filter(({ server }) => server === "stranger")).to.deep.equal(
            [],
          );
        },
      ));
  }
});
