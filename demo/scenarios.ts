/** What the switchboard offers. Every choice is carried by the address, so pages don't disturb each other. */

export interface Choice {
  readonly label: string;
  readonly hint: string;
}

export const SETUPS = {
  implicit: {
    label: "Implicit, one-line key",
    hint: "The bank hands the window an ID token, checked with the public key in the tag.",
  },
  "implicit-jwks": {
    label: "Implicit, JWKS",
    hint: "The same, with the keys looked up at the bank’s JWKS endpoint.",
  },
  code: {
    label: "Code flow",
    hint: "The window gets an authorization code and the cloud exchanges it with its secret.",
  },
  "code-pkce": {
    label: "Code flow with PKCE",
    hint: "As before, bound to a challenge of which only the cloud knows the verifier.",
  },
  hybrid: {
    label: "Hybrid flow",
    hint: "The provider answers with a code for the cloud and an ID token that vouches for the code.",
  },
  widget: {
    label: "Exchange in the page",
    hint: "The page is a public client with PKCE, exchanges the code itself and hands over the ID token.",
  },
  refresh: {
    label: "Exchange, with refresh tokens",
    hint: "As before; a refresh token, rotated at every use, brings the next ID token.",
  },
  dpop: {
    label: "Exchange, bound by DPoP",
    hint: "The refresh token is worth nothing without a key that never leaves this browser.",
  },
  par: {
    label: "Exchange, pushed request",
    hint: "The authorization request goes to the provider behind the scenes (PAR).",
  },
  redirect: {
    label: "Redirect, no popup",
    hint: "The whole page goes to the provider and comes back.",
  },
  endpoint: {
    label: "The site’s own endpoint",
    hint: "Whoever is signed in at the site itself is vouched for by one of its own addresses.",
  },
  "endpoint-code": {
    label: "The site’s own endpoint, code",
    hint: "The same, with a one-time code that the cloud exchanges at the site.",
  },
  provider: {
    label: "A function of the page",
    hint: "The site’s own script brings the ID token.",
  },
  fedcm: {
    label: "The browser’s own dialog",
    hint: "FedCM: browsers that have it ask the provider themselves, with no popup. Others fall back to one.",
  },
  host: {
    label: "Inside the bank’s app",
    hint: "The page is shown in a web view, and asks the app around it who is signed in there.",
  },
  "step-up": {
    label: "Guest first, then signed in",
    hint: "Begin without a sign-in, sign in later: the same conversation goes on under your name.",
  },
  connector: {
    label: "Account number alone",
    hint: "Everything else comes from the cloud’s public list of connectors.",
  },
  anonymous: {
    label: "Anonymous only",
    hint: "No sign-in at all: the consumer stays the same nameless person from page to page.",
  },
} satisfies Record<string, Choice>;

export const ENGAGEMENTS = {
  either: {
    label: "Either",
    hint: "Signed in if the consumer wants to, anonymous if not.",
  },
  authenticated: {
    label: "Authenticated",
    hint: "Never an anonymous conversation: without a sign-in the window gets a reason.",
  },
  unauthenticated: {
    label: "Unauthenticated",
    hint: "Never a prompt: whoever isn’t known already talks anonymously.",
  },
} satisfies Record<string, Choice>;

