import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { programsOf } from "./browsers.mjs";

/** How long the driver may take to start, in milliseconds. */
const STARTING_TIME = 20_000;

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

async function startDisplay(program, children) {
  const display = spawn(
    program,
    ["-displayfd", "3", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"],
    { stdio: ["ignore", "ignore", "ignore", "pipe"] },
  );
  children.push(display);
  const [number] = await once(display.stdio[3], "data");
  return `:${String(number).trim()}`;
}

async function untilReady(port) {
  for (const end = Date.now() + STARTING_TIME; ;) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/status`);
      if (response.ok) {
        return;
      }
    } catch (error) {
      if (Date.now() > end) {
        throw error;
      }
    }
    await wait(50);
  }
}

/**
 * WebKit's WebDriver, with a display of its own to draw on.
 *
 * @returns {Promise<{ port: number, stop(): void }>} the port on 127.0.0.1
 */
export async function startWebKitDriver() {
  const { driver, display } = programsOf("webkit");
  const children = [];
  const stop = () => {
    process.off("exit", stop);
    for (const child of children.splice(0)) {
      child.kill();
    }
  };
  process.once("exit", stop);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.once(signal, () => process.exit(1));
  }
  try {
    const env = {
      ...process.env,
      DISPLAY: await startDisplay(display, children),
      GDK_BACKEND: "x11",
      WEBKIT_DISABLE_COMPOSITING_MODE: "1",
    };
    const port = await freePort();
    const options = { stdio: "ignore", env };
    children.unshift(spawn(driver, [`--port=${port}`, "--host=127.0.0.1"], options));
    await untilReady(port);
    return { port, stop };
  } catch (error) {
    stop();
    throw error;
  }
}

/** What a session asks the driver for; `args` go to the browser. */
export const webkitCapabilities = ({ args = [] } = {}) => ({
  browserName: "MiniBrowser",
  "webkitgtk:browserOptions": {
    binary: programsOf("webkit").browser,
    args: ["--automation", ...args],
  },
  "wdio:enforceWebDriverClassic": true,
});
