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
  widget: {
    label: "Exchange in the page",
    hint: "The page is a public client with PKCE, exchanges the code itself and hands over the ID token.",
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
  "slow-idp": { label: "Slow identity provider", hint: "Each of its pages is some seconds late." },
  "coop-idp": {
    label: "Isolated identity provider",
    hint: "Cross-Origin-Opener-Policy cuts the popup’s ties with this page.",
  },
  never: { label: "Silent identity provider", hint: "Its sign-in page never arrives." },
  "idp-down": { label: "Identity provider down", hint: "It answers with 503 to every sign-in." },
  "wrong-key": {
    label: "Wrong key in the cloud",
    hint: "The connector holds a key that doesn’t fit the bank’s tokens (9007).",
  },
  "wrong-key-page": {
    label: "Wrong key in the page",
    hint: "The tag holds a key that doesn’t fit: the token is refused before the window gets it.",
  },
  "cloud-down": { label: "Cloud down", hint: "Its identity services answer with 503." },
  "lookup-down": { label: "Domain API down", hint: "The cloud’s hosts can’t be looked up." },
  "anonymous-off": {
    label: "Anonymous switched off",
    hint: "The account doesn’t have unauthenticated messaging (2005).",
  },
} satisfies Record<string, Choice>;

export type Setup = keyof typeof SETUPS;
export type Engagement = keyof typeof ENGAGEMENTS;
export type Trouble = keyof typeof TROUBLES;

export interface Scenario {
  readonly setup: Setup;
  readonly engagement: Engagement;
  readonly trouble: Trouble;
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
} as const;

export function accountFor(trouble: Trouble): string {
  switch (trouble) {
    case "anonymous-off":
      return ACCOUNTS.anonymousOff;
    case "cloud-down":
      return ACCOUNTS.cloudDown;
    case "lookup-down":
      return ACCOUNTS.lookupDown;
    case "wrong-key":
      return ACCOUNTS.wrongKey;
    default:
      return ACCOUNTS.normal;
  }
}

export const CONNECTORS = {
  anonymous: "2041",
  implicit: "2042",
  implicitJwks: "2043",
  code: "2044",
  codePkce: "2045",
} as const;

/** The connector that the engagement names, and with it the page method that the window calls. */
export function connectorFor(setup: Setup): string {
  switch (setup) {
    case "implicit":
    case "anonymous":
      return CONNECTORS.implicit;
    case "implicit-jwks":
    case "widget":
      return CONNECTORS.implicitJwks;
    case "code":
      return CONNECTORS.code;
    case "code-pkce":
      return CONNECTORS.codePkce;
  }
}

/** Where the page methods live; each kind of connector shows another form of context. */
export const PAGE_METHODS = {
  [CONNECTORS.implicit]: { jsContext: "window", jsMethodName: "lpGetAuthenticationToken" },
  [CONNECTORS.implicitJwks]: { jsContext: "window", jsMethodName: "lpGetAuthenticationToken" },
  [CONNECTORS.code]: { jsContext: "lpMethods", jsMethodName: "lpGetAuthenticationToken" },
  [CONNECTORS.codePkce]: { jsContext: "bank.messaging", jsMethodName: "getCredential" },
} as const;

/** The trouble that the authorization endpoint is asked for, in the address it is given. */
export type IdpTrouble = "slow" | "coop" | "never" | "down";

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
    default:
      return null;
  }
}

export const BRAND = "Alder & Wren";
