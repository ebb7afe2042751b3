import { own } from "../base/own.js";
import {
  boolean,
  callable,
  endpoint,
  identity,
  list,
  matching,
  number,
  ownPage,
  parameters,
  path,
  publicKey,
  siteEndpoint,
  type Check,
  type Problem,
} from "./checks.js";
import { pathName } from "./path.js";
import { defaults, hasOwnSource, type ConsumerAuthConfig, type ResolvedConfig } from "./options.js";

const text = matching("text", /\S/);
const milliseconds = number("milliseconds", 1, 86_400_000);

/** Every option with its check, once. */
const checks: Readonly<Record<keyof ConsumerAuthConfig, Check>> = {
  accountId: matching("accountId", /^[\w-]+$/),
  flow: matching("choice", /^(code|implicit)$/),
  exchange: matching("choice", /^(window|widget)$/),
  engagement: matching("choice", /^(either|(un)?authenticated)$/),
  // A StringOrURI, compared to the letter (RFC 7519 section 4.1.1).
  issuer: text,
  authorizationEndpoint: endpoint,
  clientId: text,
  scope: matching("scope", /(^| )openid( |$)/),
  redirectUri: ownPage,
  jsMethodName: matching("methodName", pathName),
  jsContext: path,
  anonymous: boolean,
  tokenEndpoint: endpoint,
  jwksEndpoint: endpoint,
  endSessionEndpoint: endpoint,
  revocationEndpoint: endpoint,
  pushedAuthorizationRequestEndpoint: endpoint,
  jwtPublicKey: publicKey,
  responseType: matching("choice", /^code( id_token)?$/),
  postLogoutRedirectUri: siteEndpoint,
  credentialEndpoint: siteEndpoint,
  provider: callable,
  host: matching("name", pathName),
  identity,
  newPage: boolean,
  sections: list("names"),
  transport: matching("choice", /^(auto|popup|redirect)$/),
  embeddedBrowsers: matching("choice", /^(allowed|refused)$/),
  silent: boolean,
  refreshTokenStorage: matching("choice", /^(memory|encrypted)$/),
  dpop: boolean,
  fedcmConfigUrl: endpoint,
  acrValues: text,
  maxAge: number("age", 0, 31_536_000),
  prompt: matching("prompt", /^(?!(.* )?none( |$))\S/),
  loginHint: text,
  uiLocales: text,
  authorizationParameters: parameters,
  connectorId: matching("accountId", /^[\w-]+$/),
  connectorApi: endpoint,
  domainApi: endpoint,
  cloudHosts: list("hosts"),
  brandName: text,
  answerTimeout: milliseconds,
  requestTimeout: milliseconds,
  silentTimeout: milliseconds,
  interactionTimeout: milliseconds,
  clockTolerance: number("seconds", 0, 600),
};

const isOption = (name: string): name is keyof ConsumerAuthConfig => Object.hasOwn(checks, name);

/** The names of all options, in camel case. */
export const optionNames = Object.keys(checks) as readonly (keyof ConsumerAuthConfig)[];

/** What can only be seen when the options stand side by side. */
export type Contradiction =
  | "noAccount"
  | "noAnonymous"
  | "noCode"
  | "noClient"
  | "noRedirect"
  | "noIssuer"
  | "noEndpoint"
  | "noDiscovery"
  | "noHybrid"
  | "noExchange";

/** One mistake of a configuration; `explain.ts` has the words. */
export type Mistake =
  | { readonly option: string; readonly wrong: Problem | "unknown" }
  | { readonly wrong: Contradiction };

function findContradictions(config: ResolvedConfig, mistakes: Mistake[]): void {
  const { flow, exchange, engagement, accountId, anonymous, issuer } = config;
  const when = (holds: unknown, wrong: Contradiction): void => {
    if (holds) mistakes.push({ wrong });
  };
  when(engagement !== "authenticated" && anonymous && !accountId, "noAccount");
  if (engagement === "unauthenticated") {
    when(!anonymous, "noAnonymous");
    return;
  }
  const inPage = exchange === "widget";
  const hybrid = config.responseType === "code id_token";
  const verifies = flow === "implicit" || inPage || hybrid;
  when(flow === "implicit" && inPage, "noCode");
  when(hybrid && (flow === "implicit" || inPage), "noHybrid");
  when(!inPage && [config.dpop, config.refreshTokenStorage].some(Boolean), "noExchange");
  when(verifies && !issuer, "noIssuer");
  const key = config.jwtPublicKey ?? config.jwksEndpoint;
  let discovers = verifies && !key;
  // A page with a source of its own may do without a login; the client is whom its tokens are for.
  const isLogin = config.clientId && (config.redirectUri ?? !verifies);
  if (isLogin || !hasOwnSource(config)) {
    when(!config.clientId, "noClient");
    when(!config.redirectUri, "noRedirect");
    when(!verifies && !issuer && !config.authorizationEndpoint, "noEndpoint");
    discovers ||= !config.authorizationEndpoint;
  }
  if (discovers) endpoint(issuer ?? "https://x", () => when(true, "noDiscovery"));
}

/**
 * Checks a configuration as a whole.
 *
 * @param input - as the brand wrote it; attributes' text is understood too
 * @returns the configuration with its defaults, frozen, good for use only without mistakes; and every
 * mistake
 */
export function checkConfig(input: ConsumerAuthConfig): {
  readonly config: ResolvedConfig;
  readonly mistakes: readonly Mistake[];
} {
  const mistakes: Mistake[] = [];
  const checked: Record<string, unknown> = own({ ...defaults });
  for (const [option, value] of Object.entries(input)) {
    if (value === undefined || value === null) continue;
    const fail = (wrong: Problem | "unknown"): void => {
      mistakes.push({ option, wrong });
    };
    // A refused option stands in nevertheless, so that it isn't called missing as well.
    if (isOption(option)) checked[option] = checks[option](value, fail);
    else fail("unknown");
  }
  const config = Object.freeze(checked) as unknown as ResolvedConfig;
  findContradictions(config, mistakes);
  return { config, mistakes };
}
