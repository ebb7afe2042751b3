import { markup, type Markup } from "../../html.js";
import { ACCOUNTS, BRAND, connectorFor, type Scenario } from "../../scenarios.js";
import { optionsFor, type Places } from "../tag.js";
import { documentOf, ladderCard, logCard, messagingCards, windowTag } from "./parts.js";

const SCENARIO: Scenario = {
  setup: "widget",
  engagement: "either",
  trouble: "none",
  vendorTag: "after",
};

/** A single-page app: its script takes the library from npm, its page only has the element. */
export function appPage(places: Places, built: boolean): Markup {
  const connector = connectorFor(SCENARIO.setup);
  return documentOf(
    {
      title: "Your accounts",
      current: "/app",
      head: markup`<script type="module" src="/demo/app.js"></script>
        ${windowTag(places, {
          account: ACCOUNTS.normal,
          connector,
          engagement: "app",
          vendorTag: SCENARIO.vendorTag,
          autostart: false,
        })}`,
      body: markup`<main>
        ${
          !built &&
          markup`<p class="notice" role="alert">
            The library isn’t built yet. Run the build, then start the demo again.
          </p>`
        }
        <section class="intro">
          <nav class="tabs" aria-label="${BRAND}">
            <a href="/app" data-route>Your accounts</a>
            <a href="/app/help" data-route>Help</a>
          </nav>
          <div id="view" aria-live="polite"></div>
        </section>
        ${messagingCards()}
        <div class="stage evidence">${ladderCard()} ${logCard()}</div>
      </main>
      <consumer-auth${attributes(optionsFor(SCENARIO, places))}></consumer-auth>`,
    },
    places,
  );
}

function attributes(options: Record<string, string>): Markup[] {
  return Object.entries(options).map(([name, value]) => markup` ${name}="${value}"`);
}
