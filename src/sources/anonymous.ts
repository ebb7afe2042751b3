import { ConsumerAuthError } from "../base/errors.js";
import { own } from "../base/own.js";
import { requestAnonymousToken } from "../cloud/anonymous-token.js";
import { readUnverifiedLifetime, readUnverifiedSubject } from "../oidc/unverified-token.js";
import { withLock } from "../store/lock.js";
import type { Store } from "../store/store.js";
import type { SourceContext } from "./authorization.js";
import type { AnonymousCredential } from "./credential.js";

/** A token with less life left than this many milliseconds is renewed before it is handed over. */
const margin = 60_000;

/** A token with more characters than that is none. */
const longest = 65_536;

/** What is kept. */
interface Kept {
  readonly token: string;
  /** When it came, in milliseconds since 1970, by the clock of this device, which may be wrong. */
  readonly since: number;
}

/** The anonymous person of this browser at one account. */
export interface AnonymousSource {
  /** The person who was here before, renewed where that is due; `undefined` where there is none. */
  resume(signal: AbortSignal): Promise<AnonymousCredential | undefined>;
  /** The person who was here before, else a new one. */
  obtain(signal: AbortSignal): Promise<AnonymousCredential>;
  /** Forgets the person in this browser: the next one is somebody else. */
  forget(): Promise<void>;
}

/**
 * Anonymous tokens of the unauthenticated connector. One person for all tabs: the token is kept in
 * the store, and only one tab at a time asks for one.
 */
export function createAnonymousSource(
  { config, clock }: SourceContext,
  store: Store,
): AnonymousSource {
  const key = `anonymous:${new URL(config.domainApi).host}:${config.accountId}`;

  async function request(
    oldToken: string | undefined,
    signal: AbortSignal,
  ): Promise<AnonymousCredential | undefined> {
    const answer = await requestAnonymousToken(config, oldToken, signal);
    if (answer.token === undefined) {
      // The cloud won't have this person any more: too old (2001), or signed with a key of the past.
      const isGone = /^(2001|9007|10\d\d)$/.test(answer.internalErrorCode);
      if (oldToken !== undefined && isGone) return undefined;
      throw refusal(answer);
    }
    const since = clock.now();
    const { token } = answer;
    const lives = readUnverifiedLifetime(token, since);
    const sub = readUnverifiedSubject(token);
    const refuse = (what: string): never => {
      throw new ConsumerAuthError(
        "anonymous_unavailable",
        `The unauthenticated connector answered with ${what}.`,
      );
    };
    if (lives === undefined || sub === undefined || token.length > longest)
      return refuse("something that is not a token");
    if (oldToken !== undefined && sub !== readUnverifiedSubject(oldToken))
      return refuse("another person's token");
    await store.set(key, { token, since } satisfies Kept);
    return { kind: "anonymous", token };
  }

  async function resumeAlone(signal: AbortSignal): Promise<AnonymousCredential | undefined> {
    const { token, since } = own(Object(await store.get(key)) as Partial<Kept>);
    if (typeof token !== "string" || readUnverifiedSubject(token) === undefined) return undefined;
    const age = typeof since === "number" ? clock.now() - since : -1;
    // A clock that was set back tells nothing.
    const lives = age >= 0 ? Number(readUnverifiedLifetime(token, Number(since))) - age : 0;
    if (lives > margin) return { kind: "anonymous", token };
    try {
      const renewed = await request(token, signal);
      if (renewed) return renewed;
      if (lives > 0) return { kind: "anonymous", token };
      await store.delete(key);
      return undefined;
    } catch (error) {
      if (lives > 0 && !signal.aborted) return { kind: "anonymous", token };
      throw error;
    }
  }

  const alone = <T>(work: () => Promise<T>): Promise<T> =>
    withLock(`consumer-auth:${key}`, config.requestTimeout, work);

  return {
    resume: (signal) => alone(() => resumeAlone(signal)),
    obtain: (signal) =>
      alone(async () => {
        const person = (await resumeAlone(signal)) ?? (await request(undefined, signal));
        if (person) return person;
        throw new ConsumerAuthError("anonymous_unavailable", "The cloud gave no new person.");
      }),
    forget: () => alone(() => store.delete(key)),
  };
}

function refusal(answer: { status: number; internalErrorCode: string }): ConsumerAuthError {
  const { status, internalErrorCode } = answer;
  const known = internalErrorCode ? `error ${internalErrorCode.slice(0, 8)}, ` : "";
  return internalErrorCode === "2005"
    ? new ConsumerAuthError(
        "anonymous_disabled",
        "Anonymous messaging is off for this account (error 2005): have the unauthenticated connector enabled, or set anonymous to false.",
      )
    : new ConsumerAuthError(
        "anonymous_unavailable",
        `The unauthenticated connector refused (${known}HTTP ${status}).`,
      );
}
