import { spawn, type ChildProcess } from "node:child_process";
import { connect, createServer, type AddressInfo, type Server } from "node:net";

import { programsOf } from "../../../../scripts/browsers.mjs";
import { endTogether, freePort, untilListening } from "../../../../scripts/webkit-driver.mjs";
import { hearMessages, packed, readTargets, sendMessage, type Target } from "./wire.js";

/** A message of the inspector's protocol, JSON. */
export type Message = Readonly<Record<string, unknown>>;

/** A running browser that nobody has used yet, with its driver and the inspector beside it. */
export interface BrowserProcess {
  /** Of the driver, on 127.0.0.1. */
  readonly driverPort: number;
  /** Hears what can be inspected, whenever that changes. */
  watchTargets(hear: (targets: readonly Target[]) => void): void;
  /** Begins to inspect. */
  inspect(target: Target, hear: (message: Message) => void): (message: Message) => void;
  stop(): void;
}

/**
 * Starts MiniBrowser and its driver. WebDriver gives real clicks and windows; Web Inspector's protocol what
 * WebDriver has no command for: scripts before a page's own, requests, evaluating with or without a gesture.
 *
 * @param args - of MiniBrowser
 */
export async function startBrowser(
  environment: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<BrowserProcess> {
  const children: ChildProcess[] = [];
  const stopChildren = endTogether(children);
  const programs = programsOf("webkit");
  const inspectorPort = await freePort();
  const env = { ...environment, WEBKIT_INSPECTOR_SERVER: `127.0.0.1:${inspectorPort}` };
  children.push(spawn(programs.browser, ["--automation", ...args], { stdio: "ignore", env }));

  const watchers: ((targets: readonly Target[]) => void)[] = [];
  let targets: readonly Target[] = [];
  const relay = await relayTo(inspectorPort, (seen) => {
    targets = seen;
    for (const hear of watchers) hear(seen);
  });
  const driverPort = await freePort();
  const driverArgs = [`--port=${driverPort}`, `--target=127.0.0.1:${relay.port}`];
  children.push(spawn(programs.driver, driverArgs, { stdio: "ignore", env: environment }));
  await Promise.all([untilListening(inspectorPort), untilListening(driverPort)]);

  const listeners = new Map<bigint, (message: Message) => void>();
  const socket = connect(inspectorPort, "127.0.0.1").setNoDelay();
  socket.on("error", () => undefined);
  hearMessages(socket, (name, parameters) => {
    if (name !== "SendMessageToFrontend") return;
    const text = parameters.toString("utf8", 16, parameters.length - 1);
    listeners.get(parameters.readBigUInt64LE(8))?.(JSON.parse(text) as Message);
  });
  sendMessage(socket, "SetupInspectorClient", Buffer.from("\0"));

  return {
    driverPort,
    watchTargets(hear) {
      watchers.push(hear);
      hear(targets);
    },
    inspect({ connection, id }, hear) {
      listeners.set(id, hear);
      sendMessage(socket, "Setup", packed(connection, id));
      return (message) => {
        const parameters = packed(connection, id, JSON.stringify(message));
        sendMessage(socket, "SendMessageToBackend", parameters);
      };
    },
    stop() {
      socket.destroy();
      relay.server.close();
      stopChildren();
    },
  };
}

/** The browser tells the driver alone what can be inspected: whoever stands between them hears it too. */
async function relayTo(
  port: number,
  hear: (targets: readonly Target[]) => void,
): Promise<{ server: Server; port: number }> {
  const lists = new Map<bigint, readonly Target[]>();
  const server = createServer((driver) => {
    const browser = connect(port, "127.0.0.1");
    for (const [one, other] of [
      [driver, browser],
      [browser, driver],
    ] as const) {
      one.setNoDelay().pipe(other);
      one.on("error", () => other.destroy());
    }
    hearMessages(browser, (name, parameters) => {
      if (name !== "SetTargetList") return;
      // A process of the browser's speaks for itself only.
      lists.set(parameters.readBigUInt64LE(0), readTargets(parameters));
      hear([...lists.values()].flat());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, port: (server.address() as AddressInfo).port };
}
