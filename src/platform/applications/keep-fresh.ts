/// <reference lib="esnext.disposable" preserve="true" />
import { checkOption, isBetween } from "../check-options.js";
import { PlatformError } from "../platform-error.js";
import type { Refresh } from "./refresher.js";
import type { ApplicationTokens } from "./token-requests.js";
import { waitFor } from "./wait-for.js";

/** Milliseconds: the vendor's advice. */
const advised = 1_800_000;

/** Milliseconds until a refresh that failed is tried again; doubled each time, up to the interval. */
const firstPause = 120_000;

/** How a session is kept fresh. */
export interface FreshOptions {
  /** Milliseconds from one refresh to the next. Default 1,800,000, 30 minutes: the vendor's advice. */
  readonly interval?: number;
  /** Gets every new set of tokens, before anybody else: to store them. It isn't waited for. */
  readonly onRefresh?: (tokens: ApplicationTokens) => void | Promise<void>;
  /** Is told why a refresh failed, or what `onRefresh` threw: to log it. Default: nobody is. */
  readonly onError?: (error: unknown) => void;
}

/** A session that is kept alive until it is stopped, or over. */
export interface FreshTokens extends AsyncDisposable {
  /** The latest tokens, whatever has become of the session. */
  readonly tokens: ApplicationTokens;
  /**
   * Aborts when the session is over: the service refused the refresh. Its reason is that PlatformError.
   */
  readonly ended: AbortSignal;
  /**
   * The access token for the next request; where a refresh is due, or under way, that of the refresh. If the refresh
   * fails, but the old token still holds, it is that.
   *
   * @param options - `signal` ends the wait
   * @throws PlatformError `access_denied` (the session is over), `aborted` (stopped), and what requests throw
   */
  accessToken(options?: { readonly signal?: AbortSignal }): Promise<string>;
  /** Refreshes now; see `Application.refresh`. */
  refresh(options?: { readonly signal?: AbortSignal }): Promise<ApplicationTokens>;
  /** Stops refreshing, and waits for the refresh that is under way. The user's session stays. */
  stop(): Promise<void>;
}

/**
 * @param first - the latest tokens
 * @param renew - renews them
 * @throws PlatformError `invalid_config`
 */
export function keepFresh(
  first: ApplicationTokens,
  renew: Refresh,
  { interval = advised, onRefresh, onError = () => undefined }: FreshOptions,
): FreshTokens {
  checkOption(
    isBetween(interval, 1000, 86_400_000),
    "interval must be milliseconds, from 1,000 to 86,400,000.",
  );
  let tokens = first;
  let due = first.receivedAt + interval;
  let pause = firstPause;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let flight: Promise<ApplicationTokens> | undefined;
  let stopped = false;
  const over = new AbortController();

  const wakeAt = (time: number): void => {
    due = time;
    clearTimeout(timer);
    if (stopped || over.signal.aborted) return;
    timer = setTimeout(
      () => {
        refresh().catch(onError);
      },
      Math.max(0, time - Date.now()),
    );
  };

  const store = async (latest: ApplicationTokens): Promise<void> => {
    await onRefresh?.(latest);
  };

  const once = async (): Promise<ApplicationTokens> => {
    try {
      tokens = await renew(tokens);
      store(tokens).catch(onError);
      pause = firstPause;
      wakeAt(Date.now() + interval);
    } catch (error) {
      if (isFinal(error)) over.abort(error);
      wakeAt(Date.now() + Math.min(pause, interval));
      pause *= 2;
      throw error;
    } finally {
      flight = undefined;
    }
    return tokens;
  };

  const refresh: FreshTokens["refresh"] = async ({ signal } = {}) => {
    over.signal.throwIfAborted();
    if (stopped) throw new PlatformError("aborted", "The session is not kept fresh any more.");
    flight ??= once();
    return waitFor(flight, signal);
  };

  const stop = async (): Promise<void> => {
    stopped = true;
    clearTimeout(timer);
    await flight?.catch(() => undefined);
  };

  wakeAt(due);
  return {
    get tokens() {
      return tokens;
    },
    ended: over.signal,
    refresh,
    stop,
    async accessToken(options = {}) {
      // Timers sleep when the machine does; the clock on the wall doesn't.
      const isDue = due <= Date.now() || hasEnded(tokens);
      const goesOn = !stopped && !over.signal.aborted;
      if (goesOn && !flight && !isDue) return tokens.accessToken;
      try {
        return (await refresh(options)).accessToken;
      } catch (error) {
        const isOver = isFinal(error) || stopped || options.signal?.aborted === true;
        if (isOver || hasEnded(tokens)) throw error;
        return tokens.accessToken;
      }
    },
    [Symbol.asyncDispose]: stop,
  };
}

const isFinal = (error: unknown): boolean =>
  error instanceof PlatformError && error.code === "access_denied";

const hasEnded = ({ expiresAt = Infinity }: ApplicationTokens): boolean => expiresAt <= Date.now();
