import { chromeLauncher } from "@web/test-runner-chrome";
import { webdriverLauncher } from "@web/test-runner-webdriver";
import puppeteer from "puppeteer-core";
import { CHROMIUM_ARGS, FIREFOX_SETTINGS, programsOf } from "./browsers.mjs";
import { startWebKitDriver, webkitCapabilities } from "./webkit-driver.mjs";

const chromium = () =>
  chromeLauncher({
    launchOptions: {
      executablePath: programsOf("chromium").chromium,
      headless: true,
      args: [...CHROMIUM_ARGS],
    },
  });

const firefox = () =>
  chromeLauncher({
    puppeteer,
    launchOptions: {
      browser: "firefox",
      executablePath: programsOf("firefox").firefox,
      headless: true,
      extraPrefsFirefox: FIREFOX_SETTINGS,
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
