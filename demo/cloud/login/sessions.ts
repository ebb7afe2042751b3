import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** Somebody who is logged in at the Login Service. */
export interface LoginSession {
  readonly account: string;
  readonly username: string;
  readonly bearer: string;
  readonly csrf: string;
  /** The session cookie's value. */
  id: string;
  until: number;
}

export interface LoginSessions {
  open(account: string, username: string): LoginSession;
  /** The one that a cookie belongs to, if it is still alive. */
  byCookie(account: string, id: string | undefined): LoginSession | undefined;
  byBearer(account: string, bearer: string): LoginSession | undefined;
  /** Prolongs it, and gives it another cookie. */
  refresh(session: LoginSession): void;
  close(session: LoginSession): void;
}

export function createLoginSessions(lifetime: () => number, now: () => number): LoginSessions {
  const sessions = new Set<LoginSession>();
  const find = (account: string, matches: (session: LoginSession) => boolean) =>
    [...sessions].find(
      (session) => session.account === account && session.until > now() && matches(session),
    );

  return {
    open(account, username) {
      const session = {
        account,
        username,
        bearer: token(),
        csrf: token(),
        id: token(),
        until: now() + lifetime(),
      };
      sessions.add(session);
      return session;
    },
    byCookie: (account, id) =>
      id === undefined ? undefined : find(account, (session) => isSame(session.id, id)),
    byBearer: (account, bearer) => find(account, (session) => isSame(session.bearer, bearer)),
    refresh(session) {
      session.id = token();
      session.until = now() + lifetime();
    },
    close(session) {
      sessions.delete(session);
    },
  };
}

const token = (): string => randomBytes(32).toString("hex");

export function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
