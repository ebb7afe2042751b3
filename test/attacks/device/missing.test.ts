import { expectAnswered, withFreshPage, type PageWindow } from "../support/fresh-page.js";

/** What a page may have to do without, as a path from its global scope. */
const places = [
  "indexedDB",
  "localStorage",
  "sessionStorage",
  "BroadcastChannel",
  "navigator.locks",
  "navigator.userActivation",
  "requestIdleCallback",
  "crypto.randomUUID",
] as const;

/** What a browser keeps from a page by an error, in private mode or in a sandbox. */
const denied = ["indexedDB", "localStorage", "sessionStorage"] as const;

/** Who has the last name of a path, and that name. */
function find(page: PageWindow, place: string): [holder: object, name: string] {
  const names = place.split(".");
  const last = String(names.pop());
  let holder = names.reduce<unknown>((scope, name) => (scope as PageWindow)[name], page) as object;
  while (!Object.hasOwn(holder, last)) holder = Object.getPrototypeOf(holder) as object;
  return [holder, last];
}

function take(page: PageWindow, place: string): void {
  Reflect.deleteProperty(...find(page, place));
}

function deny(page: PageWindow, place: string): void {
  take(page, place);
  Object.defineProperty(page, place, {
    get: () => {
      throw new page.DOMException("The operation is insecure.", "SecurityError");
    },
  });
}

describe("a device on which something is missing or broken", () => {
  for (const [way, some, change] of [
    ["is absent", places, take],
    ["is denied", denied, deny],
  ] as const) {
    for (const place of some) {
      it(`${place} ${way}: the consumer signs in all the same`, () =>
        withFreshPage(
          {
            flow: "exchange in the page",
            config: { silent: "true", silentTimeout: 1500, refreshTokenStorage: "encrypted" },
            before: (page) => {
              change(page, place);
            },
          },
          async (page) => {
            expectAnswered(await page.call(), "exchange in the page", page.room);
          },
        ));
    }
  }

  it("everything of it at once: the consumer signs in all the same", () =>
    withFreshPage(
      {
        flow: "exchange in the page",
        config: { refreshTokenStorage: "encrypted" },
        before: (page) => {
          for (const place of places) take(page, place);
        },
      },
      async (page) => {
        expectAnswered(await page.call(), "exchange in the page", page.room);
      },
    ));
});
