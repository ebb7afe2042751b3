import { markup, type Markup } from "../../html.js";
import { CLIENTS } from "../../idp/clients.js";
import { BRAND, type VendorTag } from "../../scenarios.js";
import type { Places } from "../tag.js";

export interface DocumentParts {
  title: string;
  current: "/" | "/app";
  head: Markup;
  body: Markup;
}

export function documentOf(parts: DocumentParts, places: Places): Markup {
  const { title, current, head, body } = parts;
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · ${BRAND}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/demo/site.css" />
        ${head}
      </head>
      <body>
        <a class="skip" href="#messaging">Skip to messaging</a>
        <header class="masthead">
          <p class="brand">${mark()}<span>${BRAND}</span></p>
          <nav aria-label="Demo">
            ${link("/", "Script tag", current)} ${link("/app", "Single-page app", current)}
            <a id="idp-sign-out" href="${signOutAddress(places, current)}">Sign out</a>
          </nav>
        </header>
        ${body}
        <footer class="colophon">
          <p>
            ${BRAND} doesn’t exist. The identity provider is a real one, the cloud is a simulation
            of the real one’s documented behaviour, and everything runs on this machine.
          </p>
        </footer>
      </body>
    </html>`;
}

export function messagingCards(): Markup {
  return markup`<div class="stage" id="messaging">
    <section class="card" aria-labelledby="messaging-title">
      <header class="card-head">
        <h2 id="messaging-title">Messaging window</h2>
        <p>It calls the page, waits, and asks its cloud who this is.</p>
      </header>
      <div class="buttons">
        <button class="primary" id="start" type="button">Start a conversation</button>
        <button id="start-without-gesture" type="button">Call without a click</button>
        <button id="ask-again" type="button" disabled>Ask again</button>
      </div>
      <div id="conversation"></div>
    </section>
    <section class="card" aria-labelledby="agent-title">
      <header class="card-head">
        <h2 id="agent-title">What the agent sees</h2>
        <p>At the other end of the line, after the cloud’s checks.</p>
      </header>
      <div id="agent-view" aria-live="polite" tabindex="0" aria-labelledby="agent-title"></div>
    </section>
  </div>`;
}

export function logCard(): Markup {
  return markup`<section class="card" aria-labelledby="log-title">
    <header class="card-head">
      <h2 id="log-title">What happened</h2>
      <p>
        The library’s session is <b id="session-state" class="pill">not loaded</b>. Tokens are
        shortened.
      </p>
    </header>
    <ol id="log" class="log" role="log" aria-labelledby="log-title" tabindex="0"></ol>
  </section>`;
}

/** How each call was answered, rung by rung. */
export function ladderCard(): Markup {
  return markup`<section class="card" aria-labelledby="ladder-title">
    <header class="card-head">
      <h2 id="ladder-title">Ladder</h2>
      <p>What was tried for each call, rung by rung.</p>
    </header>
    <ol id="ladder" class="log ladder" role="log" aria-labelledby="ladder-title" tabindex="0"></ol>
  </section>`;
}

export interface WindowSettings {
  readonly account: string;
  readonly connector: string;
  /** Names the engagement: a conversation goes on from page to page of the same one. */
  readonly engagement: string;
  readonly vendorTag: VendorTag;
  readonly autostart: boolean;
}

/** The vendor's tag: it knows its cloud, the account and the connector that the engagement names. */
export function windowTag(
  { cloudOrigin }: Places,
  { account, connector, engagement, vendorTag, autostart }: WindowSettings,
): Markup {
  return markup`<script
    defer
    src="/demo/window.js"
    data-cloud="${cloudOrigin}"
    data-account-id="${account}"
    data-connector-id="${connector}"
    data-engagement="${engagement}"
    data-vendor-tag="${vendorTag}"
    data-autostart="${String(autostart)}"
  ></script>`;
}

function link(href: string, label: string, current: string): Markup {
  return href === current
    ? markup`<a href="${href}" aria-current="page">${label}</a>`
    : markup`<a href="${href}">${label}</a>`;
}

function signOutAddress({ siteOrigin, idpOrigin }: Places, current: string): string {
  const address = new URL("/session/end", idpOrigin);
  address.searchParams.set("client_id", CLIENTS.page);
  address.searchParams.set("post_logout_redirect_uri", `${siteOrigin}${current}`);
  return address.href;
}

function mark(): Markup {
  return markup`<svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
    <path d="M16 3c7 4 10 9 10 14a10 10 0 0 1-20 0C6 12 9 7 16 3Z" />
    <path class="vein" d="M16 28V12m0 6 5-4m-5 8-5-4" />
  </svg>`;
}
