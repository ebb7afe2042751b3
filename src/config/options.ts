/** How the identity provider answers: `code` (with or without PKCE) or `implicit` (`id_token`). */
export type Flow = "code" | "implicit";

/** Who exchanges the code: the cloud, to which the window carries it, or this widget. */
export type Exchange = "window" | "widget";

/** How the engagement that opens the window is declared in its campaign. */
export type Engagement = "either" | "authenticated" | "unauthenticated";

/**
 * The configuration, in the words of the connector's settings. The same options are attributes of
 * `<consumer-auth>` (`client-id`) and `data-*` attributes of the script tag (`data-client-id`).
 */
export interface ConsumerAuthConfig {
  /** The brand's account at the cloud. Needed for anonymous tokens. */
  accountId?: string;
  /** Default `code`. */
  flow?: Flow;
  /** Default `window`. With `widget` the page is a public client with PKCE of its own. */
  exchange?: Exchange;
  /** Default `either`: a signed-in consumer where possible, an anonymous one otherwise. */
  engagement?: Engagement;
  /** The expected `iss`, exactly. Endpoints that are not given are discovered from it. */
  issuer?: string;
  /** https URL where a login starts. */
  authorizationEndpoint?: string;
  /** https URL where a code is exchanged; used with `exchange: "widget"` only. */
  tokenEndpoint?: string;
  /** https URL of the identity provider's public keys. */
  jwksEndpoint?: string;
  /** The public key of the connector: one line of base64, or PEM. Wins over `jwksEndpoint`. */
  jwtPublicKey?: string;
  /** The client at the identity provider. */
  clientId?: string;
  /** Default `openid`. Space-separated. */
  scope?: string;
  /** The return page, `callback.html`, on the origin of the page. May be relative to the page. */
  redirectUri?: string;
  /** Default `lpGetAuthenticationToken`. */
  jsMethodName?: string;
  /** Default `window`: a dotted path from the global scope. */
  jsContext?: string;
  /** Default `true`: fall back to an anonymous token where the engagement allows it. */
  anonymous?: boolean;
  /** Default `https://api.liveperson.net`: where the cloud's hosts are looked up. */
  domainApi?: string;
  /**
   * Default `["liveperson.net", "lpsnmedia.net"]`: the hosts, or the domains above them, that an
   * answer of the Domain API may name. In an attribute they are separated by spaces.
   */
  cloudHosts?: readonly string[];
  /** The name that the prompt shows. Default: the host of the page. */
  brandName?: string;
  /**
   * Milliseconds for one answer. They stand still while a person acts, and begin anew afterwards.
   * Default 20 000.
   */
  answerTimeout?: number;
  /** Milliseconds for one HTTP request. Default 10 000. */
  requestTimeout?: number;
  /** Milliseconds in which a person may act. Default 300 000. */
  interactionTimeout?: number;
  /** Seconds by which clocks may differ. Default 60. */
  clockTolerance?: number;
}

/** A configuration that was checked, with its defaults in place. Frozen. */
export type ResolvedConfig = Readonly<
  Required<
    Pick<
      ConsumerAuthConfig,
      | "flow"
      | "exchange"
      | "engagement"
      | "scope"
      | "jsMethodName"
      | "jsContext"
      | "anonymous"
      | "domainApi"
      | "cloudHosts"
      | "answerTimeout"
      | "requestTimeout"
      | "interactionTimeout"
      | "clockTolerance"
    >
  > &
    ConsumerAuthConfig
>;

/** The part of the defaults that the page method needs. */
export const pageMethodDefaults = {
  flow: "code",
  exchange: "window",
  jsMethodName: "lpGetAuthenticationToken",
  jsContext: "window",
} as const satisfies ConsumerAuthConfig;

/** The options of a page that says nothing. */
export const defaults = {
  ...pageMethodDefaults,
  engagement: "either",
  scope: "openid",
  anonymous: true,
  domainApi: "https://api.liveperson.net",
  cloudHosts: ["liveperson.net", "lpsnmedia.net"],
  answerTimeout: 20_000,
  requestTimeout: 10_000,
  interactionTimeout: 300_000,
  clockTolerance: 60,
} as const satisfies ConsumerAuthConfig;
