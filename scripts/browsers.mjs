import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/**
 * The sandbox can't start as root in a container, and these browsers only load our own pages. The rest stops the
 * browser's own background requests, which a closed network refuses many at a time.
 */
export const CHROMIUM_ARGS = [
  "--no-sandbox",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
  "--disable-gpu",
  "--no-first-run",
];

const WELL_KNOWN_PATHS = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome-stable",
  "/usr/bin/google-chrome",
  "/opt/google/chrome/chrome",
  "/snap/bin/chromium",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  String.raw`C:\Program Files\Google\Chrome\Application\chrome.exe`,
  String.raw`C:\Program Files (x86)\Google\Chrome\Application\chrome.exe`,
];

/** @returns {string | undefined} */
export function findChromium() {
  const chosen = process.env.CHROMIUM_PATH ?? process.env.CHROME_PATH;
  if (chosen) {
    if (!existsSync(chosen)) {
      throw new Error(`CHROMIUM_PATH names ${chosen}, which doesn't exist.`);
    }
    return chosen;
  }
  return WELL_KNOWN_PATHS.find((path) => existsSync(path));
}

/** @returns {string} */
export function chromiumPath() {
  const path = findChromium();
  if (!path) {
    throw new Error("No Chromium found: install Chromium or Chrome, or set CHROMIUM_PATH.");
  }
  return path;
}

export function ensureChromium() {
  if (!findChromium() && existsSync("/etc/debian_version") && process.getuid?.() === 0) {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    for (const args of [["update"], ["install", "-y", "--no-install-recommends", "chromium"]]) {
      spawnSync("apt-get", args, { stdio: "inherit", env });
    }
  }
  return chromiumPath();
}
