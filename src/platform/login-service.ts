import { assertServer } from "../base/server-only.js";
import { checkOption, checkRequestOptions, isText } from "./check-options.js";
import { createCookieJar } from "./cookies.js";
import type { DomainApi } from "./domain-api.js";
import { readLogin } from "./login-answer.js";
import { createLoginSession, type LoginSession } from "./login-session.js";
import { PlatformError } from "./platform-error.js";
import { readJson, type Hints } from "./service-answer.js";
import { createServiceFetch, type RequestOptions, type ServiceFetch } from "./service-fetch.js";

/** What {@link createLoginService} takes. */
export interface LoginServiceOptions extends RequestOptions {
  /** Of the account; it knows where the service is. */
  readonly domains: DomainApi;
}

/** An agent, a manager or an administrator. */
export interface UserCredentials {
  readonly username: string;
  readonly password: string;
}

/** An application with an API key: a bot user's name, and the key's four parts. */
export interface ApplicationCredentials {
  readonly username: string;
  readonly appKey: string;
  readonly secret: string;
  readonly accessToken: string;
  readonly accessTokenSecret: string;
}

/** The Login Service of the cloud. */
export interface LoginService {
  /**
   * Logs a user in by a password, or an application by its API key.
   *
   * @param credentials - of either
   * @param options - `signal` aborts the request
   * @throws PlatformError `aborted`, `access_denied`, `host_refused`, `invalid_config`, `request_failed`,
   * `request_timeout`, `response_invalid`, `service_failed`
   */
  logIn(
    credentials: UserCredentials | ApplicationCredentials,
    options?: { readonly signal?: AbortSignal },
  ): Promise<LoginSession>;
}

/** The vendor's retry policy has a rule of its own for logins: not sooner than after five seconds. */
const busyPause = 5000;

const hints: Hints = {
  400: "Check that the credentials are whole: username and password, or username and the API key's four parts.",
  401: "The account, the user or the credentials are wrong, or the user may not log in this way (single sign-on, or no bot).",
  429: "There were too many logins: share one session, and keep it alive.",
  451: "The account or the user is blocked: ask the cloud's support.",
};

/**
 * Logs agents, managers, administrators and bots in; never consumers. For servers only.
 *
 * @param options - where the service is, and how requests are made
 * @throws PlatformError `in_browser`, `invalid_config`
 */
export function createLoginService(options: LoginServiceOptions): LoginService {
  assertServer(
    () =>
      new PlatformError(
        "in_browser",
        "The Login Service needs a password or a secret, which everybody could read in a browser: call it on a server.",
      ),
  );
  const { domains } = options;
  checkOption(
    typeof (domains as Partial<DomainApi> | undefined)?.baseUri === "function",
    "domains must be what createDomainApi returned.",
  );
  checkRequestOptions(options);
  const request = createServiceFetch(options, { busyPause });

  const withBearer = (authorization: () => string): ServiceFetch =>
    createServiceFetch(options, {
      authorize({ url }) {
        if (domains.isAllowed(url)) return authorization();
        throw new PlatformError(
          "host_refused",
          `${new URL(url).origin} is not among the Domain API's allowedHosts, so the bearer was not sent to it.`,
        );
      },
    });

  return {
    async logIn(credentials, { signal } = {}) {
      const body = JSON.stringify(pick(credentials));
      const { accountId } = domains;
      const origin = await domains.baseUri("agentVep", signal ? { signal } : {});
      const url = `${origin}/api/account/${accountId}`;
      const response = await request(`${url}/login?v=1.3`, {
        method: "POST",
        headers: { accept: "application/json", "content-type": "application/json" },
        body,
        signal: signal ?? null,
      });
      const answer = readLogin(await readJson(response, "The Login Service", hints));
      const cookies = createCookieJar();
      cookies.keep(`${url}/login`, response.headers);
      if (cookies.header(`${url}/refresh`) === "") {
        throw new PlatformError(
          "response_invalid",
          "The Login Service's answer holds no session cookie: check that no proxy, and no fetch of yours, drops Set-Cookie.",
        );
      }
      return createLoginSession({ accountId, url, answer, cookies, request, withBearer });
    },
  };
}

const ofUser = ["username", "password"];
const ofApplication = ["username", "appKey", "secret", "accessToken", "accessTokenSecret"];

/** The fields that are meant, and nothing else that the object may hold. */
function pick(credentials: UserCredentials | ApplicationCredentials): Record<string, unknown> {
  const given = Object(credentials) as Record<string, unknown>;
  checkOption(
    !("password" in given && "appKey" in given),
    "credentials must be of a user (password) or of an application (appKey), not of both.",
  );
  const fields = "appKey" in given ? ofApplication : ofUser;
  for (const field of fields) {
    checkOption(
      isText(given[field]),
      `credentials.${field} must be text; needed are ${fields.join(", ")}.`,
    );
  }
  return Object.fromEntries(fields.map((field) => [field, given[field]]));
}
