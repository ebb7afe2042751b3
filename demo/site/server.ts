import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { notFound, page, pathOf, send, type Reply } from "../http.js";
import { RETURN_PAGE } from "../idp/clients.js";
import { createInterruptions, type Interruption } from "../interruptions.js";
import type { SigningKey } from "../keys.js";
import type { Handler } from "../listening.js";
import { readScenario } from "../scenarios.js";
import { createSiteAccounts } from "./accounts.js";
import type { Bundles } from "../bundling.js";
import { bundleApp, bundleLogin, bundlePageScripts } from "./bundles.js";
import { createCredentialEndpoint } from "./credential-endpoint.js";
import { appPage } from "./pages/app.js";
import { homePage } from "./pages/home.js";
import { loginPage } from "./pages/login.js";
import { LOGIN_PAGE } from "../scenarios.js";
import { APP_ACCOUNT, CREDENTIAL_ENDPOINT, type Places } from "./tag.js";

/** Requests to the brand's own endpoints. */
export interface SiteCounters {
  signIn: number;
  signOut: number;
  /** Sign-ins in the bank's app. */
  appSignIn: number;
  appSignOut: number;
  /** All that ask the credential endpoint. */
  credential: number;
  /** The cloud's, with a code of the credential endpoint. */
  token: number;
}

export type SiteRequestKind = keyof SiteCounters;

export function newSiteCounters(): SiteCounters {
  return { signIn: 0, signOut: 0, appSignIn: 0, appSignOut: 0, credential: 0, token: 0 };
}

/** What a test does to the brand's site behind everybody's back. */
export interface SiteControls {
  /** The names of the consumers with a session (`ada`, `grace`, `alan`), each once. */
  signedIn(): string[];
  /** Ends all sessions of the site; says how many there were. */
  endSessions(): number;
  /** Befalls the next requests of a kind; returns what ends it early. */
  interrupt(interruption: Interruption<SiteRequestKind>): () => void;
  /** Ends all interruptions. */
  restore(): void;
}

export interface Site {
  readonly handler: Handler;
  readonly controls: SiteControls;
}

export interface SiteOptions extends Places {
  quiet: boolean;
  counters: SiteCounters;
  signingKey: () => SigningKey;
  /** Seconds. */
  idTokenLifetime: () => number;
  /** Of the cloud, at the site's token endpoint. */
  clientSecret: string;
  slowMs: number;
  /** Further pages of the brand's, made of the addresses of all parts. */
  pages: Readonly<Record<string, (places: Places) => string>>;
}

const KINDS: Readonly<Record<string, SiteRequestKind>> = {
  "POST /account/sign-in": "signIn",
  "POST /account/sign-out": "signOut",
  "POST /account/token": "token",
  [`POST ${APP_ACCOUNT}/sign-in`]: "appSignIn",
  [`POST ${APP_ACCOUNT}/sign-out`]: "appSignOut",
  [`POST ${CREDENTIAL_ENDPOINT}`]: "credential",
  [`GET ${CREDENTIAL_ENDPOINT}`]: "credential",
};

const DIST = fileURLToPath(new URL("../../dist/", import.meta.url));

const TYPES: Record<string, string> = {
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
};

