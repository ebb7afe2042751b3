import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { importPKCS8, SignJWT } from "jose";
import { createClient } from "redis";

import {
  createAuthorizationCodes,
  createMemoryCodeStore,
  createRedisCodeStore,
  createTokenEndpoint,
  createTokenIssuer,
  type CodeStore,
} from "../../src/issuer.js";
import {
  CLAIMS,
  CLIENT,
  PKCE,
  REDIRECT_URI,
  type Contender,
  type Order,
  type Reply,
} from "./setting.js";

/**
 * The process that is measured: it answers at any path, and takes orders from its parent.
 *
 * @see setting.ts
 */
const [contender, socket] = process.argv.slice(2) as [Contender, string];
const signingKey = process.env["SIGNING_KEY"] ?? "";
const ISSUER = "https://www.brand.example";

const issuer = await createTokenIssuer({ issuer: ISSUER, signingKey, audience: CLIENT.clientId });
const codes = createAuthorizationCodes({ store: await createStore(), lifetime: 600 });
const issued = new Set<string>();

async function createStore(): Promise<CodeStore> {
  if (contender !== "redis") return createMemoryCodeStore({ capacity: 1_000_000 });
  const client = createClient({ socket: { path: socket, tls: false } });
  await client.connect();
  return createRedisCodeStore(client);
}

/** Signs the same token, and knows nothing of codes and clients. */
async function createBare(): Promise<() => Promise<string>> {
  const key = await importPKCS8(signingKey, "RS256");
  const header = { alg: "RS256", typ: "JWT", kid: issuer.jwks.keys[0]?.kid ?? "" };
  return async () => {
    const iat = Math.floor(Date.now() / 1000);
    const claims = { ...CLAIMS, iss: ISSUER, iat, exp: iat + 3600, aud: CLIENT.clientId };
    const id_token = await new SignJWT(claims).setProtectedHeader(header).sign(key);
    return JSON.stringify({ access_token: "a".repeat(43), token_type: "Bearer", id_token });
  };
}

const HEADERS = { "Content-Type": "application/json", "Cache-Control": "no-store" };

async function createListener(): Promise<RequestListener> {
  const sign = await createBare();
  if (contender === "bare") {
    return (request: IncomingMessage, response) =>
      void request
        .resume()
        .once("end", () => void sign().then((body) => response.writeHead(200, HEADERS).end(body)));
  }
  const handler =
    contender === "bare Request"
      ? async (request: Request) => {
          await request.text();
          return new Response(await sign(), { headers: HEADERS });
        }
      : createTokenEndpoint({ issuer, codes, clients: [CLIENT] });
  const listener = getRequestListener((request) => handler(request));
  return (request, response) => void listener(request, response);
}

const obey: { readonly [Name in keyof Order]: (count: number) => Promise<Reply[Name]> } = {
  issue: async (count) => {
    const made: string[] = [];
    while (made.length < count) {
      const batch = Array.from({ length: Math.min(500, count - made.length) }, () =>
        codes.issue({
          claims: CLAIMS,
          clientId: CLIENT.clientId,
          redirectUri: REDIRECT_URI,
          codeChallenge: PKCE.challenge,
        }),
      );
      made.push(...(await Promise.all(batch)));
    }
    for (const code of made) issued.add(code);
    return made;
  },
  drop: async () => {
    const left = [...issued];
    issued.clear();
    while (left.length > 0) {
      await Promise.all(left.splice(0, 500).map((code) => codes.redeem(code)));
    }
  },
  memory: () => {
    globalThis.gc?.();
    globalThis.gc?.();
    const { rss, heapUsed } = process.memoryUsage();
    return Promise.resolve({ rss, heapUsed });
  },
};

const server = createServer(await createListener());
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.on("message", ([order, count]: [keyof Order, number]) => {
  void obey[order](count).then((reply) => process.send?.(reply ?? null));
});
process.on("disconnect", () => process.exit());
