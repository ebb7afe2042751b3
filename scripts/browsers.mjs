import { find, install, onPath } from "./programs.mjs";

/** The engines that every test runs in. */
export const ENGINES = ["chromium", "firefox", "webkit"];

/**
 * What Chromium starts processes for with each window: its address bar, and pages to come. Nobody sees them, and they take
 * half of its time.
 */
const UNSEEN = ["WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "SpareRendererForSitePerProcess"];

/**
 * The sandbox can't start as root in a container, and these browsers only load our own pages. The rest stops the
 * browser's own background requests, which a closed network refuses many at a time, and work that
 * nobody looks at: without a graphics card each frame of an animation costs a processor its time.
 */
export const CHROMIUM_ARGS = [
  "--no-sandbox",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
  "--disable-gpu",
  "--no-first-run",
  "--force-prefers-reduced-motion",
  `--disable-features=${UNSEEN.join()}`,
];

/** What Firefox must be told besides what its driver tells it: as in Chromium, and nothing is kept for later. */
export const FIREFOX_SETTINGS = {
  "app.update.disabledForTesting": true,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "network.predictor.enabled": false,
  "ui.prefersReducedMotion": 1,
  "browser.cache.disk.enable": false,
  "browser.sessionstore.interval": 3_600_000,
  "browser.sessionstore.max_tabs_undo": 0,
  "browser.sessionstore.max_windows_undo": 0,
  "places.history.enabled": false,
};

/**
 * What an engine's tests need: programs, each with the variable that names it and the places where it is looked for,
 * and the Debian packages that bring them.
 */
const NEEDS = {
  chromium: {
    packages: ["chromium"],
    programs: {
      chromium: {
        variable: "CHROMIUM_PATH",
        paths: [
          "/usr/bin/chromium",
          ...onPath(["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]),
          "/opt/google/chrome/chrome",
          "/snap/bin/chromium",
          "/Applications/Chromium.app/Contents/MacOS/Chromium",
          "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
          String.raw`C:\Program Files\Google\Chrome\Application\chrome.exe`,
          String.raw`C:\Program Files (x86)\Google\Chrome\Application\chrome.exe`,
        ],
      },
    },
  },
  firefox: {
    packages: ["firefox-esr"],
    programs: {
      firefox: {
        variable: "FIREFOX_PATH",
        paths: [
          "/usr/bin/firefox-esr",
          ...onPath(["firefox-esr", "firefox"]),
          "/Applications/Firefox.app/Contents/MacOS/firefox",
          String.raw`C:\Program Files\Mozilla Firefox\firefox.exe`,
        ],
      },
    },
  },
  webkit: {
    packages: ["webkit2gtk-driver", "xvfb"],
    programs: {
      driver: { variable: "WEBKIT_DRIVER_PATH", paths: onPath(["WebKitWebDriver"]) },
      browser: {
        variable: "MINIBROWSER_PATH",
        paths: ["x86_64", "aarch64"].flatMap((machine) =>
          ["4.1", "6.0", "4.0"].map(
            (version) => `/usr/lib/${machine}-linux-gnu/webkit2gtk-${version}/MiniBrowser`,
          ),
        ),
      },
      display: { variable: "XVFB_PATH", paths: onPath(["Xvfb"]) },
    },
  },
};

const findAll = (engine) =>
  Object.entries(NEEDS[engine].programs).map(([name, program]) => [name, find(program)]);

/**
 * Where an engine's programs are, by name.
 *
 * @returns {Record<string, string>}
 */
export function programsOf(engine) {
  const programs = findAll(engine);
  const missing = programs
    .filter(([, path]) => !path)
    .map(([name]) => NEEDS[engine].programs[name]);
  if (missing.length > 0) {
    const { packages } = NEEDS[engine];
    const variables = missing.map(({ variable }) => variable).join(", ");
    throw new Error(
      `No ${engine} to test in: install ${packages.join(" and ")} (Debian), or set ${variables}.`,
    );
  }
  return Object.fromEntries(programs);
}

export const chromiumPath = () => programsOf("chromium").chromium;

/** Installs an engine where it is missing and may be installed: on Debian, as root. */
export function ensureEngine(engine) {
  if (findAll(engine).some(([, path]) => !path)) {
    install(NEEDS[engine].packages);
  }
  return programsOf(engine);
}

/** The engine of this run: `ENGINE` of the environment, else Chromium. */
export function chosenEngine() {
  const engine = process.env.ENGINE ?? "chromium";
  if (!ENGINES.includes(engine)) {
    throw new Error(`ENGINE is ${engine}; it must be ${ENGINES.join(", ")}.`);
  }
  return engine;
}