export const TROUBLES = {
  none: { label: "None", hint: "Everything works as it should." },
  "popup-blocked": {
    label: "Popups blocked",
    hint: "window.open gives null, as a strict browser or a web view does.",
  },
  "cookies-blocked": {
    label: "Third-party cookies blocked",
    hint: "A frame can’t see who is signed in at the provider; a popup can.",
  },
  "session-ended": {
    label: "Session over at the provider",
    hint: "It has forgotten who signed in: nothing works without the consumer any more.",
  },
  "slow-idp": { label: "Slow identity provider", hint: "Each of its pages is some seconds late." },
  "coop-idp": {
    label: "Isolated identity provider",
    hint: "Cross-Origin-Opener-Policy cuts the popup’s ties with this page.",
  },
  never: { label: "Silent identity provider", hint: "Its sign-in page never arrives." },
  "idp-down": { label: "Identity provider down", hint: "It answers with 503 to every sign-in." },
  offline: {
    label: "Connection lost",
    hint: "Connections to the identity provider and to the cloud’s identity service break off.",
  },
  "wrong-clock": {
    label: "Wrong clock",
    hint: "This browser’s clock is ten minutes slow: fresh tokens come from the future.",
  },
  "wrong-key": {
    label: "Wrong key in the cloud",
    hint: "The connector holds a key that doesn’t fit the bank’s tokens (9007).",
  },
  "wrong-key-page": {
    label: "Wrong key in the page",
    hint: "The tag holds a key that doesn’t fit: the token is refused before the window gets it.",
  },
  "endpoint-down": {
    label: "The site’s endpoint down",
    hint: "It answers with 500 (for the set-ups that ask it).",
  },
  "endpoint-html": {
    label: "The site’s endpoint answers with a page",
    hint: "A sign-in page comes where JSON should, as sites do behind a proxy.",
  },
  "endpoint-slow": {
    label: "The site’s endpoint is slow",
    hint: "Its answer is some seconds late.",
  },
  "foreign-app": {
    label: "Inside another app",
    hint: "Its bridge looks like the one of the bank’s app, but nobody answers there (for the set-up inside the app).",
  },
  "cloud-down": { label: "Cloud down", hint: "Its identity services answer with 503." },
  "lookup-down": { label: "Domain API down", hint: "The cloud’s hosts can’t be looked up." },
  "anonymous-off": {
    label: "Anonymous switched off",
    hint: "The account doesn’t have unauthenticated messaging (2005).",
  },
  "no-step-up": {
    label: "Step-up switched off",
    hint: "Whoever signs in during a conversation begins another one.",
  },
} satisfies Record<string, Choice>;

/** When the vendor's global, `lpTag`, comes to the page. */
export const VENDOR_TAGS = {
  after: { label: "After the widget", hint: "lpTag comes once the page was read." },
  before: { label: "Before the widget", hint: "lpTag was there first." },
  replaced: {
    label: "Replaced",
    hint: "lpTag is there first, and another one takes its place once the page was read.",
  },
} satisfies Record<string, Choice>;

export type Setup = keyof typeof SETUPS;
export type Engagement = keyof typeof ENGAGEMENTS;
export type Trouble = keyof typeof TROUBLES;
export type VendorTag = keyof typeof VENDOR_TAGS;

export interface Scenario {
  readonly setup: Setup;
  readonly engagement: Engagement;
  readonly trouble: Trouble;
  readonly vendorTag: VendorTag;
}

export function readScenario(query: URLSearchParams): Scenario {
  const setup: Setup = pick(SETUPS, query.get("setup"), "implicit");
  return {
    setup,
    engagement:
      setup === "anonymous"
        ? "unauthenticated"
        : pick(ENGAGEMENTS, query.get("engagement"), "either"),
    trouble: pick(TROUBLES, query.get("trouble"), "none"),
    vendorTag: pick(VENDOR_TAGS, query.get("vendorTag"), "after"),
  };
}

function pick<Name extends string>(
  choices: Record<Name, Choice>,
  wanted: string | null,
  otherwise: NoInfer<Name>,
): Name {
  return wanted !== null && Object.hasOwn(choices, wanted) ? (wanted as Name) : otherwise;
}

/** The cloud's accounts: trouble on its side belongs to an account, not to the process. */
export const ACCOUNTS = {
  normal: "30412100",
  anonymousOff: "30412101",
  cloudDown: "30412102",
  lookupDown: "30412103",
  wrongKey: "30412104",
  noStepUp: "30412105",
  /** Its connections break off. */
  cut: "30412106",
  /** One authenticated connector, with a key set. */
  oneConnector: "30412110",
  /** Several, of which the one with a key set is the preferred one. */
  preferred: "30412111",
  /** A client secret where none may be, fields that are missing, and some that nobody expects. */
  oddConnectors: "30412112",
  /** Only the unauthenticated one. */
  noConnector: "30412113",
} as const;

