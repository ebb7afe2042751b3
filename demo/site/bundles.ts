import { fileURLToPath } from "node:url";
import { bundle, type Bundles } from "../bundling.js";

export async function bundlePageScripts(): Promise<Bundles> {
  return await bundle({
    entryPoints: {
      home: source("./scripts/home.ts"),
      "no-popups": source("./scripts/no-popups.ts"),
      "wrong-clock": source("./scripts/wrong-clock.ts"),
      "bank-app": source("./scripts/bank-app.ts"),
      "host-app": source("./scripts/host-app.ts"),
      "vendor-tag": source("../window/vendor-tag.ts"),
      window: source("../window/main.ts"),
    },
    format: "iife",
  });
}

/** Fails as long as the library isn't built. */
export async function bundleApp(): Promise<Bundles> {
  return await bundle({
    entryPoints: { app: source("./scripts/app.ts") },
    format: "esm",
    splitting: true,
    chunkNames: "app-[hash]",
  });
}

/** The login page's script, which takes the library's file as the site serves it. */
export async function bundleLogin(): Promise<Bundles> {
  return await bundle({
    entryPoints: { login: source("./scripts/login.ts") },
    format: "esm",
    alias: { "consumer-auth-widget/window-return": "/dist/window-return.js" },
    external: ["/dist/*"],
  });
}

function source(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
