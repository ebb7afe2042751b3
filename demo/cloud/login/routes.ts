import type { IncomingMessage } from "node:http";
import { json, type Reply } from "../../http.js";
import { Refusal } from "../errors.js";
import { knownAccount, readJson, type Call, type Route } from "../routes.js";
import type { CloudCredentials } from "./credentials.js";
import { isSame, type LoginSession, type LoginSessions } from "./sessions.js";

export type LoginRequestKind = "login" | "refresh" | "logout";

export interface LoginWorld {
  readonly credentials: CloudCredentials;
  readonly sessions: LoginSessions;
  /** Milliseconds. */
  readonly lifetime: () => number;
  readonly now: () => number;
  readonly counters: Record<LoginRequestKind, number>;
  /** Host without scheme, as the Domain API tells it. */
  readonly host: string;
}

/** The Login Service (`agentVep`): users and bots, never consumers. */
export function loginRoutes(world: LoginWorld): readonly Route<LoginRequestKind>[] {
  const { counters, sessions } = world;
  return [
    [
      "POST",
      "login",
      /^\/api\/account\/([^/]+)\/login$/,
      async (call) => {
        counters.login += 1;
        const { id: account } = knownAccount(call);
        if (call.query.get("v") !== "1.3") throw refused(400, "unknown version");
        const username = userOf(await readJson(call.request), world.credentials);
        const session = sessions.open(account, username);
        return withCookie(json(200, loginAnswer(session, world)), session);
      },
    ],
    [
      "POST",
      "refresh",
      /^\/api\/account\/([^/]+)\/refresh$/,
      async (call) => {
        counters.refresh += 1;
        const session = await sessionOf(call, sessions);
        sessions.refresh(session);
        return withCookie({ status: 200 }, session);
      },
    ],
    [
      "POST",
      "logout",
      /^\/api\/account\/([^/]+)\/logout$/,
      async (call) => {
        counters.logout += 1;
        sessions.close(await sessionOf(call, sessions));
        return { status: 200, headers: { "Set-Cookie": `${COOKIE}=; Path=/; Max-Age=0` } };
      },
    ],
  ];
}

const COOKIE = "Session_id";

/** The service's own form of an error. */
function refused(status: number, message: string, internalCode = status): Refusal {
  const responseStatus = status === 401 ? "UNAUTHORIZED" : "BAD_REQUEST";
  return new Refusal(json(status, { error: { message, internalCode, responseStatus } }));
}

/** Whom the credentials prove, or the service's refusal. */
function userOf(
  body: Readonly<Record<string, unknown>>,
  { user, application }: CloudCredentials,
): string {
  const matches = (known: Readonly<Record<string, string>>): boolean =>
    Object.entries(known)
      .map(([field, value]) => isSame(value, String(body[field])))
      .every(Boolean);
  const isApplication = "appKey" in body;
  const fields = Object.keys(isApplication ? application : user);
  if (fields.some((field) => typeof body[field] !== "string")) {
    throw refused(400, `needed: ${fields.join(", ")}`);
  }
  if (Object.keys(body).length !== fields.length) throw refused(400, "unknown fields");
  if (matches(isApplication ? { ...application } : { ...user })) return String(body["username"]);
  throw refused(401, "invalid site, agent or credentials");
}

/** The session that cookie and CSRF token agree on. */
async function sessionOf(call: Call, sessions: LoginSessions): Promise<LoginSession> {
  const { id: account } = knownAccount(call);
  const { csrf } = await readJson(call.request);
  const session = sessions.byCookie(account, cookieOf(call.request));
  if (!session) throw refused(401, "no session");
  if (typeof csrf !== "string" || !isSame(session.csrf, csrf)) {
    throw refused(401, "CSRF token invalid! It does not match the one on the session", 10);
  }
  return session;
}

function cookieOf(request: IncomingMessage): string | undefined {
  const pairs = (request.headers.cookie ?? "").split("; ");
  const own = pairs.filter((pair) => pair.startsWith(`${COOKIE}=`));
  return own.length === 1 ? own[0]?.slice(COOKIE.length + 1) : undefined;
}

function withCookie(reply: Reply, { id }: LoginSession): Reply {
  const cookies = [
    `${COOKIE}=${id}; Path=/; HttpOnly; SameSite=None`,
    // One that is not meant for the requests that follow.
    "lastSite=somewhere; Path=/other; Max-Age=60",
  ];
  return { ...reply, headers: { ...reply.headers, "Set-Cookie": cookies } };
}

function loginAnswer(session: LoginSession, { lifetime, now, host }: LoginWorld) {
  const { account, username, bearer, csrf } = session;
  return {
    csrf,
    wsuk: String(now()),
    config: {
      loginName: username,
      userId: "3705342610",
      userPrivileges: [100, 101, 1730],
      serverCurrentTime: now(),
      timeDiff: 0,
      serverTimeZoneName: "UTC",
      serverTimeGMTDiff: 0,
      isLPA: false,
      isAdmin: true,
      accountTimeZoneId: "UTC",
    },
    csdsCollectionResponse: {
      baseURIs: ["agentVep", "accountConfigReadOnly"].map((service) => ({
        service,
        account,
        baseURI: host,
      })),
    },
    accountData: {
      agentGroupsData: { items: [{ id: -1, deleted: false, name: "Main Group" }], revision: 1 },
    },
    sessionTTl: String(lifetime()),
    bearer,
  };
}
