import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener, type HttpBindings } from "@hono/node-server";
import type { Handler } from "../../../../src/issuer.js";

/** Handlers behind a real server of Node's. */
export interface Served {
  readonly origin: string;
  close(): Promise<void>;
}

/** @param handlers - by path; each gets Node's own request as its context */
export async function serve(
  handlers: Readonly<Record<string, Handler<IncomingMessage>>>,
): Promise<Served> {
  const listener = getRequestListener(
    (request, { incoming }) => {
      const handler = handlers[new URL(request.url).pathname];
      return handler
        ? handler(request, incoming as HttpBindings["incoming"])
        : new Response(null, { status: 404 });
    },
    { overrideGlobalObjects: false },
  );
  const server = createServer((request, response) => void listener(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
