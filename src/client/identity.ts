import { withDeadline } from "../base/deadline.js";
import { ConsumerAuthError } from "../base/errors.js";
import { own } from "../base/own.js";
import { resolvePath } from "../config/path.js";
import type { Identity, ResolvedConfig } from "../config/options.js";
import type { ConsumerAuth } from "./consumer-auth.js";

/** Tells who is signed in; `null` where nobody is. */
export type Identify = () => Promise<Identity | null>;

/** Whether the page ever learns who is signed in, by a token or from the brand. */
const canTell = ({ flow, exchange, responseType, identity }: ResolvedConfig): boolean =>
  identity !== undefined ||
  flow === "implicit" ||
  exchange === "widget" ||
  responseType === "code id_token";

/**
 * Who is signed in, for the cloud: what the brand says, else whose ID token there is.
 *
 * @param auth - whose session is read
 * @param lookUp - looks who is there, where nobody has looked yet
 * @returns `undefined` where the page can't tell
 */
export function createIdentity(
  auth: ConsumerAuth,
  lookUp: () => Promise<void>,
): Identify | undefined {
  const { config } = auth;
  const { identity } = config;
  if (!canTell(config) || config.engagement === "unauthenticated") return undefined;
  const read = (): Identity | null => {
    const { state, claims } = auth.session;
    return state === "authenticated" && claims ? claims : null;
  };
  return async () => {
    if (identity === undefined) {
      if (!read()) await lookUp().catch(() => undefined);
      return read();
    }
    const given: unknown = typeof identity === "string" ? resolvePath(identity) : identity;
    const told: unknown =
      typeof given === "function"
        ? await withDeadline(
            config.requestTimeout,
            () => new ConsumerAuthError("request_timeout", "identity did not answer in time."),
            () => Promise.resolve((given as () => unknown)()),
          )
        : given;
    return isIdentity(told) ? told : null;
  };
}

function isIdentity(value: unknown): value is Identity {
  const { iss, sub } = own(Object(value) as object) as { iss?: unknown; sub?: unknown };
  return typeof iss === "string" && iss !== "" && typeof sub === "string" && sub !== "";
}
