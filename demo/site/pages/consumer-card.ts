import { markup, type Markup } from "../../html.js";
import { CONSUMERS, fullName, type Consumer } from "../../idp/consumers.js";
import { BRAND } from "../../scenarios.js";

export interface ConsumerCard {
  /** Who is signed in at the site itself. */
  readonly signedIn: Consumer | undefined;
  /** This page, path and query. */
  readonly here: string;
}

/** What a consumer can do on this page besides talking. */
export function consumerCard({ signedIn, here }: ConsumerCard): Markup {
  return markup`<section class="card" aria-labelledby="consumer-title">
    <header class="card-head">
      <h2 id="consumer-title">What the consumer does</h2>
      <p>Everything that a page and its library have to keep up with.</p>
    </header>
    <div class="doings">
      <div role="group" aria-labelledby="at-provider">
        <h3 id="at-provider">Through the library</h3>
        <div class="buttons" id="library-actions">
          <button type="button" id="sign-in" disabled>Sign in</button>
          <button type="button" id="step-up" disabled>Step up</button>
          <button type="button" id="sign-out" disabled>Sign out</button>
          <button type="button" id="sign-out-everywhere" disabled>Sign out everywhere</button>
        </div>
      </div>
      <div role="group" aria-labelledby="at-site">
        <h3 id="at-site">At the site itself</h3>
        <p class="explanation" id="site-account">
          ${
            signedIn
              ? markup`<b>${fullName(signedIn)}</b> is signed in at ${BRAND}’s site.`
              : "Nobody is signed in at the site."
          }
        </p>
        ${signedIn ? signOutForm(here) : signInForm(here)}
      </div>
      <div role="group" aria-labelledby="on-the-way">
        <h3 id="on-the-way">On the way</h3>
        <div class="buttons">
          <button type="button" id="navigate">Go to another view</button>
          <a class="button" href="${here}" target="_blank" rel="noopener" id="another-tab"
            >Open another tab</a
          >
        </div>
        <p class="explanation">
          View: <b id="view">home</b>, without a page load, as in a single-page app.
        </p>
      </div>
    </div>
  </section>`;
}

function signInForm(here: string): Markup {
  const buttons = CONSUMERS.map(
    (one) => markup`<button name="consumer" value="${one.name}" data-site-consumer="${one.name}">
      ${fullName(one)}
    </button>`,
  );
  return markup`<form
    method="post"
    action="/account/sign-in"
    class="buttons"
    aria-label="Sign in at the site as"
  >
    <input type="hidden" name="return_to" value="${here}" />
    ${buttons}
  </form>`;
}

function signOutForm(here: string): Markup {
  return markup`<form method="post" action="/account/sign-out" class="buttons">
    <input type="hidden" name="return_to" value="${here}" />
    <button id="site-sign-out">Sign out of the site</button>
  </form>`;
}
