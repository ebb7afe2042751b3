import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { readBody, seeOther, type Reply } from "../http.js";
import { consumerByName, type Consumer } from "../idp/consumers.js";

/** Who is signed in at the brand's site itself, apart from its identity provider. */
export interface SiteAccounts {
  consumerOf(request: IncomingMessage): SignedIn | undefined;
  signIn(request: IncomingMessage): Promise<Reply>;
  signOut(request: IncomingMessage): Promise<Reply>;
  readonly names: () => string[];
  readonly endSessions: () => number;
}

export interface SignedIn {
  readonly consumer: Consumer;
  /** Seconds since 1970. */
  readonly since: number;
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

  return {
    consumerOf: (request) => sessions.get(idOf(request) ?? ""),
    signIn: async (request) => {
      const form = new URLSearchParams(await readBody(request));
      const consumer = consumerByName(form.get("consumer") ?? "");
      if (!consumer) return { status: 400, body: "Nobody has that name." };
      sessions.delete(idOf(request) ?? "");
      const id = randomBytes(24).toString("base64url");
      sessions.set(id, { consumer, since: Math.floor(Date.now() / 1000) });
      return afterwards(form, cookie(id));
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

/** A form says where it wants to be afterwards, a script doesn't. */
function afterwards(form: URLSearchParams, headers: Record<string, string>): Reply {
  const path = form.get("return_to");
  if (path === null || !/^\/(?![/\\])/.test(path)) return { status: 204, headers };
  const { status, headers: location } = seeOther(path);
  return { status, headers: { ...headers, ...location } };
}
