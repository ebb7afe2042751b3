import { ConfigError } from "../base/errors.js";
import {
  boolean,
  endpoint,
  list,
  matching,
  number,
  oneOf,
  ownPage,
  publicKey,
  text,
  type Check,
} from "./checks.js";
import { defaults, type ConsumerAuthConfig, type ResolvedConfig } from "./options.js";
import { parsePath } from "./path.js";

const path: Check = (value, refuse) =>
  typeof value === "string" && parsePath(value)
    ? value
    : refuse(
        "must be a dotted path of names such as lpMethods or brand.chat, without __proto__, constructor or prototype",
      );

const methodName: Check = (value, refuse) =>
  typeof value === "string" && parsePath(value)?.length === 1
    ? value
    : refuse(
        "must be one name such as lpGetAuthenticationToken; the path to it goes into jsContext",
      );

const milliseconds = number(1, 86_400_000, "milliseconds");

/** Every option with its check, once. */
const checks: Readonly<Record<keyof ConsumerAuthConfig, Check>> = {
  accountId: matching(/^[\w-]+$/, "must be the account's id: letters, digits, - and _"),
  flow: oneOf("code", "implicit"),
  exchange: oneOf("window", "widget"),
  engagement: oneOf("either", "authenticated", "unauthenticated"),
  issuer: endpoint,
  authorizationEndpoint: endpoint,
  tokenEndpoint: endpoint,
  jwksEndpoint: endpoint,
  jwtPublicKey: publicKey,
  clientId: text,
  scope: matching(/^(.* )?openid( .*)?$/, 'must contain "openid"'),
  redirectUri: ownPage,
  jsMethodName: methodName,
  jsContext: path,
  anonymous: boolean,
  domainApi: endpoint,
  cloudHosts: list,
  brandName: text,
  answerTimeout: milliseconds,
  requestTimeout: milliseconds,
  interactionTimeout: milliseconds,
  clockTolerance: number(0, 600, "seconds"),
  locale: matching(/^[a-zA-Z]{2,8}(-[a-zA-Z\d]{1,8})*$/, "must be a language tag such as en or pt-BR"),
};

/** The names of all options, in camel case. */
export const optionNames = Object.keys(checks) as readonly (keyof ConsumerAuthConfig)[];

function refusalOfUnknown(name: string): string {
  if (/secret/i.test(name)) {
    return `${name} is refused: a client secret belongs to the cloud's connector and must never be in a page. Remove it here, and replace the secret, since it has been public.`;
  }
  const meant = optionNames.find((known) => known.toLowerCase() === name.toLowerCase());
  return `${name} is not an option${meant ? `; did you mean ${meant}?` : "."}`;
}

/** What can only be seen when the options stand side by side. */
function* contradictions(config: ResolvedConfig): Iterable<string> {
  const { flow, exchange, engagement, accountId } = config;
  if (engagement !== "authenticated" && config.anonymous && !accountId) {
    yield 'accountId is missing: anonymous tokens come from that account. Give it, or set anonymous to false or engagement to "authenticated".';
  }
  if (engagement === "unauthenticated") {
    if (!config.anonymous) {
      yield 'anonymous is false, and engagement "unauthenticated" knows nothing else. Remove one of the two.';
    }
    return;
  }
  if (flow === "implicit" && exchange === "widget") {
    yield 'exchange "widget" needs flow "code": there is no code to exchange in the implicit flow.';
  }
  if (!config.clientId) yield "clientId is missing: the client at your identity provider.";
  if (!config.redirectUri) {
    yield "redirectUri is missing: where callback.html lies on your site, such as /callback.html.";
  }
  if (config.issuer) return;
  if (flow === "implicit" || exchange === "widget") {
    yield "issuer is missing: without it no ID token can be verified. Write the iss of your identity provider, exactly.";
  } else if (!config.authorizationEndpoint) {
    yield "issuer is missing, and authorizationEndpoint too: give one of them, so that a login can start.";
  }
}

/**
 * Checks a configuration as a whole, once.
 *
 * @param config - as the brand wrote it; attributes' text is understood too
 * @returns the checked configuration, with defaults, frozen
 * @throws ConfigError with every mistake, each naming the option and the mend
 */
export function validateConfig(config: ConsumerAuthConfig): ResolvedConfig {
  const mistakes: string[] = [];
  const checked: Record<string, unknown> = { ...defaults };
  for (const [name, value] of Object.entries(config)) {
    if (value === undefined || value === null) continue;
    const check = Object.hasOwn(checks, name) && checks[name as keyof ConsumerAuthConfig];
    if (!check) {
      mistakes.push(refusalOfUnknown(name));
      continue;
    }
    const kept = check(value, (problem) => {
      mistakes.push(`${name} ${problem}.`);
      return undefined;
    });
    // A refused option stands in as it was given, so that it isn't called missing as well.
    checked[name] = kept ?? value;
  }
  mistakes.push(...contradictions(checked as unknown as ResolvedConfig));
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return Object.freeze(checked) as unknown as ResolvedConfig;
}
