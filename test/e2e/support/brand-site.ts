import { readFile } from "node:fs/promises";
import { extname } from "node:path";

import { notFound, pathOf, send } from "../../../demo/http.js";
import type { Listener } from "../../../demo/listening.js";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
};

/**
 * A brand's site: the built files, and at `/` a page with the script tag, whose options are the
 * address's query.
 */
export function serveBrandSite(listener: Listener, connectTo: string): void {
  listener.serve(async (request, response) => {
    const { pathname, searchParams } = pathOf(request);
    const attributes = [...searchParams].map(([name, value]) => ` data-${name}="${value}"`);
    const body =
      pathname === "/"
        ? `<!doctype html><title>Brand</title><script src="/dist/consumer-auth.js"${attributes.join("")}></script><button id="ask">Chat</button><script src="/ask.js"></script>`
        : pathname === "/ask.js"
          ? ASK
          : await built(pathname);
    if (body === undefined) {
      send(response, notFound());
      return;
    }
    send(response, {
      status: 200,
      headers: {
        "Content-Type": TYPES[extname(pathname) || ".html"] ?? "text/plain",
        "Content-Security-Policy": `default-src 'none'; script-src 'self'; connect-src 'self' ${connectTo}`,
      },
      body,
    });
  });
}

/** Calls the page method in a click, as the window does, and keeps how it was answered. */
const ASK = `document.querySelector("#ask").onclick = () => {
  window.answer = undefined;
  window.lpGetAuthenticationToken((credential, reason) => {
    window.answer = [credential, reason ?? null];
  });
};`;

async function built(pathname: string): Promise<Uint8Array | undefined> {
  const name = pathname.startsWith("/callback.") ? pathname.slice(1) : pathname.slice(6);
  if (!/^(chunks\/)?[\w.-]+$/.test(name)) return undefined;
  return readFile(new URL(`../../../dist/${name}`, import.meta.url)).catch(() => undefined);
}
