import { markup, raw, type Markup } from "../../html.js";
import {
  accountFor,
  BRAND,
  connectorFor,
  ENGAGEMENTS,
  scriptFor,
  SETUPS,
  TROUBLES,
  VENDOR_TAGS,
  type Choice,
  type Scenario,
} from "../../scenarios.js";
import { endpointAddress, optionsFor, type Places } from "../tag.js";
import { consumerCard, type ConsumerCard } from "./consumer-card.js";
import { hostCard, hostScript } from "./host-card.js";
import { separateWindowCard } from "./separate-window-card.js";
import { documentOf, ladderCard, logCard, messagingCards, windowTag } from "./parts.js";

export interface HomePage extends ConsumerCard {
  readonly scenario: Scenario;
  readonly autostart: boolean;
}

export function homePage(
  { scenario, autostart, signedIn, here }: HomePage,
  places: Places,
): Markup {
  const tag = scriptTag(optionsFor(scenario, places));
  const troubled = scriptFor(scenario.trouble);
  return documentOf(
    {
      title: "Messaging",
      current: "/",
      head: markup`${troubled !== null && markup`<script src="/demo/${troubled}"></script>`}
        ${scenario.vendorTag !== "after" && markup`<script src="/demo/vendor-tag.js"></script>`}
        ${scenario.setup === "provider" && providerScript(scenario)}
        ${scenario.setup === "host" && hostScript(scenario)}
    ${raw(tag)}
        ${windowTag(places, {
          account: accountFor(scenario),
          connector: connectorFor(scenario.setup),
          engagement: `${scenario.setup}-${scenario.engagement}`,
          vendorTag: scenario.vendorTag,
          autostart,
        })}
        <script defer src="/demo/home.js"></script>`,
      body: markup`<main>
        <section class="intro">
          <h1>Talk to us as yourself.</h1>
          <p>
            The messaging window on this page wants to know who you are. The page answers for you:
            with a proof from ${BRAND}’s identity provider, as a nameless visitor, or with a reason
            why not. Turn the switches, start a conversation, and see what each side gets to know.
          </p>
        </section>
        ${switchboard(scenario)} ${scenario.setup === "host" && hostCard(scenario)}
        ${messagingCards()} ${consumerCard({ signedIn, here })}
        ${separateWindowCard(scenario, places)}
        <div class="stage evidence">${ladderCard()} ${logCard()}</div>
          <section class="card" aria-labelledby="tag-title">
            <header class="card-head">
              <h2 id="tag-title">The tag on this page</h2>
              <p>This is all that the bank’s developers had to write.</p>
            </header>
            <pre id="tag" tabindex="0" aria-labelledby="tag-title"><code>${tag}</code></pre>
            <div class="buttons"><button id="copy-tag" type="button">Copy the tag</button></div>
          </section>
      </main>`,
    },
    places,
  );
}

function scriptTag(options: Record<string, string>): string {
  const attributes = Object.entries(options).map(
    ([name, value]) => markup`\n  data-${name}="${value}"`.html,
  );
  return `<script src="/dist/consumer-auth.js"${attributes.join("")}></script>`;
}

/** The site's own script, of which the tag names a function. */
function providerScript({ trouble }: Scenario): Markup {
  return markup`<script
    src="/demo/bank-app.js"
    data-endpoint="${endpointAddress(trouble)}"
  ></script>`;
}

function switchboard({ setup, engagement, trouble, vendorTag }: Scenario): Markup {
  return markup`<section class="switchboard" aria-labelledby="switchboard-title">
    <h2 id="switchboard-title" class="visually-hidden">Switchboard</h2>
    ${choose("setup", "Set-up", SETUPS, setup, false)}
    ${choose("engagement", "Engagement", ENGAGEMENTS, engagement, setup === "anonymous")}
    ${choose("trouble", "Trouble", TROUBLES, trouble, false)}
    ${choose("vendorTag", "The vendor’s tag", VENDOR_TAGS, vendorTag, false)}
  </section>`;
}

function choose<Name extends string>(
  id: string,
  label: string,
  choices: Record<Name, Choice>,
  chosen: Name,
  fixed: boolean,
): Markup {
  const options = Object.entries<Choice>(choices).map(
    ([value, choice]) =>
      markup`<option value="${value}" ${value === chosen && raw("selected")}>
        ${choice.label}
      </option>`,
  );
  return markup`<div class="switch">
    <label for="${id}">${label}</label>
    <select id="${id}" autocomplete="off" aria-describedby="${id}-hint" ${fixed && raw("disabled")}>
      ${options}
    </select>
    <p id="${id}-hint">${choices[chosen].hint}</p>
  </div>`;
}
