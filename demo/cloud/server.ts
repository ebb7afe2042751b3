import type { IncomingMessage } from "node:http";
import { json, notFound, pathOf, readBody, send, type Reply } from "../http.js";
import type { SigningKey } from "../keys.js";
import type { Handler } from "../listening.js";
import { accountById, type Account } from "./accounts.js";
import { authorizeAnonymous, type AnonymousIssuer } from "./anonymous.js";
import { authenticate } from "./authenticate.js";
import { createChallenges } from "./challenges.js";
import { connectorsOf, publicConnectors, type ConnectorWorld } from "./connectors.js";
import { lookUpHosts } from "./domains.js";
import { Refusal, refusal, uncodedRefusal } from "./errors.js";
import { createSessions } from "./sessions.js";

export interface CloudCounters {
  domainApi: number;
  anonymousCreated: number;
  anonymousRenewed: number;
  authenticate: number;
}

export interface CloudOptions {
  origin: string;
  world: Omit<ConnectorWorld, "anonymousIssuer">;
  anonymousKey: SigningKey;
  sessionKey: SigningKey;
  anonymousTokenLifetime: number;
  now: () => number;
  counters: CloudCounters;
}

interface Call {
  readonly request: IncomingMessage;
  readonly query: URLSearchParams;
  readonly account: Account | undefined;
  /** The part of the path that names a service or a connector. */
  readonly name: string | null;
}

type Route = readonly [
  method: string,
  pattern: RegExp,
  answer: (call: Call) => Reply | Promise<Reply>,
];

export function createCloud(options: CloudOptions): Handler {
  const { origin, now, counters } = options;
  const anonymous: AnonymousIssuer = {
    issuer: `${origin}/anonymous`,
    key: options.anonymousKey,
    lifetime: options.anonymousTokenLifetime,
    now,
  };
  const world = { ...options.world, anonymousIssuer: anonymous.issuer };
  const challenges = createChallenges(now);
  const sessions = createSessions(origin, options.sessionKey, now);

  const routes: readonly Route[] = [
    [
      "GET",
      /^\/api\/account\/([^/]+)\/service\/(?:([^/]+)\/)?baseURI\.json$/,
      ({ account, name, query }) => {
        counters.domainApi += 1;
        return lookUpHosts(account, name, query, new URL(origin).host);
      },
    ],
    [
      "GET",
      /^\/api\/account\/([^/]+)\/configuration\/le-connectors\/all-connectors$/,
      (call) => json(200, publicConnectors(connectorsOf(knownAccount(call), world))),
    ],
    [
      "POST",
      /^\/api\/account\/([^/]+)\/anonymous\/authorize$/,
      async (call) => {
        const account = workingAccount(call);
        const body = await readJson(call.request);
        const oldToken = body["id_token"];
        if (oldToken === undefined) counters.anonymousCreated += 1;
        else counters.anonymousRenewed += 1;
        if (oldToken !== undefined && typeof oldToken !== "string") {
          throw uncodedRefusal(400, "id_token is not a string");
        }
        return json(200, { token: await authorizeAnonymous(account, oldToken ?? null, anonymous) });
      },
    ],
    [
      "POST",
      /^\/api\/account\/([^/]+)\/app\/([^/]+)\/authenticate$/,
      async (call) => {
        counters.authenticate += 1;
        const account = workingAccount(call);
        if (call.query.get("v") !== "3.0") throw uncodedRefusal(400, "unknown version");
        const connector = connectorOf(call, account);
        const body = await readJson(call.request);
        const claims = await authenticate(account, connector, body, { anonymous, challenges, now });
        return json(200, { token: await sessions.open(account.id, connector, claims) });
      },
    ],
    [
      "POST",
      /^\/api\/account\/([^/]+)\/app\/([^/]+)\/pkce$/,
      (call) => {
        const connector = connectorOf(call, knownAccount(call));
        if (!connector.pkce) throw refusal("9015");
        return json(200, challenges.make(connector.id));
      },
    ],
    [
      "GET",
      /^\/api\/account\/([^/]+)\/agent-view$/,
      async (call) => {
        const token = /^Bearer (.+)$/.exec(call.request.headers.authorization ?? "")?.[1];
        return json(200, await sessions.view(knownAccount(call).id, token ?? ""));
      },
    ],
  ];

  return async (request, response) => {
    response.setHeader("Access-Control-Allow-Origin", "*");
    if (request.method === "OPTIONS") return send(response, preflight());
    send(response, await answer(routes, request));
  };

  function connectorOf(call: Call, account: Account) {
    const found = connectorsOf(account, world).find(({ id }) => id === call.name);
    if (!found) throw refusal("1024");
    return found;
  }
}

async function answer(routes: readonly Route[], request: IncomingMessage): Promise<Reply> {
  const { pathname, searchParams } = pathOf(request);
  const matching = routes.flatMap(([method, pattern, handle]) => {
    const found = pattern.exec(pathname);
    return found ? [{ method, found, handle }] : [];
  });
  if (matching.length === 0) return notFound();
  const route = matching.find(({ method }) => method === request.method);
  if (!route) return json(405, { error: "method not allowed" });
  try {
    return await route.handle({
      request,
      query: searchParams,
      account: accountById(decodeURIComponent(route.found[1] ?? "")),
      name: route.found[2] === undefined ? null : decodeURIComponent(route.found[2]),
    });
  } catch (error) {
    if (error instanceof Refusal) return error.reply;
    throw error;
  }
}

function knownAccount({ account }: Call): Account {
  if (!account) throw uncodedRefusal(401, "invalid site");
  return account;
}

function workingAccount(call: Call): Account {
  const account = knownAccount(call);
  if (!account.idpServiceUp) throw uncodedRefusal(503, "service unavailable");
  return account;
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  const text = await readBody(request);
  if (text === "") return {};
  const type = request.headers["content-type"] ?? "";
  if (!/^application\/json\b/i.test(type)) throw uncodedRefusal(415, "send application/json");
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Falls through: both are the sender's mistake.
  }
  throw uncodedRefusal(400, "not a JSON object");
}

function preflight(): Reply {
  return {
    status: 204,
    headers: {
      "Access-Control-Allow-Methods": "GET, POST",
      "Access-Control-Allow-Headers": "authorization, content-type",
      "Access-Control-Max-Age": "600",
    },
  };
}