export async function createSite(options: SiteOptions): Promise<Site> {
  const accounts = createSiteAccounts(options.siteOrigin);
  const endpoint = createCredentialEndpoint({
    ...options,
    issuer: options.idpOrigin,
    accounts,
  });
  const interruptions = createInterruptions<SiteRequestKind>();
  const scripts = await bundlePageScripts();
  const login = await bundleLogin();
  const app = await bundleApp().catch((error: unknown) => {
    if (!options.quiet) console.warn(`/app can't be built: ${firstLine(error)}`);
    return null;
  });
  const styles = await readFile(new URL("./site.css", import.meta.url));

  return {
    controls: {
      signedIn: accounts.names,
      endSessions: accounts.endSessions,
      interrupt: interruptions.interrupt,
      restore: interruptions.restore,
    },
    handler: async (request, response) => {
      const { pathname, searchParams } = pathOf(request);
      response.setHeader("Content-Security-Policy", policyFor(pathname, options));
      response.setHeader("Referrer-Policy", "no-referrer");
      const kind = KINDS[`${request.method ?? ""} ${pathname}`];
      if (kind) {
        options.counters[kind] += 1;
        if ((await interruptions.befall([kind], request, response)) === "done") return;
        const reply = await own(kind, request);
        if (reply) return send(response, reply);
        request.socket.destroy();
        return;
      }
      if (request.method !== "GET" && request.method !== "HEAD") return send(response, notFound());
      send(response, await answer(request, pathname, searchParams));
    },
  };

  async function own(kind: SiteRequestKind, request: IncomingMessage): Promise<Reply | undefined> {
    switch (kind) {
      case "signIn":
        return await accounts.signIn(request);
      case "signOut":
        return await accounts.signOut(request);
      case "appSignIn":
        return await accounts.appSignIn(request);
      case "appSignOut":
        return accounts.appSignOut(request);
      case "credential":
        return await endpoint.credential(request);
      case "token":
        return await endpoint.token(request);
    }
  }

  async function answer(
    request: IncomingMessage,
    pathname: string,
    query: URLSearchParams,
  ): Promise<Reply> {
    if (pathname === "/") {
      const scenario = readScenario(query);
      const signedIn = accounts.consumerOf(request)?.consumer;
      const here = request.url ?? "/";
      const autostart = query.has("autostart");
      return page(200, homePage({ scenario, autostart, signedIn, here }, options));
    }
    if (pathname === "/app" || pathname.startsWith("/app/")) {
      return page(200, appPage(options, app !== null));
    }
    if (pathname === LOGIN_PAGE) return page(200, loginPage(options));
    if (pathname === "/demo/site.css") return file(".css", styles);
    if (pathname.startsWith("/demo/")) return bundled([scripts, login, app], pathname.slice(6));
    if (pathname.startsWith("/dist/")) return await built(pathname.slice(6));
    if (pathname === RETURN_PAGE || pathname === "/callback.js") {
      return await built(pathname.slice(1));
    }
    const further = options.pages[pathname];
    if (!further) return notFound();
    const found = file(".html", new TextEncoder().encode(further(options)));
    // Browsers keep no page for the way back that may not be stored.
    return { ...found, headers: { ...found.headers, "Cache-Control": "no-cache" } };
  }
}

// Nothing inline, nothing from elsewhere, and requests only to those who have to be asked.
function policyFor(pathname: string, { idpOrigin, cloudOrigin }: Places): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src 'self' ${idpOrigin} ${cloudOrigin}`,
    // A silent sign-in is a frame that begins at the provider and ends at the return page.
    `frame-src 'self' ${idpOrigin}`,
    "base-uri 'none'",
    "form-action 'self'",
    `frame-ancestors ${pathname === RETURN_PAGE ? "'self'" : "'none'"}`,
  ].join("; ");
}

function bundled(all: (Bundles | null)[], name: string): Reply {
  for (const bundles of all) {
    const contents = bundles?.get(name);
    if (contents) return file(".js", contents);
  }
  return notFound();
}

async function built(path: string): Promise<Reply> {
  const target = normalize(join(DIST, path));
  if (!target.startsWith(DIST.endsWith(sep) ? DIST : DIST + sep)) return notFound();
  try {
    return file(extname(target), await readFile(target));
  } catch {
    return notFound();
  }
}

function file(extension: string, body: Uint8Array): Reply {
  return {
    status: 200,
    headers: { "Content-Type": TYPES[extension] ?? "application/octet-stream" },
    body,
  };
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n").find((line) => /error: /i.test(line)) ?? text;
}
