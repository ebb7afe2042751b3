import type { ApplicationTokens } from "../../src/platform.js";
import { markup, type Markup } from "../html.js";

/** Where the handlers are. */
export const PATHS = {
  login: "/login",
  refresh: "/refresh",
  logout: "/logout",
  logoutEverywhere: "/logout-everywhere",
} as const;

export function signedOutPage(): Markup {
  return layout(
    "Opening hours",
    markup`<h1>Opening hours</h1>
      <p class="lead">An application built on the cloud. It is for those who work there.</p>
      <p class="actions">
        <a class="button primary" href="${PATHS.login}?return_to=/">Sign in with the cloud</a>
      </p>`,
  );
}

export function signedInPage({ claims, receivedAt, expiresAt }: ApplicationTokens): Markup {
  return layout(
    "Opening hours",
    markup`<h1>Opening hours</h1>
      <p class="lead">You are signed in: the cloud has vouched for you.</p>
      <dl class="details">
        <dt>User</dt>
        <dd>${claims.sub}</dd>
        <dt>Administrator</dt>
        <dd>${claims.is_admin ? "yes" : "no"}</dd>
        <dt>The vendor’s own</dt>
        <dd>${claims.is_lpa ? "yes" : "no"}</dd>
        <dt>Refreshed</dt>
        <dd>${timeOf(receivedAt)}</dd>
        <dt>Access until</dt>
        <dd>${expiresAt === undefined ? "unknown" : timeOf(expiresAt)}</dd>
      </dl>
      <div class="actions spaced">
        ${action(PATHS.refresh, "Refresh now", "primary")}
        ${action(PATHS.logout, "Sign out here", "plain")}
        ${action(PATHS.logoutEverywhere, "Sign out everywhere", "quiet")}
      </div>`,
  );
}

export function failedPage(lead: string): Markup {
  return layout(
    "Not signed in",
    markup`<h1>That didn’t work</h1>
      <p class="lead">${lead}</p>
      <p class="actions"><a class="button primary" href="/">Go back</a></p>`,
  );
}

function action(path: string, label: string, look: string): Markup {
  return markup`<form method="post" action="${path}?return_to=/">
    <button class="${look}">${label}</button>
  </form>`;
}

/** Seconds tell one refresh from the next. */
function timeOf(milliseconds: number): Markup {
  const iso = new Date(milliseconds).toISOString();
  return markup`<time datetime="${iso}">${iso.slice(11, 19)} UTC</time>`;
}

function layout(title: string, body: Markup): Markup {
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Alder &amp; Wren</title>
        <link rel="stylesheet" href="/application.css" />
      </head>
      <body>
        <main class="sheet">
          <p class="brand">
            <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
              <path d="M16 3c7 4 10 9 10 14a10 10 0 0 1-20 0C6 12 9 7 16 3Z" />
              <path class="vein" d="M16 28V12m0 6 5-4m-5 8-5-4" />
            </svg>
            <span>Alder &amp; Wren <b>staff</b></span>
          </p>
          ${body}
        </main>
        <p class="note">A demo: its users are those of the messaging cloud, never consumers.</p>
      </body>
    </html>`;
}
