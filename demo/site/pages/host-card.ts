import { markup, type Markup } from "../../html.js";
import { CONSUMERS, fullName } from "../../idp/consumers.js";
import { BRAND, type Scenario } from "../../scenarios.js";
import { APP_ACCOUNT, endpointAddress, HOST } from "../tag.js";

/** Plays the app. It is there before the page's own scripts, as a bridge is. */
export function hostScript({ trouble }: Scenario): Markup {
  return markup`<script
    src="/demo/host-app.js"
    data-host="${HOST}"
    data-account="${APP_ACCOUNT}"
    data-endpoint="${endpointAddress(trouble)}"
    data-foreign="${String(trouble === "foreign-app")}"
  ></script>`;
}

/** The app around the page: who is signed in there, and what it does unasked. */
export function hostCard({ trouble }: Scenario): Markup {
  if (trouble === "foreign-app") {
    return card(
      "An app around this page",
      "It is made of the same parts as the bank’s, but it doesn’t know the page’s questions.",
      markup`<p class="explanation">The page has asked it <b id="app-asked">0</b> times.</p>`,
    );
  }
  return card(
    `${BRAND}’s app, around this page`,
    "What stands here is outside of the web view: only the bridge leads there.",
    markup`<p class="explanation">
        <b id="app-consumer">Nobody</b> is signed in in the app. The page has asked it
        <b id="app-asked">0</b> times.
      </p>
      <div class="buttons" id="app-signed-out" role="group" aria-label="Sign in in the app as">
        ${consumerButtons()}
      </div>
      <div class="buttons" id="app-signed-in" hidden>
        <button type="button" id="app-hand-in">Hand in a credential unasked</button>
        <button type="button" id="app-sign-out">Sign out in the app</button>
      </div>
      <dialog id="app-login" aria-labelledby="app-login-title">
        <h2 id="app-login-title">${BRAND}’s app</h2>
        <p class="explanation">The page asks who you are. Who is signing in?</p>
        <div class="buttons">${consumerButtons()}</div>
        <div class="buttons"><button type="button" id="app-decline">Not now</button></div>
      </dialog>`,
  );
}

function card(title: string, lead: string, content: Markup): Markup {
  return markup`<section class="card host-app" aria-labelledby="host-app-title">
    <header class="card-head">
      <h2 id="host-app-title">${title}</h2>
      <p>${lead}</p>
    </header>
    ${content}
  </section>`;
}

function consumerButtons(): Markup[] {
  return CONSUMERS.map(
    (one) =>
      markup`<button type="button" data-app-consumer="${one.name}">${fullName(one)}</button>`,
  );
}
