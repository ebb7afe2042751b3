/** How the identity provider answers: `code` (with or without PKCE) or `implicit` (`id_token`). */
export type Flow = "code" | "implicit";

/** Who exchanges the code: the cloud, to which the window carries it, or this widget. */
export type Exchange = "window" | "widget";

/** How the engagement that opens the window is declared in its campaign. */
export type Engagement = "either" | "authenticated" | "unauthenticated";

/** How the consumer gets to the identity provider, where they must act. */
export type Transport = "auto" | "popup" | "redirect";

/** What a function of the page is asked for. */
export interface ProviderRequest {
  /** The window's S256 challenge (RFC 7636), to which a code must be bound. */
  readonly codeChallenge?: string | undefined;
  /** Whether a person may be asked. */
  readonly interactive: boolean;
  /** What was given before will not do any more: a fresh one is wanted. */
  readonly renew: boolean;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** An ID token, a code with the redirect URI of its request, or nothing: nobody is signed in. */
export type ProviderAnswer =
  | string
  | { readonly id_token: string }
  | { readonly code: string; readonly redirect_uri: string }
  | null
  | undefined;

/** Gives the page's own credential. */
export type CredentialProvider = (
  request: ProviderRequest,
) => ProviderAnswer | Promise<ProviderAnswer>;

/** Who is signed in, as the token says it: `sub` is unique and can't be guessed. */
export interface Identity {
  readonly iss: string;
  readonly sub: string;
}

/** Tells who is signed in; `null` where nobody is. */
export type IdentityProvider = () => Identity | null | Promise<Identity | null>;

/** What an authorization request says besides what it must (OpenID Connect Core 1.0 section 3.1.2.1). */
export interface RequestOptions {
  /** The levels of authentication that will do, best first, separated by spaces; one must come back. */
  acrValues?: string;
  /** Seconds since the consumer last proved who they are; `auth_time` is checked. */
  maxAge?: number;
  /** `login`, `consent`, `select_account` or `create`, separated by spaces. */
  prompt?: string;
  /** Who is likely to sign in. */
  loginHint?: string;
  /** The languages of the identity provider's pages, best first, separated by spaces. */
  uiLocales?: string;
  /** Whatever else the identity provider understands; in an attribute as a query, `a=1&b=2`. */
  authorizationParameters?: Readonly<Record<string, string>>;
}

/**
 * The configuration, in the words of the connector's settings. The same options are attributes of
 * `<consumer-auth>` (`client-id`) and `data-*` attributes of the script tag (`data-client-id`).
 */
export interface ConsumerAuthConfig extends RequestOptions {
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
  /** https URL where authorization requests are pushed before a login starts (RFC 9126). */
  pushedAuthorizationRequestEndpoint?: string;
  /** Default `false`. Binds the tokens of `exchange: "widget"` to a key of the page (RFC 9449). */
  dpop?: boolean;
  /** https URL of the identity provider's public keys. */
  jwksEndpoint?: string;
  /** https URL where a session at the identity provider ends (RP-Initiated Logout 1.0). */
  endSessionEndpoint?: string;
  /** https URL where a refresh token is revoked (RFC 7009). */
  revocationEndpoint?: string;
  /** The public key of the connector: one line of base64, or PEM. Wins over `jwksEndpoint`. */
  jwtPublicKey?: string;
  /** The client at the identity provider. */
  clientId?: string;
  /** Default `openid`. Space-separated. */
  scope?: string;
  /**
   * Default `code`. With `code id_token` (hybrid flow) the page learns who signed in while the code
   * goes to the window.
   */
  responseType?: "code" | "code id_token";
  /** The return page, `callback.html`, on the origin of the page. May be relative to the page. */
  redirectUri?: string;
  /** Where the consumer comes back to after a sign-out at the identity provider. Default: the return page. */
  postLogoutRedirectUri?: string;
  /** Default `lpGetAuthenticationToken`. */
  jsMethodName?: string;
  /** Default `window`: a dotted path from the global scope. */
  jsContext?: string;
  /** An endpoint of the brand's site that knows who is signed in there, and answers with a credential. */
  credentialEndpoint?: string;
  /** A function of the page that gives the credential, or the dotted path to one. */
  provider?: CredentialProvider | string;
  /** The bridge of the brand's own app, inside of which the page may be shown. */
  host?: string;
  /** Who is signed in, where the page has no ID token to read it from: an object, a function or the path to one. */
  identity?: Identity | IdentityProvider | string;
  /** Default `true`: the cloud is told by `lpTag.newPage` when somebody signs in or out, or the page changes its address. */
  newPage?: boolean;
  /** The names that `lpTag.newPage` passes on. In an attribute they are separated by spaces. */
  sections?: readonly string[];
  /** Default `auto`: a popup, and a redirect where popups can't be relied on. */
  transport?: Transport;
  /**
   * Default `allowed`. `refused`: the identity provider shows no login in browsers inside of apps, as
   * Google; the consumer is told how to open the page in their own browser.
   */
  embeddedBrowsers?: "allowed" | "refused";
  /** Default `true`: whoever has a session at the identity provider isn't asked. */
  silent?: boolean;
  /** Default `memory`. `encrypted`: the refresh token outlives the page, encrypted with a key that can't be read. */
  refreshTokenStorage?: "memory" | "encrypted";
  /** https URL of the identity provider's FedCM configuration. */
  fedcmConfigUrl?: string;
  /** Default `true`: fall back to an anonymous token where the engagement allows it. */
  anonymous?: boolean;
  /** Default `https://api.liveperson.net`: where the cloud's hosts are looked up. */
  domainApi?: string;
  /**
   * Default `["liveperson.net", "lpsnmedia.net"]`: the hosts, or the domains above them, that an
   * answer of the Domain API may name. In an attribute they are separated by spaces.
   */
  cloudHosts?: readonly string[];
  /**
   * The connector whose public configuration completes what is left out here. Needed where the
   * account has several and prefers none.
   */
  connectorId?: string;
  /** Default `https://accdn.lpsnmedia.net`: where the cloud publishes the account's connectors. */
  connectorApi?: string;
  /** The name that the prompt shows. Default: the host of the page. */
  brandName?: string;
  /**
   * Milliseconds for one answer. They stand still while a person acts, and begin anew afterwards.
   * Default 20 000.
   */
  answerTimeout?: number;
  /** Milliseconds for one HTTP request. Default 10 000. */
  requestTimeout?: number;
  /** Milliseconds for a sign-in without the consumer's help. Default 5 000. */
  silentTimeout?: number;
  /** Milliseconds in which a person may act. Default 300 000. */
  interactionTimeout?: number;
  /** Seconds by which clocks may differ. Default 60. */
  clockTolerance?: number;
}

/**
 * The key under which a completed configuration says what of it is a connector's. It is no option, and
 * copies by a spread carry it along.
 */
export const fromConnector = Symbol();

/** A configuration; where a connector has completed it, with what that contributed. */
export type Completed = ConsumerAuthConfig & {
  readonly [fromConnector]?: {
    /** The connector, for messages. */
    readonly name: string;
    readonly options: ConsumerAuthConfig;
  };
};

/** A configuration that was checked, with its defaults in place. Frozen. */
export type ResolvedConfig = Readonly<
  Required<Pick<ConsumerAuthConfig, keyof typeof defaults>> & ConsumerAuthConfig
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
  silent: true,
  transport: "auto",
  domainApi: "https://api.liveperson.net",
  cloudHosts: Object.freeze(["liveperson.net", "lpsnmedia.net"]),
  answerTimeout: 20_000,
  requestTimeout: 10_000,
  interactionTimeout: 300_000,
  clockTolerance: 60,
} as const satisfies ConsumerAuthConfig;

/** Whether the page, or what is around it, can give a credential of its own. */
export const hasOwnSource = (config: ConsumerAuthConfig): boolean =>
  Boolean(config.credentialEndpoint ?? config.provider ?? config.host);
