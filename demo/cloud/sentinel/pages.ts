import { markup, type Markup } from "../../html.js";
import { AGENTS } from "./agents.js";

/** The cloud's own login page, for users of the account. */
export function loginPage(action: string, appName: string): Markup {
  const agents = AGENTS.map(
    ({ name, fullName, initials, role }) =>
      markup`<li>
        <button name="agent" value="${name}">
          <span class="avatar" aria-hidden="true">${initials}</span>
          <span class="who"><b>${fullName}</b><span>${role}</span></span>
        </button>
      </li>`,
  );
  return layout(
    "Sign in",
    markup`<h1>Who are you?</h1>
      <p class="lead">Sign in to go on to <b>${appName}</b></p>
      <form method="post" action="${action}">
        <ul class="consumers">
          ${agents}
        </ul>
        <button class="quiet" name="deny" value="1">Not now</button>
      </form>`,
  );
}

export function expiredPage(): Markup {
  return layout(
    "Sign in",
    markup`<h1>This sign-in is over</h1>
      <p class="lead">Go back to the application and start again.</p>`,
  );
}

function layout(title: string, body: Markup): Markup {
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · The messaging cloud</title>
        <link rel="stylesheet" href="/sentinel/pages.css" />
      </head>
      <body>
        <main class="sheet">
          <p class="brand">The messaging <b>cloud</b></p>
          ${body}
        </main>
        <p class="note">A demo: these people work at the bank, and need no password.</p>
      </body>
    </html>`;
}
