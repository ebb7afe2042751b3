import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { page, type Reply } from "../../http.js";
import { uncodedRefusal } from "../errors.js";
import type { Route } from "../routes.js";
import { agentByName, type Agent } from "./agents.js";
import {
  readAuthorizationRequest,
  refuse,
  returnWith,
  type AuthorizationRequest,
} from "./authorize.js";
import { appsOf } from "./client-authentication.js";
import { readForm } from "./form.js";
import { expiredPage, loginPage } from "./pages.js";
import type { SentinelRequestKind, SentinelWorld } from "./world.js";

const LOGIN_LIFETIME_MS = 600_000;

interface Login {
  readonly request: AuthorizationRequest;
  readonly until: number;
}

/** The authorization endpoint, and the login page where the user has no session yet. */
export function loginRoutes(
  world: SentinelWorld,
  { cookieName, deskOrigin, styles }: { cookieName: string; deskOrigin: string; styles: string },
): readonly Route<SentinelRequestKind>[] {
  const { grants, signedIn, counters, now } = world;
  const logins = new Map<string, Login>();
  const policy = {
    // Browsers hold form-action against redirects too, and a login ends at the application.
    "Content-Security-Policy": `default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self' ${deskOrigin}; frame-ancestors 'none'`,
    "Referrer-Policy": "no-referrer",
  };

  const sessionOf = (request: IncomingMessage): string =>
    new RegExp(`(?:^|; )${cookieName}=([^;]*)`).exec(request.headers.cookie ?? "")?.[1] ?? "";

  const giveCode = (request: AuthorizationRequest, agent: Agent): Reply =>
    returnWith(request, { code: grants.makeCode(request.app, agent, request) });

  const found = (id: string | null): Login | undefined => {
    const login = logins.get(id ?? "");
    return login && login.until > now() ? login : undefined;
  };

  return [
    [
      "GET",
      "authorize",
      /^\/sentinel\/api\/account\/([^/]+)\/authorize$/,
      (call) => {
        counters.authorize += 1;
        const request = readAuthorizationRequest(call.query, appsOf(call, world));
        if ("status" in request) return request;
        const agent = signedIn.get(sessionOf(call.request));
        if (agent) return giveCode(request, agent);
        const id = randomUUID();
        logins.set(id, { request, until: now() + LOGIN_LIFETIME_MS });
        return { status: 302, headers: { Location: `/sentinel/login?login=${id}` } };
      },
    ],
    [
      "GET",
      null,
      /^\/sentinel\/login$/,
      ({ query }) => {
        const login = found(query.get("login"));
        if (!login) return page(400, expiredPage(), policy);
        return page(200, loginPage(`/sentinel/login?${query}`, login.request.app.name), policy);
      },
    ],
    [
      "POST",
      null,
      /^\/sentinel\/login$/,
      async ({ query, request: http }) => {
        const form = await readForm(http);
        const id = query.get("login");
        const login = found(id);
        if (!login) return page(400, expiredPage(), policy);
        const agent = agentByName(form.get("agent") ?? "");
        if (!agent && !form.has("deny")) throw uncodedRefusal(400, "unknown user");
        logins.delete(id ?? "");
        if (!agent) return refuse(login.request, "access_denied", "the user said no");
        const session = randomUUID();
        signedIn.set(session, agent);
        const { headers, ...reply } = giveCode(login.request, agent);
        const cookie = `${cookieName}=${session}; Path=/sentinel; HttpOnly; SameSite=Lax`;
        return { ...reply, headers: { ...headers, "Set-Cookie": cookie } };
      },
    ],
    [
      "GET",
      null,
      /^\/sentinel\/pages\.css$/,
      () => ({ status: 200, headers: { "Content-Type": "text/css; charset=utf-8" }, body: styles }),
    ],
  ];
}
