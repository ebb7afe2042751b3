import { markup, type Markup } from "../../html.js";
import { CLIENTS } from "../../idp/clients.js";
import { CONSUMERS, fullName } from "../../idp/consumers.js";
import { BRAND } from "../../scenarios.js";
import { CREDENTIAL_ENDPOINT, type Places } from "../tag.js";

/** The login page that the cloud's separate window opens, with no OpenID provider behind it. */
export function loginPage({ cloudOrigin, idpOrigin }: Places): Markup {
  const consumers = CONSUMERS.map(
    (one) => markup`<button type="button" data-consumer="${one.name}">${fullName(one)}</button>`,
  );
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Sign in · ${BRAND}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/demo/site.css" />
        <script type="module" src="/demo/login.js"></script>
      </head>
      <body>
        <main
          class="narrow"
          id="login"
          data-window="${cloudOrigin}/window/index.html"
          data-issuer="${idpOrigin}"
          data-client-id="${CLIENTS.implicit}"
          data-endpoint="${CREDENTIAL_ENDPOINT}"
        >
          <section class="card">
            <h1>Sign in to ${BRAND}</h1>
            <p role="status">One moment…</p>
            <div class="buttons" id="consumers" role="group" aria-label="Sign in as" hidden>
              ${consumers}
              <button type="button" id="decline">Not now</button>
            </div>
          </section>
        </main>
      </body>
    </html>`;
}
