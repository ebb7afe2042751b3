import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { programsOf } from "./browsers.mjs";

/** How long the driver may take to start, in milliseconds. */
const STARTING_TIME = 20_000;

/** Has pages prefer reduced motion: without a graphics card each frame of an animation costs a processor its time. */
const SETTINGS = fileURLToPath(new URL("webkit-settings", import.meta.url));

export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Starts an X server; gives what its programs need in their environment. */
export async function startDisplay(children) {
  const display = spawn(
    programsOf("webkit").display,
    ["-displayfd", "3", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"],
    { stdio: ["ignore", "ignore", "ignore", "pipe"] },
  );
  children.push(display);
  const [number] = await once(display.stdio[3], "data");
  return {
    ...process.env,
    DISPLAY: `:${String(number).trim()}`,
    GDK_BACKEND: "x11",
    WEBKIT_DISABLE_COMPOSITING_MODE: "1",
    XDG_CONFIG_DIRS: SETTINGS,
  };
}

/** Waits until a server on 127.0.0.1 takes connections. */
export async function untilListening(port) {
  for (const end = Date.now() + STARTING_TIME; ;) {
    const socket = connect(port, "127.0.0.1");
    try {
      await once(socket, "connect");
      return;
    } catch (error) {
      if (Date.now() > end) {
        throw error;
      }
    } finally {
      socket.destroy();
    }
    await wait(20);
  }
}

/** Ends children, the last one first, when this process ends, or when the returned function is called. */
export function endTogether(children) {
  const stop = () => {
    process.off("exit", stop);
    for (const child of children.splice(0).reverse()) {
      child.kill();
    }
  };
  process.once("exit", stop);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    if (!process.listeners(signal).includes(leave)) {
      process.on(signal, leave);
    }
  }
  return stop;
}

const leave = () => process.exit(1);

/**
 * WebKit's WebDriver, with a display of its own to draw on.
 *
 * @returns {Promise<{ port: number, stop(): void }>} the port on 127.0.0.1
 */
export async function startWebKitDriver() {
  const children = [];
  const stop = endTogether(children);
  try {
    const env = await startDisplay(children);
    const port = await freePort();
    const args = [`--port=${port}`, "--host=127.0.0.1"];
    children.push(spawn(programsOf("webkit").driver, args, { stdio: "ignore", env }));
    await untilListening(port);
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
