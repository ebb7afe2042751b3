const SLOW = "it takes longer than three engines together may take yet";

/**
 * Files of test/e2e that don't pass in an engine yet, and what is missing: they are left out there when the whole
 * suite runs, and named in its output. By name they always run.
 */
export const NOT_YET = {
  chromium: {},
  firefox: {
    "phone.test.ts": "not run there yet",
    "recipes.test.ts": SLOW,
    "redirect.test.ts":
      "a page that was left by a redirect is mostly not in the back/forward cache",
    "refresh.test.ts": SLOW,
    "tabs.test.ts": SLOW,
    "time.test.ts": SLOW,
  },
  webkit: {},
};
