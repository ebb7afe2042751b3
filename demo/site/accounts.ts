import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { json, readBody, seeOther, type Reply } from "../http.js";
import { consumerByName } from "../idp/consumers.js";
import type { SignedIn } from "../idp/id-token.js";

/** Who is signed in at the brand's site itself, apart from its identity provider. */
export interface SiteAccounts {
  consumerOf(request: IncomingMessage): SignedIn | undefined;
  signIn(request: IncomingMessage): Promise<Reply>;
  signOut(request: IncomingMessage): Promise<Reply>;
  /** Of the bank's app: it keeps its session itself, apart from the cookies of the web view. */
  appSignIn(request: IncomingMessage): Promise<Reply>;
  appSignOut(request: IncomingMessage): Reply;
  readonly names: () => string[];
  readonly endSessions: () => number;
}

export function createSiteAccounts(siteOrigin: string): SiteAccounts {
  // Cookies know no ports: several demos on one machine must not share theirs.
  const name = `account_${new URL(siteOrigin).port}`;
  const sessions = new Map<string, SignedIn>();
  const cookie = (value: string, more = ""): Record<string, string> => ({
    "Set-Cookie": `${name}=${value}; Path=/; HttpOnly; SameSite=Lax${more}`,
  });
  const idOf = ({ headers }: IncomingMessage): string | undefined =>
    (headers.cookie ?? "")
      .split("; ")
      .find((one) => one.startsWith(`${name}=`))
      ?.slice(name.length + 1);

  const open = (name: string | null): string | undefined => {
    const consumer = consumerByName(name ?? "");
    if (!consumer) return undefined;
    const id = randomBytes(24).toString("base64url");
    sessions.set(id, { consumer, since: Math.floor(Date.now() / 1000) });
    return id;
  };

  return {
    // A request that brings a session of the app's is the app's, whatever cookies there are.
    consumerOf: (request) => sessions.get(bearerOf(request) ?? idOf(request) ?? ""),
    signIn: async (request) => {
      const form = new URLSearchParams(await readBody(request));
      const id = open(form.get("consumer"));
      if (id === undefined) return NO_SUCH_CONSUMER;
      sessions.delete(idOf(request) ?? "");
      return afterwards(form, cookie(id));
    },
    appSignIn: async (request) => {
      const form = new URLSearchParams(await readBody(request));
      const session = open(form.get("consumer"));
      return session === undefined ? NO_SUCH_CONSUMER : json(200, { session });
    },
    appSignOut: (request) => {
      sessions.delete(bearerOf(request) ?? "");
      return { status: 204 };
    },
    signOut: async (request) => {
      const form = new URLSearchParams(await readBody(request));
      sessions.delete(idOf(request) ?? "");
      return afterwards(form, cookie("", "; Max-Age=0"));
    },
    names: () => [...new Set([...sessions.values()].map(({ consumer }) => consumer.name))],
    endSessions: () => {
      const ended = sessions.size;
      sessions.clear();
      return ended;
    },
  };
}

const NO_SUCH_CONSUMER: Reply = { status: 400, body: "Nobody has that name." };

function bearerOf({ headers }: IncomingMessage): string | undefined {
  return /^Bearer ([\w-]+)$/.exec(headers.authorization ?? "")?.[1];
}

/** A form says where it wants to be afterwards, a script doesn't. */
function afterwards(form: URLSearchParams, headers: Record<string, string>): Reply {
  const path = form.get("return_to");
  if (path === null || !/^\/(?![/\\])/.test(path)) return { status: 204, headers };
  const { status, headers: location } = seeOther(path);
  return { status, headers: { ...headers, ...location } };
}
