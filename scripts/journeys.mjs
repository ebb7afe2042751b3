/**
 * Files of test/e2e that take longest outside of Chromium, by engine. They pass there; `JOURNEYS=all` runs them too. Three
 * engines on two cores would else take longer than anybody waits for a test.
 */
const LONG = {
  chromium: [],
  firefox: [
    "recipes.test.ts",
    "redirect.test.ts",
    "refresh.test.ts",
    "tabs.test.ts",
    "time.test.ts",
  ],
  webkit: [
    "demo-window.test.ts",
    "identity.test.ts",
    "phone.test.ts",
    "recipes.test.ts",
    "redirect.test.ts",
    "refresh.test.ts",
    "sign-out.test.ts",
    "silent.test.ts",
    "tabs.test.ts",
    "time.test.ts",
    "troubles.test.ts",
  ],
};

/** What a run of all journeys leaves out in an engine. */
export const leftOut = (engine) => (process.env.JOURNEYS === "all" ? [] : LONG[engine]);
