import type { IncomingMessage } from "node:http";
import { json, notFound, pathOf, readBody, seeOther, send, type Reply } from "../http.js";
import { createInterruptions, type Interruption } from "../interruptions.js";
import type { SigningKey } from "../keys.js";
import type { Handler } from "../listening.js";
import { accountById, type Account } from "./accounts.js";
import { authorizeAnonymous, type AnonymousIssuer } from "./anonymous.js";
import { authenticate } from "./authenticate.js";
import { createChallenges } from "./challenges.js";
import { connectorsOf, publicConnectors, type ConnectorWorld } from "./connectors.js";
import { lookUpHosts } from "./domains.js";
import { CutOff, Refusal, refusal, uncodedRefusal } from "./errors.js";
import { makeCloudCredentials, type CloudCredentials } from "./login/credentials.js";
import { loginRoutes, type LoginRequestKind } from "./login/routes.js";
import { createLoginSessions } from "./login/sessions.js";
import { createSignatureCheck } from "./resources/oauth1.js";
import { resourceRoutes, type ResourceRequestKind } from "./resources/routes.js";
import { knownAccount, readJson, workingAccount, type Call, type Route } from "./routes.js";
import { createWindowPage } from "./separate-window/page.js";
import { createSeparateWindows } from "./separate-window/windows.js";
import type { AppSecrets } from "./sentinel/apps.js";
import { createSentinel, type SentinelControls } from "./sentinel/sentinel.js";
import {
  newSentinelCounters,
  type SentinelCounters,
  type SentinelRequestKind,
} from "./sentinel/world.js";
import { createSessions } from "./sessions.js";

export interface CloudCounters {
  domainApi: number;
  anonymousCreated: number;
  anonymousRenewed: number;
  authenticate: number;
  /** Reads of the public connectors, the window's own aside. */
  connectors: number;
  /** How often the window asked the page's identity functions. */
  identities: number;
  /** Calls of `lpTag.newPage`. */
  newPage: number;
  /** The Login Service's. */
  login: number;
  refresh: number;
  logout: number;
  /** The service for applications. */
  readonly sentinel: SentinelCounters;
}

export function newCloudCounters(): CloudCounters {
  return {
    domainApi: 0,
    anonymousCreated: 0,
    anonymousRenewed: 0,
    authenticate: 0,
    connectors: 0,
    identities: 0,
    newPage: 0,
    login: 0,
    refresh: 0,
    logout: 0,
    sentinel: newSentinelCounters(),
  };
}

/** `connectors` doesn't befall the window's own reads. */
export type CloudRequestKind =
  | "domainApi"
  | "connectors"
  | "anonymous"
  | "authenticate"
  | LoginRequestKind
  | ResourceRequestKind
  | SentinelRequestKind;

/** What a test does to the cloud behind everybody's back. */
export interface CloudControls {
  /** Befalls the next requests of a kind; returns what ends it early. */
  interrupt(interruption: Interruption<CloudRequestKind>): () => void;
  /** Ends all interruptions. */
  restore(): void;
  /** With which servers log in, and sign their requests. */
  readonly credentials: CloudCredentials;
  /** How long a session of the Login Service lasts without a refresh, in milliseconds; by default eight hours. */
  sessionLifetime: number;
  /** Of the service for applications. */
  readonly sentinel: SentinelControls;
}

export interface Cloud {
  readonly handler: Handler;
  readonly controls: CloudControls;
}

export interface CloudOptions {
  origin: string;
  world: Omit<ConnectorWorld, "anonymousIssuer">;
  anonymousKey: SigningKey;
  sessionKey: SigningKey;
  anonymousTokenLifetime: number;
  now: () => number;
  counters: CloudCounters;
  /** The demo's application, and the secrets of all that are installed. */
  desk: { readonly origin: string; readonly secrets: AppSecrets };
}

type CloudRoute = Route<CloudRequestKind>;

