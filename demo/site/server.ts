import { readFile } from "node:fs/promises";
import { extname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { notFound, page, pathOf, send, type Reply } from "../http.js";
import type { Handler } from "../listening.js";
import { readScenario } from "../scenarios.js";
import { bundleApp, bundlePageScripts, type Bundles } from "./bundles.js";
import { appPage } from "./pages/app.js";
import { homePage } from "./pages/home.js";
import type { Places } from "./tag.js";

export interface SiteOptions extends Places {
  quiet: boolean;
  /** Further pages of the brand's, made of the addresses of all parts. */
  pages: Readonly<Record<string, (places: Places) => string>>;
}

const DIST = fileURLToPath(new URL("../../dist/", import.meta.url));

const TYPES: Record<string, string> = {
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
};

export async function createSite(options: SiteOptions): Promise<Handler> {
  const scripts = await bundlePageScripts();
  const app = await bundleApp().catch((error: unknown) => {
    if (!options.quiet) console.warn(`/app can't be built: ${firstLine(error)}`);
    return null;
  });
  const styles = await readFile(new URL("./site.css", import.meta.url));
  const policy = contentSecurityPolicy(options);

  return async (request, response) => {
    response.setHeader("Content-Security-Policy", policy);
    response.setHeader("Referrer-Policy", "no-referrer");
    const { pathname, searchParams } = pathOf(request);
    if (request.method !== "GET" && request.method !== "HEAD") return send(response, notFound());
    send(response, await answer(pathname, searchParams));
  };

  async function answer(pathname: string, query: URLSearchParams): Promise<Reply> {
    if (pathname === "/") {
      return page(200, homePage(readScenario(query), options, query.has("autostart")));
    }
    if (pathname === "/app" || pathname.startsWith("/app/")) {
      return page(200, appPage(options, app !== null));
    }
    if (pathname === "/demo/site.css") return file(".css", styles);
    if (pathname.startsWith("/demo/")) return bundled([scripts, app], pathname.slice(6));
    if (pathname.startsWith("/dist/")) return await built(pathname.slice(6));
    if (pathname === "/callback.html" || pathname === "/callback.js") {
      return await built(pathname.slice(1));
    }
    const further = options.pages[pathname];
    return further ? file(".html", new TextEncoder().encode(further(options))) : notFound();
  }
}

// Nothing inline, nothing from elsewhere, and requests only to those who have to be asked.
function contentSecurityPolicy({ idpOrigin, cloudOrigin }: Places): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src 'self' ${idpOrigin} ${cloudOrigin}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
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
