import { build } from "esbuild";
import { createServer } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { basename } from "node:path";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";
import type { Browser } from "puppeteer-core";

import { launch } from "./browser.js";
import { createSdkProvider, type SdkProvider } from "./sdk-provider.js";
import { selfSignedCertificate } from "./self-signed.js";

/** The SDKs that have a recipe, each with a page in sdk-pages/. */
export const SDKS = [
  "auth0-spa-js",
  "oidc-client-ts",
  "msal-browser",
  "okta-auth-js",
  "keycloak-js",
] as const;

export type Sdk = (typeof SDKS)[number];

/** How the SDK renews: by the provider's session in a hidden frame, or by a refresh token. */
export type Client = "session" | "refresh";

/** The pages, their provider and a browser. Over TLS: msal-browser takes no other provider. */
export interface SdkStage {
  readonly site: string;
  readonly issuer: string;
  readonly provider: SdkProvider;
  readonly browser: Browser;
}

export function useSdks(): SdkStage {
  const stage: { -readonly [Key in keyof SdkStage]?: SdkStage[Key] } = {};
  const closings: (() => Promise<unknown>)[] = [];
  before(async () => {
    const certificate = selfSignedCertificate();
    const site = await listen(certificate);
    const idp = await listen(certificate);
    closings.push(site.close, idp.close);
    stage.site = site.origin;
    stage.issuer = `${idp.origin}/`;
    const paths = SDKS.flatMap((sdk) =>
      ["session", "refresh", "callback"].map((name) => `${site.origin}/${sdk}/${name}`),
    );
    const [provider, scripts, browser] = await Promise.all([
      createSdkProvider(stage.issuer, paths),
      bundlePages(),
      launch({ acceptInsecureCerts: true }),
    ]);
    closings.unshift(() => browser.close());
    Object.assign(stage, { provider, browser });
    idp.serve((request, response) => void provider.handle(request, response));
    site.serve((request, response) => serve(scripts, stage.issuer ?? "", request, response));
  });
  after(async () => {
    for (const close of closings) await close();
  });
  return stage as SdkStage;
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

const bundled: { scripts?: Promise<ReadonlyMap<string, string>> } = {};

/** The SDKs' pages as scripts, by `{sdk}.js`. */
export const bundlePages = (): Promise<ReadonlyMap<string, string>> =>
  (bundled.scripts ??= build({
    entryPoints: SDKS.map((sdk) =>
      fileURLToPath(new URL(`./sdk-pages/${sdk}.ts`, import.meta.url)),
    ),
    outdir: "/",
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    logLevel: "error",
  }).then(
    ({ outputFiles }) => new Map(outputFiles.map(({ path, text }) => [basename(path), text])),
  ));

/** A page for an SDK. */
export const sdkPage = (sdk: Sdk, issuer: string, clientId: string, returnPath = ""): string =>
  `<!doctype html>
  <html data-issuer="${issuer}" data-client-id="${clientId}" data-return-path="${returnPath}">
    <title>${sdk}</title>
    <body><script type="module" src="/${sdk}.js"></script></body>
  </html>`;

function serve(
  scripts: ReadonlyMap<string, string>,
  issuer: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const [, first = "", clientId] = new URL(request.url ?? "/", issuer).pathname.split("/");
  const script = scripts.get(first);
  const sdk = SDKS.find((name) => name === first);
  if (script !== undefined) {
    response.setHeader("Content-Type", "text/javascript; charset=utf-8").end(script);
  } else if (sdk && clientId) {
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    response.end(sdkPage(sdk, issuer, clientId));
  } else {
    response.writeHead(404).end();
  }
}
