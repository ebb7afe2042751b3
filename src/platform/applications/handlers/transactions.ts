import type { JWTPayload } from "jose";
import type { LoginTransaction } from "../login.js";
import type { Cookie } from "./cookies.js";
import type { Sealer } from "./sealer.js";

/** A login that this browser has begun. */
export interface PendingLogin extends LoginTransaction {
  readonly returnPath: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** Logins that one browser may have under way, in tabs of its own. */
const most = 4;

/** The logins under way, in a cookie of the browser in which they began. */
export interface PendingLogins {
  /** Keeps one; returns the header that does. */
  add(request: Request, login: PendingLogin): Promise<string>;
  /** Takes the one with this `state` away, for good; returns it, and the header that does. */
  take(
    request: Request,
    state: string,
  ): Promise<{ login: PendingLogin | undefined; header: string }>;
}

export function createPendingLogins(cookie: Cookie, sealer: Sealer): PendingLogins {
  const read = async (request: Request): Promise<PendingLogin[]> => {
    const text = cookie.read(request);
    const content = text && (await sealer.open(text));
    // Nobody but us can have sealed it.
    const logins = content ? (content["logins"] as PendingLogin[]) : [];
    return logins.filter(({ until }) => until > Date.now());
  };

  const write = async (logins: readonly PendingLogin[]): Promise<string> => {
    const lifetime = Math.max(0, ...logins.map(({ until }) => until - Date.now()));
    if (logins.length === 0) return cookie.clear();
    const sealed = await sealer.seal({ logins } satisfies JWTPayload, lifetime);
    try {
      return cookie.set(sealed, lifetime);
    } catch (error) {
      if (logins.length === 1) throw error;
      return write(logins.slice(1));
    }
  };

  return {
    add: async (request, login) => write([...(await read(request)), login].slice(-most)),
    async take(request, state) {
      const logins = await read(request);
      const login = logins.find((one) => one.state === state);
      return { login, header: await write(logins.filter((one) => one !== login)) };
    },
  };
}
