import { once } from "node:events";
import { createServer } from "node:http";

/** Paths of the test runner's own origin that a test answers. */
const PREFIX = "/hostile/";

/** How long one wait for the next request lasts, in milliseconds, before the test asks again. */
const ROUND = 20_000;

/** How much of an endless answer is sent, in bytes, before we believe that nobody will stop it. */
const ENDLESS = 256_000_000;

async function readBody(request) {
  const parts = [];
  for await (const part of request) {
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

/** Sends what the test says, as slowly, as long or as badly as it says. */
function send(response, { status, headers, chunks, then }) {
  response.on("error", () => undefined);
  if (then === "reset" && chunks.length === 0) {
    response.socket?.destroy();
    return;
  }
  response.writeHead(status, headers);
  response.flushHeaders();
  const timers = chunks.map(({ after, text }) => setTimeout(() => response.write(text), after));
  const finish = {
    end: () => response.end(),
    hang: () => undefined,
    reset: () => response.socket?.destroy(),
    repeat() {
      let sent = 0;
      const { text } = chunks.at(-1);
      const more = () => {
        while (sent < ENDLESS && !response.destroyed) {
          sent += text.length;
          if (!response.write(text)) return;
        }
        response.end();
      };
      response.on("drain", more);
      more();
    },
  }[then];
  timers.push(setTimeout(finish, Math.max(0, ...chunks.map(({ after }) => after))));
  response.on("close", () => {
    for (const timer of timers) clearTimeout(timer);
  });
}

/**
 * Real servers on real origins whose every answer is made by the test in the browser: the identity
 * provider and a stranger on sites of their own, and pages on the origin of the tests.
 */
export function hostileServers() {
  const rooms = new Map();
  const servers = [];
  let number = 0;

  const listen = async (name) => {
    const server = createServer((request, response) => handle(name, request, response));
    servers.push(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return `http://127.0.0.1:${server.address().port}`;
  };

  async function handle(server, request, response) {
    const [, , id] = request.url.split("/");
    const room = rooms.get(id);
    if (!room) {
      response.writeHead(404).end();
      return;
    }
    const body = await readBody(request);
    const { method, url, headers } = request;
    const mine = ++number;
    room.responses.set(mine, response);
    response.on("close", () => room.responses.delete(mine));
    room.queue.push({ number: mine, server, method, url, headers, body });
    room.wake?.();
  }

  async function next({ room: id }) {
    const room = rooms.get(id);
    if (!room) return null;
    if (room.queue.length === 0) {
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, ROUND);
        room.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return { requests: room.queue.splice(0) };
  }

  let origins;
  const commands = {
    async "hostile-open"() {
      origins ??= Promise.all([listen("provider"), listen("stranger")]);
      const [provider, stranger] = await origins;
      const id = `room-${++number}`;
      rooms.set(id, { queue: [], responses: new Map() });
      const path = `${PREFIX}${id}`;
      return { id, provider: `${provider}${path}`, stranger: `${stranger}${path}`, site: path };
    },
    "hostile-next": next,
    "hostile-answer"({ room, number: which, answer }) {
      const response = rooms.get(room)?.responses.get(which);
      if (response && !response.destroyed) send(response, answer);
      return true;
    },
    "hostile-close"({ room: id }) {
      const room = rooms.get(id);
      rooms.delete(id);
      room?.wake?.();
      for (const response of room?.responses.values() ?? []) response.socket?.destroy();
      return true;
    },
  };

  return {
    plugin: {
      name: "hostile-servers",
      executeCommand: ({ command, payload }) => commands[command]?.(payload),
      serverStop() {
        for (const server of servers.splice(0)) {
          server.closeAllConnections();
          server.close();
        }
      },
    },
    /** Of the test runner's server: hands it what belongs to a test. */
    async middleware(context, following) {
      if (!context.path.startsWith(PREFIX)) return following();
      context.respond = false;
      // Else the runner takes it for a file that is missing.
      context.status = 200;
      await handle("site", context.req, context.res);
      return undefined;
    },
  };
}
