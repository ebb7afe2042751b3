import { expectAnswered, withFreshPage, type PageWindow } from "../support/fresh-page.js";

const hour = 3_600_000;

/** The page's clock is wrong by so much, from the start or from the sign-in on. */
function setClock(page: PageWindow, ahead: () => number): void {
  const { Date: RealDate } = page;
  page.Date = class extends RealDate {
    constructor(...given: unknown[]) {
      super(...((given.length === 0 ? [RealDate.now() + ahead()] : given) as []));
    }
    static override now(): number {
      return RealDate.now() + ahead();
    }
  } as DateConstructor;
}

describe("a device whose clock is wrong", () => {
  for (const [name, wrong] of [
    ["an hour fast", hour],
    ["an hour slow", -hour],
    ["a year fast", 8760 * hour],
    ["years slow, as after an empty battery", -50_000 * hour],
  ] as const) {
    for (const flow of ["implicit flow", "exchange in the page"] as const) {
      it(`${name}: the page's own server says what time it is, and the consumer signs in (${flow})`, () =>
        withFreshPage(
          {
            flow,
            before: (page) => {
              setClock(page, () => wrong);
            },
          },
          async (page) => {
            expectAnswered(await page.call(), flow, page.room);
          },
        ));
    }
  }

  for (const jump of [hour, -hour]) {
    it(`jumps by ${jump / hour} h while the consumer signs in: they are signed in`, () => {
      let ahead = 0;
      return withFreshPage(
        {
          flow: "implicit flow",
          misconduct: {
            authorization: (parameters) => {
              ahead = jump;
              return parameters;
            },
          },
          before: (page) => {
            setClock(page, () => ahead);
          },
        },
        async (page) => {
          expectAnswered(await page.call(), "implicit flow", page.room);
        },
      );
    });
  }
});
