import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export interface Listener {
  readonly port: number;
  readonly origin: string;
  /** Until this is called, requests wait: the three servers need each other's addresses first. */
  serve(handler: Handler): void;
  close(): Promise<void>;
}

export interface ListenOptions {
  host: string;
  port: number;
  /** Take the next free port when this one is in use. */
  elseNext?: boolean;
}

export async function listen({ host, port, elseNext = false }: ListenOptions): Promise<Listener> {
  const later = laterHandler();
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    later.handler
      .then((handler) => handler(request, response))
      .catch((error: unknown) => {
        console.error(error);
        if (!response.headersSent) response.writeHead(500, { "Content-Type": "text/plain" });
        response.end();
      });
  };

  const servers = await bind(addressesOf(host), port, onRequest, elseNext ? 20 : 0);
  const bound = portOf(servers);
  return {
    port: bound,
    origin: `http://${host}:${bound}`,
    serve: later.serve,
    close: async () => {
      await Promise.all(servers.map(closeServer));
    },
  };
}

function laterHandler() {
  let serve!: (handler: Handler) => void;
  const handler = new Promise<Handler>((resolve) => (serve = resolve));
  return { handler, serve };
}

// Browsers resolve "localhost" to either family, and not all of them try the other one.
function addressesOf(host: string): string[] {
  return host === "localhost" ? ["127.0.0.1", "::1"] : [host];
}

type OnRequest = (request: IncomingMessage, response: ServerResponse) => void;

async function bind(
  addresses: string[],
  port: number,
  onRequest: OnRequest,
  triesLeft: number,
): Promise<Server[]> {
  const servers: Server[] = [];
  try {
    for (const address of addresses) {
      const wanted = servers.length > 0 ? portOf(servers) : port;
      const server = await bindOne(address, wanted, onRequest);
      if (server) servers.push(server);
    }
    return servers;
  } catch (error) {
    await Promise.all(servers.map(closeServer));
    if (triesLeft === 0 || codeOf(error) !== "EADDRINUSE") throw error;
    return await bind(addresses, port === 0 ? 0 : port + 1, onRequest, triesLeft - 1);
  }
}

function bindOne(address: string, port: number, onRequest: OnRequest): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer(onRequest);
    server.once("error", (error) => {
      const noSuchFamily = ["EADDRNOTAVAIL", "EAFNOSUPPORT"].includes(codeOf(error) ?? "");
      if (noSuchFamily && address === "::1") resolve(null);
      else reject(error);
    });
    server.listen(port, address, () => resolve(server));
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function portOf(servers: Server[]): number {
  return (servers[0]?.address() as AddressInfo).port;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
