import { fileURLToPath } from "node:url";
import { readFile } from "node:fs/promises";
import { bundle } from "../../bundling.js";
import { markup } from "../../html.js";
import { page, type Reply } from "../../http.js";
import { WINDOW_PAGE } from "./windows.js";

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The files of the cloud's own window, by path. */
export async function createWindowPage(): Promise<(path: string) => Reply | undefined> {
  const [scripts, styles] = await Promise.all([
    bundle({
      entryPoints: [fileURLToPath(new URL("./script.ts", import.meta.url))],
      format: "iife",
    }),
    readFile(new URL("./window.css", import.meta.url)),
  ]);
  const script = scripts.get("script.js") ?? "";
  const asset = (type: string, body: string | Uint8Array): Reply => ({
    status: 200,
    headers: { "Content-Type": `text/${type}; charset=utf-8` },
    body,
  });
  return (path) => {
    switch (path) {
      case WINDOW_PAGE:
        return page(200, windowPage(), {
          "Content-Security-Policy": POLICY,
          "Referrer-Policy": "no-referrer",
        });
      case "/window/window.css":
        return asset("css", styles);
      case "/window/window.js":
        return asset("javascript", script);
      default:
        return undefined;
    }
  };
}

function windowPage() {
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Messages</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/window/window.css" />
        <script defer src="/window/window.js"></script>
      </head>
      <body>
        <main>
          <h1>Messages</h1>
          <p id="status" role="status">Connecting …</p>
          <div id="agent-view"></div>
        </main>
      </body>
    </html>`;
}
