import type { JWTPayload } from "jose";
import { PlatformError } from "../../platform-error.js";
import type { Application } from "../application.js";
import type { ApplicationTokens } from "../token-requests.js";
import type { Cookie } from "./cookies.js";
import type { Sealer } from "./sealer.js";

/** Milliseconds for which a request waits for a refresh that it could do without. */
const patience = 3000;

/** Milliseconds for which nobody asks again, where the service could not answer. */
const rest = 30_000;

/** A session as a request finds it, and the header that has to go with its answer, if any. */
export interface FoundSession {
  readonly session: ApplicationTokens | undefined;
  readonly header: string | undefined;
}

/** The session of a user, in a cookie. */
export interface Sessions {
  read(request: Request): Promise<ApplicationTokens | undefined>;
  /** The header that keeps it. */
  write(tokens: ApplicationTokens): Promise<string>;
  /** The header that ends it. */
  clear(): string;
  /** The session, refreshed where that is due. */
  readFresh(request: Request): Promise<FoundSession>;
}

/** Milliseconds. */
export interface SessionTimes {
  readonly sessionLifetime: number;
  readonly refreshAfter: number;
}

export function createSessions(
  application: Application,
  cookie: Cookie,
  sealer: Sealer,
  { sessionLifetime, refreshAfter }: SessionTimes,
): Sessions {
  let quietUntil = 0;

  const read: Sessions["read"] = async (request) => {
    const text = cookie.read(request);
    const content = text && (await sealer.open(text));
    // Nobody but us can have sealed it.
    return content ? (content["tokens"] as ApplicationTokens) : undefined;
  };

  const write: Sessions["write"] = async (tokens) =>
    cookie.set(
      await sealer.seal({ tokens } satisfies JWTPayload, sessionLifetime),
      sessionLifetime,
    );

  const isDue = ({ receivedAt, refreshToken }: ApplicationTokens): boolean =>
    refreshToken !== undefined && Date.now() >= receivedAt + refreshAfter;

  return {
    read,
    write,
    clear: () => cookie.clear(),
    async readFresh(request) {
      const session = await read(request);
      const kept = { session, header: undefined };
      if (!session) return kept;
      const { expiresAt = Infinity } = session;
      const holds = expiresAt > Date.now();
      if (holds ? !isDue(session) || Date.now() < quietUntil : session.refreshToken === undefined) {
        return holds ? kept : { session: undefined, header: cookie.clear() };
      }
      try {
        // The refresh goes on without us, and a later request finds what has come of it.
        const options = holds ? { signal: AbortSignal.timeout(patience) } : {};
        const tokens = await application.refresh(session, options);
        return { session: tokens, header: await write(tokens) };
      } catch (error) {
        if (error instanceof PlatformError && error.code === "access_denied") {
          return { session: undefined, header: cookie.clear() };
        }
        quietUntil = Date.now() + rest;
        if (holds) return kept;
        throw error;
      }
    },
  };
}
