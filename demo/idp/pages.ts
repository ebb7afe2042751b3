import { markup, raw, type Markup } from "../html.js";
import { BRAND } from "../scenarios.js";
import { CONSUMERS, fullName, type Consumer } from "./consumers.js";
import { TEXTS, type Language } from "./texts.js";

interface Layout {
  readonly language?: Language;
  readonly head?: Markup;
}

function layout(title: string, body: Markup, { language = "en", head }: Layout = {}): Markup {
  return markup`<!doctype html>
    <html lang="${language}" dir="${TEXTS[language].direction}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · ${BRAND} ID</title>
        <link rel="stylesheet" href="/idp.css" />
        ${head ?? null}
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
        <p class="note">${TEXTS[language].note}</p>
      </body>
    </html>`;
}

export interface LoginPage {
  readonly action: string;
  readonly returnsTo: string;
  readonly language: Language;
  /** Whom the request hints at. */
  readonly suggested?: Consumer | undefined;
}

export function loginPage({ action, returnsTo, language, suggested }: LoginPage): Markup {
  const text = TEXTS[language];
  const ordered = suggested
    ? [suggested, ...CONSUMERS.filter((one) => one !== suggested)]
    : CONSUMERS;
  const consumers = ordered.map(
    (one) =>
      markup`<li>
        <button
          name="consumer"
          value="${one.name}"
          data-consumer="${one.name}"
          ${one === suggested && raw("data-suggested autofocus")}
        >
          <span class="avatar" aria-hidden="true">${one.initials}</span>
          <span class="who">
            <b>${fullName(one)}</b>
            <span>${String(one.claims["email"])}</span>
          </span>
        </button>
      </li>`,
  );
  return layout(
    text.signIn,
    markup`<h1>${text.who}</h1>
      <p class="lead">${text.goOn} <b>${returnsTo}</b></p>
      <form method="post" action="${action}">
        <ul class="consumers">
          ${consumers}
        </ul>
        <button class="quiet" id="deny" name="deny" value="1">${text.deny}</button>
      </form>`,
    { language },
  );
}

/** Asks for one more proof of somebody who is known, or has just said who they are. */
export function proofPage(action: string, consumer: Consumer, language: Language): Markup {
  const text = TEXTS[language];
  return layout(
    text.proof,
    markup`<h1>${text.proof}</h1>
      <p class="lead">${text.proofLead} <b dir="ltr">${fullName(consumer)}</b></p>
      <form method="post" action="${action}" class="actions">
        <input type="hidden" name="consumer" value="${consumer.name}" />
        <button class="primary" id="prove" name="proof" value="1" autofocus>
          ${text.proofGiven}
        </button>
        <button class="quiet" id="deny" name="deny" value="1" formnovalidate>${text.deny}</button>
      </form>`,
    { language },
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

/** Signs out by itself; the button is for whoever has no JavaScript. */
export function logoutWithoutAskingPage(form: string): Markup {
  return layout(
    "Sign out",
    markup`<h1>Signing you out</h1>
      ${raw(form)}
      <p class="actions">
        <button class="quiet" form="op.logoutForm" name="logout" value="yes" id="sign-out">
          Sign out
        </button>
      </p>`,
    { head: markup`<script defer src="/submit.js"></script>` },
  );
}

/** Presses the page's only button. A script of its own, since nothing inline may run. */
export const SUBMIT_SCRIPT = `document.getElementById("sign-out").click();\n`;

export function signedOutPage(): Markup {
  return layout(
    "Signed out",
    markup`<h1>You’re signed out</h1>
      <p class="lead">You can close this page.</p>`,
  );
}

/** Closes the window in which the browser had the consumer sign in; elsewhere it stays. */
export const CLOSE_SCRIPT = `globalThis.IdentityProvider?.close();\n`;

export function signedInPage(): Markup {
  return layout(
    "Signed in",
    markup`<h1>You’re signed in</h1>
      <p class="lead">You can close this page.</p>`,
    { head: markup`<script defer src="/close.js"></script>` },
  );
}

export function startPage(): Markup {
  return layout(
    "Identity provider",
    markup`<h1>Identity provider</h1>
      <p class="lead">
        This is where ${BRAND}’s consumers sign in. There is nothing to do here by itself.
      </p>
      <p class="actions">
        <a class="button quiet" href="/login">Sign in</a>
        <a class="button quiet" href="/session/end">Sign out</a>
      </p>`,
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
