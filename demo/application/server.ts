import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import {
  createApplication,
  createApplicationHandlers,
  createDomainApi,
  type PlatformError,
} from "../../src/platform.js";
import { APPS, DESK_CALLBACK } from "../cloud/sentinel/apps.js";
import type { Markup } from "../html.js";
import type { Handler } from "../listening.js";
import { ACCOUNTS } from "../scenarios.js";
import { failedPage, PATHS, signedInPage, signedOutPage } from "./pages.js";

export interface ApplicationServerOptions {
  readonly origin: string;
  readonly cloudOrigin: string;
  readonly clientSecret: string;
  readonly quiet: boolean;
}

/** A tiny application built on the cloud: who works there signs in, and sees who they are. */
export async function createApplicationServer({
  origin,
  cloudOrigin,
  clientSecret,
  quiet,
}: ApplicationServerOptions): Promise<Handler> {
  const styles = await readFile(new URL("./application.css", import.meta.url), "utf8");
  const shared = await readFile(new URL("../idp/idp.css", import.meta.url), "utf8");
  const application = createApplication({
    clientId: APPS.desk,
    clientSecret,
    redirectUri: `${origin}${DESK_CALLBACK}`,
    domains: createDomainApi({
      accountId: ACCOUNTS.normal,
      domainApi: cloudOrigin,
      allowedHosts: [new URL(cloudOrigin).hostname],
    }),
  });
  const handlers = createApplicationHandlers({
    application,
    cookieSecrets: [randomBytes(32).toString("base64")],
    // Cookies know no ports: several demos on one machine must not share theirs.
    cookieName: `application-${new URL(origin).port}`,
    onError: (error) => {
      if (!quiet) console.error(error);
      return page(statusOf(error), failedPage(wordsFor(error)));
    },
  });

  const home = handlers.withSession((_request, session) =>
    page(200, session ? signedInPage(session) : signedOutPage()),
  );
  const routes: Readonly<Record<string, (request: Request) => Response | Promise<Response>>> = {
    "/": home,
    [DESK_CALLBACK]: handlers.callback,
    [PATHS.login]: handlers.login,
    [PATHS.refresh]: handlers.refresh,
    [PATHS.logout]: handlers.logout,
    [PATHS.logoutEverywhere]: handlers.logoutEverywhere,
    "/application.css": () =>
      new Response(`${shared}\n${styles}`, {
        headers: { "Content-Type": "text/css; charset=utf-8" },
      }),
  };
  const listener = getRequestListener(
    (request) =>
      routes[new URL(request.url).pathname]?.(request) ??
      new Response("Not found", { status: 404 }),
    { overrideGlobalObjects: false },
  );
  return async (request: IncomingMessage, response: ServerResponse) => {
    await listener(request, response);
  };
}

function page(status: number, { html }: Markup): Response {
  return new Response(html, {
    status,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      "Content-Security-Policy":
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
      "X-Content-Type-Options": "nosniff",
    },
  });
}

function statusOf({ code }: PlatformError): number {
  if (code === "access_denied") return 403;
  return code === "login_unknown" ? 400 : 502;
}

function wordsFor({ code }: PlatformError): string {
  if (code === "access_denied") return "The sign-in was declined.";
  if (code === "login_unknown") return "This sign-in is over. Please start it again.";
  return "The cloud can’t sign you in just now. Please try again in a moment.";
}
