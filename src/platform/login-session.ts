/// <reference lib="esnext.disposable" preserve="true" />
import { checkOption } from "./check-options.js";
import type { CookieJar } from "./cookies.js";
import { keepDoing } from "./keep-alive.js";
import { isToken, type LoginAnswer } from "./login-answer.js";
import { PlatformError } from "./platform-error.js";
import { parseObject, readText, type Hints, type JsonObject } from "./service-answer.js";
import type { ServiceFetch } from "./service-fetch.js";
import { createSharedFlights } from "./shared-flights.js";

/** Somebody, or an application, that is logged in. Its bearer, CSRF token and cookies can't be seen from outside. */
export interface LoginSession extends AsyncDisposable {
  /** The account at the cloud. */
  readonly accountId: string;
  /** What the service said of who is logged in: `userId`, `loginName`, `userPrivileges`, `isAdmin`, … Unchecked. */
  readonly config: JsonObject;
  /** What the service said of the account. Unchecked. */
  readonly accountData: JsonObject;
  /** When the session ends unless it is refreshed, in milliseconds since 1970 UTC; counted from the last answer. */
  readonly expiresAt: number;
  /** Whether it was logged out of, has expired, or was refused by the service. */
  readonly isOver: boolean;
  /**
   * The value of an `Authorization` header, `Bearer …`, for requests to other services of the cloud.
   *
   * @throws PlatformError `access_denied` where the session is over
   */
  authorization(): string;
  /**
   * Like `fetch`, with the bearer. It goes to hosts only that the Domain API may name, and follows no redirect.
   *
   * @returns the answer, whatever its HTTP status is
   * @throws PlatformError `aborted`, `access_denied` (the session is over), `host_refused`, `request_failed`,
   * `request_timeout`, `response_invalid`
   */
  readonly fetch: ServiceFetch;
  /**
   * Prolongs the session. Calls while one is under way share it.
   *
   * @param options - `signal` aborts the wait
   * @returns {@link LoginSession.expiresAt}
   * @throws PlatformError `aborted`, `access_denied` (the session is over), `request_failed`, `request_timeout`,
   * `response_invalid`, `service_failed`
   */
  refresh(options?: { readonly signal?: AbortSignal }): Promise<number>;
  /**
   * Refreshes the session every few minutes for as long as you iterate, and gives its new `expiresAt` each time. It
   * ends quietly after a logout, an abort of the signal, or a `break`; with what {@link LoginSession.refresh} throws
   * if the session can't be prolonged.
   *
   * @param options - `interval`, milliseconds between two refreshes, by default 240,000 (the vendor advises 3 to 5
   * minutes), and never more than half of the session's lifetime; `signal` ends it
   * @throws PlatformError `invalid_config`
   */
  keepAlive(options?: {
    readonly interval?: number;
    readonly signal?: AbortSignal;
  }): AsyncIterableIterator<number>;
  /**
   * Ends the session: here at once, and at the service. If that fails, call it again; afterwards it does nothing.
   *
   * @param options - `signal` aborts the request
   * @throws PlatformError `aborted`, `request_failed`, `request_timeout`, `response_invalid`, `service_failed`
   */
  logOut(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Logs out, at the end of a block with `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** What a session is made of. */
export interface SessionParts {
  readonly accountId: string;
  /** The account's resource at the Login Service, without a slash at its end. */
  readonly url: string;
  readonly answer: LoginAnswer;
  readonly cookies: CookieJar;
  readonly request: ServiceFetch;
  /** Makes the `fetch` that sends the bearer, and only where it may. */
  readonly withBearer: (authorization: () => string) => ServiceFetch;
}

const advised = 240_000;

const hints: Hints = {
  401: "The session is over, or its CSRF token or cookie is not the one that the service gave: log in again.",
};

/** The session that a login has begun. */
export function createLoginSession(parts: SessionParts): LoginSession {
  const { accountId, url, cookies, request, withBearer } = parts;
  const { config, accountData, lifetime } = parts.answer;
  let secrets: { bearer: string; csrf: string } | undefined = parts.answer;
  let expiresAt = Date.now() + lifetime;
  const loggedOut = new AbortController();
  let wasRefused = false;
  const share = createSharedFlights();
  const isOver = (): boolean => loggedOut.signal.aborted || wasRefused || Date.now() >= expiresAt;

  function post(action: string, csrf: string, signal: AbortSignal | undefined): Promise<Response> {
    return request(`${url}/${action}`, {
      method: "POST",
      headers: {
        accept: "application/json",
        "content-type": "application/json",
        cookie: cookies.header(`${url}/${action}`),
      },
      body: JSON.stringify({ csrf }),
      signal: signal ?? null,
    });
  }

  async function prolong(signal: AbortSignal): Promise<number> {
    if (!secrets || wasRefused) throw ended();
    const response = await post("refresh", secrets.csrf, signal);
    wasRefused = response.status === 401;
    const text = await readText(response, "The Login Service", hints);
    cookies.keep(`${url}/refresh`, response.headers);
    const { csrf } = parseObject(text) ?? {};
    if (isToken(csrf)) secrets = { ...secrets, csrf };
    expiresAt = Date.now() + lifetime;
    return expiresAt;
  }

  async function logOut({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    loggedOut.abort();
    await share(
      "logout",
      async (deadline) => {
        if (!secrets) return;
        const response = await post("logout", secrets.csrf, deadline);
        // Refused, because it is over already.
        if (response.status !== 401) await readText(response, "The Login Service");
        secrets = undefined;
      },
      signal,
    );
  }

  const authorization = (): string => {
    if (!secrets || isOver()) throw ended();
    return `Bearer ${secrets.bearer}`;
  };

  return {
    accountId,
    config,
    accountData,
    get expiresAt() {
      return expiresAt;
    },
    get isOver() {
      return isOver();
    },
    authorization,
    fetch: withBearer(authorization),
    async refresh({ signal } = {}) {
      if (loggedOut.signal.aborted) throw ended();
      return share("refresh", prolong, signal);
    },
    keepAlive({ interval = advised, signal } = {}) {
      checkOption(
        typeof interval === "number" && interval >= 1000 && interval <= 86_400_000,
        "interval must be milliseconds, from 1,000 to 86,400,000; the vendor advises 3 to 5 minutes.",
      );
      const pause = Math.min(interval, lifetime / 2);
      return keepDoing(
        () => pause,
        (deadline) => share("refresh", prolong, deadline),
        signal ? [loggedOut.signal, signal] : [loggedOut.signal],
      );
    },
    logOut,
    [Symbol.asyncDispose]: () => logOut(),
  };
}

const ended = (): PlatformError =>
  new PlatformError("access_denied", "The session is over: log in again.");
