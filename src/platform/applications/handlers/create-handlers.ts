import { PlatformError } from "../../platform-error.js";
import type { ApplicationTokens } from "../token-requests.js";
import { createCookie } from "./cookies.js";
import { checkHandlers, type ApplicationHandlersOptions } from "./handler-options.js";
import { isFromOwnPage, longestUrl, queryOf } from "./requests.js";
import { empty, errorPage, notAllowed, redirect, text, withCookies } from "./responses.js";
import { readReturnPath } from "./return-path.js";
import { createSealer } from "./sealer.js";
import { createSessions } from "./sessions.js";
import { createPendingLogins } from "./transactions.js";

/** Answers one request, as every server of the Web's standards has it. */
export type Handler = (request: Request) => Promise<Response>;

/** Answers a request with the session that it came with. */
export type SessionHandler = (
  request: Request,
  session: ApplicationTokens | undefined,
) => Response | Promise<Response>;

/** The routes of an application by which its users come and go; mount each where you like. */
export interface ApplicationHandlers {
  /** GET. Sends the user to the cloud's login; `?return_to=/path` says where they come back to in the end. */
  readonly login: Handler;
  /** GET. The redirect URI: ends the login, and sets the session's cookie. */
  readonly callback: Handler;
  /**
   * POST, from a page of the application itself. Refreshes now: 204, or 401 where nobody is signed in any more; a redirect
   * in place of both where `?return_to=/path` says so.
   */
  readonly refresh: Handler;
  /** POST, from a page of the application itself. Ends the session here; `?return_to=/path` as for login. */
  readonly logout: Handler;
  /** POST, likewise. Ends the user's session in all applications of the cloud. */
  readonly logoutEverywhere: Handler;
  /**
   * Who is there, from the cookie alone. It refreshes nothing: the access token may have ended.
   *
   * @returns `undefined` where nobody is signed in
   */
  readSession(request: Request): Promise<ApplicationTokens | undefined>;
  /**
   * A handler of your own that needs to know who is there: gets the session, refreshed where that is due, and has its
   * cookie set with the answer.
   */
  withSession(handler: SessionHandler): Handler;
}

/**
 * Makes the handlers by which users sign in to an application of the cloud. What they keep is in the user's browser, in
 * encrypted and signed cookies: nothing is stored on the server.
 *
 * @param options - the application and the cookies' secrets; the rest has defaults
 * @throws PlatformError `invalid_config`
 */
export function createApplicationHandlers(
  options: ApplicationHandlersOptions,
): ApplicationHandlers {
  const checked = checkHandlers(options);
  const { application, cookieSecrets, cookieName, origin, onError } = checked;
  const isSecure = origin.startsWith("https:");
  const sealerFor = (purpose: string) =>
    createSealer(cookieSecrets, `${purpose} of ${application.clientId} at ${origin}`);
  const logins = createPendingLogins(
    createCookie(`${cookieName}-login`, isSecure),
    sealerFor("login"),
  );
  const sessions = createSessions(
    application,
    createCookie(cookieName, isSecure),
    sealerFor("session"),
    checked,
  );

  /** What every handler has: its method, and an answer whatever happens. */
  const handler =
    (method: "GET" | "POST", answer: Handler, onFailure: readonly string[] = []): Handler =>
    async (request) => {
      if (request.method !== method) return notAllowed(method);
      if (request.url.length > longestUrl) return text(414, "The address is too long.");
      if (method === "POST" && !isFromOwnPage(request, origin)) {
        return text(403, "This must come from a page of the application itself.");
      }
      try {
        return await answer(request);
      } catch (error) {
        return withCookies(await failure(error, request), onFailure);
      }
    };

  const failure = async (error: unknown, request: Request): Promise<Response> => {
    const ours =
      error instanceof PlatformError
        ? error
        : new PlatformError("response_invalid", "The request can't be answered.", { cause: error });
    try {
      return (await onError?.(ours, request)) ?? errorPage(ours);
    } catch {
      // The user gets an answer, and its cookies, whatever becomes of the page for it.
      return errorPage(ours);
    }
  };

  /** Where `return_to` leads; `undefined` where it leads elsewhere. */
  const returnPath = (request: Request, otherwise: string): string | undefined => {
    const [path = otherwise, ...more] = queryOf(request).getAll("return_to");
    return more.length === 0 ? readReturnPath(path, origin) : undefined;
  };
  const badReturn = (): Response =>
    text(400, "return_to must be a path of this application, such as /inbox.");

  const login = handler("GET", async (request) => {
    const path = returnPath(request, checked.afterLogin);
    // A login that led to a login would go round for ever.
    const itself = new URL(request.url).pathname;
    if (path === undefined || new URL(path, origin).pathname === itself) return badReturn();
    const { url, transaction } = await application.startLogin({ signal: request.signal });
    const until = Date.now() + checked.loginLifetime;
    const cookie = await logins.add(request, { ...transaction, returnPath: path, until });
    return redirect(url, 302, [cookie]);
  });

  const callback = handler("GET", async (request) => {
    const query = queryOf(request);
    const { login: pending, header } = await logins.take(request, query.get("state") ?? "");
    try {
      if (!pending) {
        throw new PlatformError(
          "login_unknown",
          "The callback belongs to no login of this browser: it began in another one, too long ago, or has been ended already.",
        );
      }
      const tokens = await application.finishLogin(query, pending, { signal: request.signal });
      const cookies = [header, await sessions.write(tokens)];
      return redirect(`${origin}${pending.returnPath}`, 303, cookies);
    } catch (error) {
      return withCookies(await failure(error, request), [header]);
    }
  });

  const refresh = handler("POST", async (request) => {
    const path = returnPath(request, "/");
    if (path === undefined) return badReturn();
    const finish = (status: number, cookies: readonly string[]): Response =>
      queryOf(request).has("return_to")
        ? redirect(`${origin}${path}`, 303, cookies)
        : empty(status, cookies);
    const session = await sessions.read(request);
    if (!session) return finish(401, []);
    try {
      return finish(204, [await sessions.write(await application.refresh(session))]);
    } catch (error) {
      const isOver = error instanceof PlatformError && error.code === "access_denied";
      if (isOver) return finish(401, [sessions.clear()]);
      throw error;
    }
  });

  const logoutWith = (before: (request: Request) => Promise<void>): Handler =>
    handler(
      "POST",
      async (request) => {
        const path = returnPath(request, checked.afterLogout);
        if (path === undefined) return badReturn();
        await before(request);
        return redirect(`${origin}${path}`, 303, [sessions.clear()]);
      },
      // Whatever becomes of the rest: here the user is signed out.
      [sessions.clear()],
    );

  return {
    login,
    callback,
    refresh,
    logout: logoutWith(() => Promise.resolve()),
    logoutEverywhere: logoutWith(async (request) => {
      const session = await sessions.read(request);
      if (session) await application.revoke(session, { signal: request.signal });
    }),
    readSession: (request) => sessions.read(request),
    withSession: (answer) => async (request) => {
      let cookies: readonly string[] = [];
      try {
        const { session, header } = await sessions.readFresh(request);
        cookies = header === undefined ? [] : [header];
        return withCookies(await answer(request, session), cookies);
      } catch (error) {
        // The new cookie must arrive: the old one's refresh token may be void by now.
        if (!(error instanceof PlatformError) && cookies.length === 0) throw error;
        return withCookies(await failure(error, request), cookies);
      }
    },
  };
}