export async function createCloud(options: CloudOptions): Promise<Cloud> {
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
  const windows = createSeparateWindows(origin, now);
  const windowPage = await createWindowPage();
  const sentinel = await createSentinel({
    deskOrigin: options.desk.origin,
    secrets: options.desk.secrets,
    port: new URL(origin).port,
    now,
    counters: counters.sentinel,
  });

  const interruptions = createInterruptions<CloudRequestKind>();
  const controls: CloudControls = {
    interrupt: interruptions.interrupt,
    restore: interruptions.restore,
    credentials: makeCloudCredentials(),
    sessionLifetime: 28_800_000,
    sentinel: sentinel.controls,
  };
  const lifetime = (): number => controls.sessionLifetime;
  const { host } = new URL(origin);
  const logins = createLoginSessions(lifetime, now);
  const { credentials } = controls;
  const { application } = credentials;
  const checkSignature = createSignatureCheck(
    {
      consumerKey: application.appKey,
      consumerSecret: application.secret,
      token: application.accessToken,
      tokenSecret: application.accessTokenSecret,
    },
    now,
  );

  const routes: readonly CloudRoute[] = [
    ...loginRoutes({ credentials, sessions: logins, lifetime, now, counters, host }),
    ...resourceRoutes({ origin, sessions: logins, checkSignature }),
    [
      "GET",
      "domainApi",
      /^\/api\/account\/([^/]+)\/service\/(?:([^/]+)\/)?baseURI\.json$/,
      ({ account, name, query }) => {
        counters.domainApi += 1;
        return lookUpHosts(account, name, query, host);
      },
    ],
    [
      "GET",
      "connectors",
      /^\/api\/account\/([^/]+)\/configuration\/le-connectors\/all-connectors$/,
      (call) => {
        if (!isWindow(call.query)) counters.connectors += 1;
        const account = knownAccount(call);
        return json(200, publicConnectors(account, connectorsOf(account, world)));
      },
    ],
    [
      "POST",
      "anonymous",
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
      "authenticate",
      /^\/api\/account\/([^/]+)\/app\/([^/]+)\/authenticate$/,
      async (call) => {
        counters.authenticate += 1;
        const account = workingAccount(call);
        if (call.query.get("v") !== "3.0") throw uncodedRefusal(400, "unknown version");
        const connector = connectorOf(call, account);
        const body = await readJson(call.request);
        const claims = await authenticate(account, connector, body, { anonymous, challenges, now });
        const { window } = body;
        const messagingWindow = typeof window === "string" ? window : null;
        const token = await sessions.open(account, connector, claims, messagingWindow);
        return json(200, { token });
      },
    ],
    [
      "POST",
      null,
      /^\/api\/account\/([^/]+)\/app\/([^/]+)\/pkce$/,
      (call) => {
        const connector = connectorOf(call, knownAccount(call));
        if (!connector.pkce) throw refusal("9015");
        return json(200, challenges.make(connector.id));
      },
    ],
    [
      "POST",
      null,
      /^\/api\/account\/([^/]+)\/page-view$/,
      ({ query }) => {
        counters.identities += 1;
        if (query.get("event") === "newPage") counters.newPage += 1;
        return { status: 204 };
      },
    ],
    [
      "GET",
      null,
      /^\/api\/account\/([^/]+)\/app\/([^/]+)\/window$/,
      (call) => {
        const account = knownAccount(call);
        return seeOther(windows.open(account, connectorOf(call, account)));
      },
    ],
    [
      "POST",
      null,
      /^\/window\/finish$/,
      async ({ request }) => {
        const { account, connector, claims } = await windows.finish(await readBody(request));
        const token = await sessions.open(account, connector, claims, null);
        return json(200, { token, account: account.id, connector: connector.id });
      },
    ],
    [
      "GET",
      null,
      /^\/api\/account\/([^/]+)\/agent-view$/,
      async (call) => {
        const token = /^Bearer (.+)$/.exec(call.request.headers.authorization ?? "")?.[1];
        return json(200, await sessions.view(knownAccount(call).id, token ?? ""));
      },
    ],
    ...sentinel.routes,
  ];

  return {
    controls,
    handler: async (request, response) => {
      const own = request.method === "GET" ? windowPage(pathOf(request).pathname) : undefined;
      if (own) return send(response, own);
      response.setHeader("Access-Control-Allow-Origin", "*");
      if (request.method === "OPTIONS") return send(response, preflight());
      const kinds = kindsOf(routes, request);
      if ((await interruptions.befall(kinds, request, response)) === "done") return;
      try {
        send(response, await answer(routes, request));
      } catch (error) {
        if (!(error instanceof CutOff)) throw error;
        request.socket.destroy();
      }
    },
  };

  function connectorOf(call: Call, account: Account) {
    const found = connectorsOf(account, world).find(({ id }) => id === call.name);
    if (!found) throw refusal("1024");
    return found;
  }
}

function isWindow(query: URLSearchParams): boolean {
  return query.get("from") === "window";
}

function kindsOf(routes: readonly CloudRoute[], request: IncomingMessage): CloudRequestKind[] {
  const { pathname, searchParams } = pathOf(request);
  return routes.flatMap(([method, kind, pattern]) =>
    kind && method === request.method && pattern.test(pathname) && !isWindow(searchParams)
      ? [kind]
      : [],
  );
}

async function answer(routes: readonly CloudRoute[], request: IncomingMessage): Promise<Reply> {
  const { pathname, searchParams } = pathOf(request);
  const matching = routes.flatMap(([method, , pattern, handle]) => {
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
