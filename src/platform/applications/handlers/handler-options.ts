import { checkOption, isBetween, isConfidential } from "../../check-options.js";
import type { PlatformError } from "../../platform-error.js";
import type { Application } from "../application.js";
import { readReturnPath } from "./return-path.js";

/** What {@link createApplicationHandlers} takes. */
export interface ApplicationHandlersOptions {
  /** From `createApplication`. */
  readonly application: Application;
  /**
   * From which the cookies' keys are made: random, 32 bytes or more each. The first encrypts, all decrypt: to change it,
   * put the new one in front, and take the old one away when `sessionLifetime` has passed.
   */
  readonly cookieSecrets: readonly (string | Uint8Array<ArrayBuffer>)[];
  /** The application's origin, as browsers see it. Default that of the application's `redirectUri`. */
  readonly origin?: string;
  /** The cookies' name. Default `application`; with https it becomes `__Host-application`. */
  readonly cookieName?: string;
  /** Where a login leads that names no path. Default `/`. */
  readonly afterLogin?: string;
  /** Where a logout leads that names no path. Default `/`. */
  readonly afterLogout?: string;
  /** Milliseconds within which a login must be ended. Default 600,000, ten minutes. */
  readonly loginLifetime?: number;
  /** Milliseconds without a refresh after which a session is over. Default 28,800,000, eight hours. */
  readonly sessionLifetime?: number;
  /** Milliseconds after which `withSession` refreshes. Default 1,800,000, thirty minutes: the vendor's advice. */
  readonly refreshAfter?: number;
  /**
   * Is told why a request of a user failed: to log it. What it returns is the answer; by default a line of text. Nothing
   * in the error is secret.
   */
  readonly onError?: (
    error: PlatformError,
    request: Request,
  ) => Response | undefined | Promise<Response | undefined>;
}

/** With all defaults. */
export type CheckedHandlersOptions = Required<Omit<ApplicationHandlersOptions, "onError">> &
  Pick<ApplicationHandlersOptions, "onError">;

/** @throws PlatformError `invalid_config` */
export function checkHandlers(options: ApplicationHandlersOptions): CheckedHandlersOptions {
  const { application, cookieSecrets } = options;
  checkOption(
    typeof (application as Partial<Application> | undefined)?.startLogin === "function",
    "application must come from createApplication.",
  );
  const { redirectUri } = application;
  const checked = {
    cookieName: "application",
    afterLogin: "/",
    afterLogout: "/",
    loginLifetime: 600_000,
    sessionLifetime: 28_800_000,
    refreshAfter: 1_800_000,
    ...options,
    origin: options.origin ?? (redirectUri === undefined ? "" : new URL(redirectUri).origin),
  };
  const { origin } = checked;
  checkOption(
    isTrustworthyOrigin(origin),
    "origin must be the application's origin, such as https://app.example.com: https, or http on localhost. Without redirectUri it has to be given.",
  );
  checkOption(
    Array.isArray(cookieSecrets) && cookieSecrets.length > 0 && cookieSecrets.every(isLong),
    "cookieSecrets must hold secrets of 32 bytes or more, random each: openssl rand -base64 32 makes one.",
  );
  checkOption(
    /^[\w-]{1,64}$/.test(checked.cookieName),
    "cookieName must be 1 to 64 letters, digits, _ and -.",
  );
  for (const name of ["afterLogin", "afterLogout"] as const) {
    checkOption(
      readReturnPath(checked[name], origin) === checked[name],
      `${name} must be a path on the application's origin, such as /.`,
    );
  }
  for (const name of ["loginLifetime", "sessionLifetime", "refreshAfter"] as const) {
    checkOption(
      isBetween(checked[name], 1000, 31_536_000_000),
      `${name} must be milliseconds, from 1,000 to 31,536,000,000.`,
    );
  }
  return checked;
}

function isLong(secret: unknown): boolean {
  const bytes = typeof secret === "string" ? new TextEncoder().encode(secret) : secret;
  return bytes instanceof Uint8Array && bytes.length >= 32;
}

function isTrustworthyOrigin(origin: unknown): boolean {
  if (typeof origin !== "string" || !URL.canParse(origin)) return false;
  const url = new URL(origin);
  return url.origin === origin && isConfidential(url);
}
