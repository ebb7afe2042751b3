import { markup, raw, type Markup } from "../html.js";
import { BRAND } from "../scenarios.js";
import { CONSUMERS, fullName } from "./consumers.js";

function layout(title: string, body: Markup): Markup {
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · ${BRAND} ID</title>
        <link rel="stylesheet" href="/idp.css" />
      </head>
      <body>
        <main class="sheet">
          <p class="brand">
            <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
              <path d="M16 3c7 4 10 9 10 14a10 10 0 0 1-20 0C6 12 9 7 16 3Z" />
              <path class="vein" d="M16 28V12m0 6 5-4m-5 8-5-4" />
            </svg>
            <span>${BRAND} <b>ID</b></span>
          </p>
          ${body}
        </main>
        <p class="note">A demonstration identity provider. No passwords, no real people.</p>
      </body>
    </html>`;
}

export function loginPage(action: string, returnsTo: string): Markup {
  const consumers = CONSUMERS.map(
    (one) =>
      markup`<li>
        <button name="consumer" value="${one.name}" data-consumer="${one.name}">
          <span class="avatar" aria-hidden="true">${one.initials}</span>
          <span class="who">
            <b>${fullName(one)}</b>
            <span>${String(one.claims["email"])}</span>
          </span>
        </button>
      </li>`,
  );
  return layout(
    "Sign in",
    markup`<h1>Who is signing in?</h1>
      <p class="lead">You go on to messaging at <b>${returnsTo}</b>.</p>
      <form method="post" action="${action}">
        <ul class="consumers">
          ${consumers}
        </ul>
        <button class="quiet" id="deny" name="deny" value="1">No, don’t sign me in</button>
      </form>`,
  );
}

export function logoutPage(form: string): Markup {
  return layout(
    "Sign out",
    markup`<h1>Sign out of ${BRAND}?</h1>
      <p class="lead">The next sign-in will ask who you are.</p>
      ${raw(form)}
      <div class="actions">
        <button class="primary" form="op.logoutForm" name="logout" value="yes" id="sign-out">
          Sign out
        </button>
        <button class="quiet" form="op.logoutForm" id="stay">Stay signed in</button>
      </div>`,
  );
}

export function signedOutPage(): Markup {
  return layout(
    "Signed out",
    markup`<h1>You’re signed out</h1>
      <p class="lead">You can close this page.</p>`,
  );
}

export function startPage(): Markup {
  return layout(
    "Identity provider",
    markup`<h1>Identity provider</h1>
      <p class="lead">
        This is where ${BRAND}’s consumers sign in. There is nothing to do here by itself.
      </p>
      <p class="actions"><a class="button quiet" href="/session/end">Sign out</a></p>`,
  );
}

export function downPage(): Markup {
  return layout(
    "Not available",
    markup`<h1>Back in a moment</h1>
      <p class="lead">Signing in isn’t possible just now (503).</p>`,
  );
}

export function errorPage(details: Record<string, unknown>): Markup {
  const rows = Object.entries(details).flatMap(([name, value]) =>
    typeof value === "string"
      ? [
          markup`<dt>${name}</dt>
            <dd>${value}</dd>`,
        ]
      : [],
  );
  return layout(
    "Something went wrong",
    markup`<h1>This didn’t work</h1>
      <p class="lead">The sign-in request can’t be answered.</p>
      <dl class="details">${rows}</dl>`,
  );
}