export function accountFor({ setup, trouble }: Pick<Scenario, "setup" | "trouble">): string {
  switch (trouble) {
    case "anonymous-off":
      return ACCOUNTS.anonymousOff;
    case "cloud-down":
      return ACCOUNTS.cloudDown;
    case "lookup-down":
      return ACCOUNTS.lookupDown;
    case "wrong-key":
      return ACCOUNTS.wrongKey;
    case "no-step-up":
      return ACCOUNTS.noStepUp;
    case "offline":
      return ACCOUNTS.cut;
    default:
      return setup === "connector" ? ACCOUNTS.oneConnector : ACCOUNTS.normal;
  }
}

/** The brand's login page, which the cloud's separate window opens. */
export const LOGIN_PAGE = "/login";

/** How the separate window speaks: as connectors do since May 2018, or as older ones do. */
export const DIALECTS = {
  rfc: { label: "OAuth 2 RFC", connector: "2048" },
  openid: { label: "openID", connector: "2049" },
} as const;

export type Dialect = keyof typeof DIALECTS;

export const CONNECTORS = {
  anonymous: "2041",
  implicit: "2042",
  implicitJwks: "2043",
  code: "2044",
  codePkce: "2045",
  hybrid: "2046",
  endpointCode: "2047",
  separateRfc: DIALECTS.rfc.connector,
  separateOpenid: DIALECTS.openid.connector,
} as const;

/** The connector that the engagement names, and with it the page method that the window calls. */
export function connectorFor(setup: Setup): string {
  switch (setup) {
    case "implicit":
    case "anonymous":
      return CONNECTORS.implicit;
    case "implicit-jwks":
    case "widget":
    case "refresh":
    case "dpop":
    case "par":
    case "redirect":
    case "endpoint":
    case "provider":
    case "host":
    case "fedcm":
    case "step-up":
    case "connector":
      return CONNECTORS.implicitJwks;
    case "code":
      return CONNECTORS.code;
    case "code-pkce":
      return CONNECTORS.codePkce;
    case "hybrid":
      return CONNECTORS.hybrid;
    case "endpoint-code":
      return CONNECTORS.endpointCode;
  }
}

/** Where the page methods live; each kind of connector shows another form of context. */
export const PAGE_METHODS = {
  [CONNECTORS.implicit]: { jsContext: "window", jsMethodName: "lpGetAuthenticationToken" },
  [CONNECTORS.implicitJwks]: { jsContext: "window", jsMethodName: "lpGetAuthenticationToken" },
  [CONNECTORS.code]: { jsContext: "lpMethods", jsMethodName: "lpGetAuthenticationToken" },
  [CONNECTORS.codePkce]: { jsContext: "bank.messaging", jsMethodName: "getCredential" },
  [CONNECTORS.hybrid]: { jsContext: "window", jsMethodName: "lpGetAuthenticationToken" },
  [CONNECTORS.endpointCode]: { jsContext: "window", jsMethodName: "lpGetAuthenticationToken" },
} as const;

/** The trouble that the authorization endpoint is asked for, in the address it is given. */
export type IdpTrouble = "slow" | "coop" | "never" | "down" | "no-cookies" | "ended" | "cut";

export function idpTroubleFor(trouble: Trouble): IdpTrouble | null {
  switch (trouble) {
    case "slow-idp":
      return "slow";
    case "coop-idp":
      return "coop";
    case "never":
      return "never";
    case "idp-down":
      return "down";
    case "cookies-blocked":
      return "no-cookies";
    case "session-ended":
      return "ended";
    case "offline":
      return "cut";
    default:
      return null;
  }
}

/** The trouble that the site's credential endpoint is asked for, in the address it is given. */
export type EndpointTrouble = "down" | "html" | "slow" | "cut";

export function endpointTroubleFor(trouble: Trouble): EndpointTrouble | null {
  switch (trouble) {
    case "endpoint-down":
      return "down";
    case "endpoint-html":
      return "html";
    case "endpoint-slow":
      return "slow";
    case "offline":
      return "cut";
    default:
      return null;
  }
}

/** The page's script that makes the trouble, by its file's name. */
export function scriptFor(trouble: Trouble): string | null {
  switch (trouble) {
    case "popup-blocked":
      return "no-popups.js";
    case "wrong-clock":
      return "wrong-clock.js";
    default:
      return null;
  }
}

export const BRAND = "Alder & Wren";
