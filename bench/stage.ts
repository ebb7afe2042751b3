import { build } from "esbuild";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Browser } from "puppeteer-core";

import { launch } from "../test/e2e/support/browser.js";
import { createSdkProvider, type SdkProvider } from "../test/e2e/support/sdk-provider.js";
import { selfSignedCertificate } from "../test/e2e/support/self-signed.js";
import { bundlePages } from "../test/e2e/support/use-sdks.js";

export const OURS = "consumer-auth-widget";

/** How the ID token is renewed: by the provider's session in a hidden frame, or by a refresh token. */
export type Client = "session" | "refresh";

/** One site with a page for each library, one slow provider, one browser. */
export interface Stage {
  readonly site: string;
  readonly browser: Browser;
  readonly provider: SdkProvider;
  /** Requests to the provider so far, preflights aside. */
  readonly requests: () => number;
  close(): Promise<void>;
}

/**
 * @param libraries - who has a page, at `/{library}/{client}`
 * @param delay - milliseconds before each answer of the provider
 */
export async function startStage(libraries: readonly string[], delay: number): Promise<Stage> {
  const certificate = selfSignedCertificate();
  const site = await listen(certificate);
  const idp = await listen(certificate);
  const issuer = `${idp.origin}/`;
  const redirectUris = libraries.flatMap((library) =>
    ["session", "refresh", "callback"].map((name) => `${site.origin}/${library}/${name}`),
  );
  const [provider, scripts, ours, browser] = await Promise.all([
    createSdkProvider(issuer, [...redirectUris, `${site.origin}/callback.html`]),
    bundlePages(),
    bundleOurs(),
    launch({ acceptInsecureCerts: true }),
  ]);
  let requests = 0;
  idp.serve((request, response) => {
    if (request.method !== "OPTIONS") requests += 1;
    void pause(delay).then(() => provider.handle(request, response));
  });
  site.serve((request, response) => {
    const [, first = "", client = ""] = (request.url ?? "/").split(/[/?]/);
    const script = first === `${OURS}.js` ? ours : scripts.get(first);
    if (script !== undefined) {
      response.setHeader("Content-Type", "text/javascript; charset=utf-8").end(script);
    } else if (/^callback\.(html|js)$/.test(first)) {
      const type = first.endsWith("html") ? "text/html" : "text/javascript";
      response.setHeader("Content-Type", `${type}; charset=utf-8`);
      void readFile(new URL(`../dist/${first}`, import.meta.url)).then((file) =>
        response.end(file),
      );
    } else if (libraries.includes(first)) {
      response.setHeader("Content-Type", "text/html; charset=utf-8");
      response.end(`<!doctype html>
        <html data-issuer="${issuer}" data-client-id="${client}">
          <title>${first}</title>
          <body><script type="module" src="/${first}.js"></script></body>
        </html>`);
    } else response.writeHead(404).end();
  });
  return {
    site: site.origin,
    browser,
    provider,
    requests: () => requests,
    close: async () => {
      await browser.close();
      await Promise.all([site.close(), idp.close()]);
    },
  };
}

async function bundleOurs(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("./page.ts", import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    logLevel: "error",
  });
  return outputFiles[0]?.text ?? "";
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

async function listen(certificate: ReturnType<typeof selfSignedCertificate>) {
  const server = createServer(certificate);
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  return {
    origin: `https://localhost:${(server.address() as AddressInfo).port}`,
    serve: (handler: Handler) => server.on("request", handler),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
