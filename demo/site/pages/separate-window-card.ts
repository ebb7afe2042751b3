import { markup, type Markup } from "../../html.js";
import { accountFor, DIALECTS, LOGIN_PAGE, type Scenario } from "../../scenarios.js";
import type { Places } from "../tag.js";

/** Opens the cloud's own window, which sends the consumer to the brand's login page. */
export function separateWindowCard(scenario: Scenario, { cloudOrigin }: Places): Markup {
  const account = accountFor(scenario);
  const links = Object.entries(DIALECTS).map(
    ([dialect, { label, connector }]) =>
      markup`<a
        class="button"
        id="separate-${dialect}"
        href="${cloudOrigin}/api/account/${account}/app/${connector}/window"
        target="_blank"
        rel="noopener"
        >Open it, ${label}</a
      >`,
  );
  return markup`<section class="card" aria-labelledby="separate-title">
    <header class="card-head">
      <h2 id="separate-title">A browser window of its own</h2>
      <p>
        Some engagements don’t use this page: the cloud opens a window, which goes to
        <code>${LOGIN_PAGE}</code> of this site and comes back with a proof. There is no OpenID
        provider in it.
      </p>
    </header>
    <div class="buttons">${links}</div>
  </section>`;
}
