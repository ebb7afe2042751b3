/** The browser engine that the tests run in. */
export type Engine = "chromium" | "firefox" | "webkit";

function readEngine(): Engine {
  if (typeof window === "undefined") {
    return ((globalThis as { process?: { env: Record<string, string | undefined> } }).process?.env[
      "ENGINE"
    ] ?? "chromium") as Engine;
  }
  if (navigator.userAgent.includes("Firefox/")) return "firefox";
  return navigator.userAgent.includes("Chrome/") ? "chromium" : "webkit";
}

/** The engine of this run: in Node as `ENGINE` says, in a page as the browser says. */
export const engine: Engine = readEngine();

/**
 * What an engine, or the way in which it is driven, can't do, and why. A test that needs it is left
 * out there and counted as skipped; this is the only reason to leave a test out.
 */
const missing = {
  "addresses of 64 KB": {
    webkit: "WebKitGTK's network library takes no header of that length, so no redirect there.",
  },
  "emulated color schemes": {
    firefox: "Firefox ESR's WebDriver BiDi can't change prefers-color-scheme.",
    webkit: "WebKit's WebDriver can't change prefers-color-scheme.",
  },
  "crash of a tab": {
    firefox: "A driver can't crash one tab, and those of a site share a process.",
    webkit: "A driver can't crash one tab.",
  },
  fedcm: {
    firefox: "Firefox ESR has no FedCM.",
    webkit: "WebKit has no FedCM.",
  },
  "freezing of a page": {
    firefox: "A driver can't freeze a page.",
    webkit: "A driver can't freeze a page.",
  },
  prerendering: {
    firefox: "Firefox ESR prerenders no pages.",
    webkit: "WebKit prerenders no pages.",
  },
  viewports: {
    webkit: "The test runner's WebDriver launcher can't set the size of the page.",
  },
} as const satisfies Record<string, Partial<Record<Engine, string>>>;

export type Feature = keyof typeof missing;

/** Why this engine can't do it, or `false` where it can. */
export const lacks = (feature: Feature): string | false =>
  (missing[feature] as Partial<Record<Engine, string>>)[engine] ?? false;
