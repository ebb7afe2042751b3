/**
 * Files of test/e2e that don't pass in an engine yet, and what is missing: they are left out there when the whole
 * suite runs, and named in its output. By name they always run.
 */
export const NOT_YET = {
  chromium: {},
  firefox: {},
  webkit: {},
};
