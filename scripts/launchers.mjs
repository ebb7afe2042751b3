import { chromeLauncher } from "@web/test-runner-chrome";
import { webdriverLauncher } from "@web/test-runner-webdriver";
import puppeteer from "puppeteer-core";
import { CHROMIUM_ARGS, FIREFOX_SETTINGS, programsOf } from "./browsers.mjs";
import { startWebKitDriver, webkitCapabilities } from "./webkit-driver.mjs";

// Puppeteer only closes its browser, and the runner would wait for it; it also ends it on exit.
for (const signal of ["SIGTERM", "SIGHUP"]) {
  process.once(signal, () => process.exit(1));
}

/** Nobody looks at the requests of tests; of each, the driver would be told several times. */
const UNWATCHED = { networkEnabled: false };

const chromium = () =>
  chromeLauncher({
    launchOptions: {
      executablePath: programsOf("chromium").chromium,
      headless: true,
      ...UNWATCHED,
      args: [...CHROMIUM_ARGS],
    },
  });

/**
 * A popup is a tab behind the tests, and as quick as one in front: a window of its own takes Firefox the better part
 * of a second, and tests open a hundred.
 */
const POPUPS_AS_TABS = {
  "browser.link.open_newwindow": 3,
  "browser.link.open_newwindow.restriction": 0,
  "browser.tabs.loadDivertedInBackground": true,
  "dom.min_background_timeout_value": 4,
};

const firefox = () =>
  chromeLauncher({
    puppeteer,
    launchOptions: {
      browser: "firefox",
      ...UNWATCHED,
      executablePath: programsOf("firefox").firefox,
      headless: true,
      extraPrefsFirefox: { ...FIREFOX_SETTINGS, ...POPUPS_AS_TABS },
    },
  });

function webkit() {
  const options = {
    hostname: "127.0.0.1",
    path: "/",
    port: 0,
    logLevel: "error",
    // Tests open popups without a person's click.
    capabilities: webkitCapabilities({
      args: ["--javascript-can-open-windows-automatically=true"],
    }),
  };
  const launcher = webdriverLauncher(options);
  const { initialize, stop } = launcher;
  let driver;
  return Object.assign(launcher, {
    name: "WebKitGTK",
    async initialize(config) {
      driver = await startWebKitDriver();
      options.port = driver.port;
      await initialize.call(launcher, config);
      launcher.name = "WebKitGTK";
    },
    async stop() {
      await stop.call(launcher);
      driver?.stop();
    },
  });
}

/** Starts the browser that the test runner loads test files in, by engine. */
export const launchers = { chromium, firefox, webkit };
