import {
  boolean,
  endpoint,
  hosts,
  matching,
  number,
  ownPage,
  path,
  publicKey,
  type Check,
  type Problem,
} from "./checks.js";
import { pathName } from "./path.js";
import { defaults, type ConsumerAuthConfig, type ResolvedConfig } from "./options.js";

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
  tokenEndpoint: endpoint,
  jwksEndpoint: endpoint,
  jwtPublicKey: publicKey,
  clientId: text,
  scope: matching("scope", /(^| )openid( |$)/),
  redirectUri: ownPage,
  jsMethodName: matching("methodName", pathName),
  jsContext: path,
  anonymous: boolean,
  domainApi: endpoint,
  cloudHosts: hosts,
  brandName: text,
  answerTimeout: milliseconds,
  requestTimeout: milliseconds,
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
  | "noDiscovery";

/** One mistake of a configuration; `explain.ts` has the words. */
export type Mistake =
  | { readonly option: string; readonly wrong: Problem | "unknown" }
  | { readonly wrong: Contradiction };

function findContradictions(config: ResolvedConfig, mistakes: Mistake[]): void {
  const { flow, exchange, engagement, accountId, anonymous, issuer } = config;
  const when = (holds: boolean, wrong: Contradiction): void => {
    if (holds) mistakes.push({ wrong });
  };
  when(engagement !== "authenticated" && anonymous && !accountId, "noAccount");
  if (engagement === "unauthenticated") {
    when(!anonymous, "noAnonymous");
    return;
  }
  const verifies = flow === "implicit" || exchange === "widget";
  when(flow === "implicit" && exchange === "widget", "noCode");
  when(!config.clientId, "noClient");
  when(!config.redirectUri, "noRedirect");
  when(verifies && !issuer, "noIssuer");
  if (!config.authorizationEndpoint) {
    when(!verifies && !issuer, "noEndpoint");
    endpoint(issuer ?? "https://x", () => when(true, "noDiscovery"));
  }
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
  const checked: Record<string, unknown> = { ...defaults };
  const given: Record<string, unknown> = { ...defaults, ...input };
  for (const [option, value] of Object.entries(given)) {
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
