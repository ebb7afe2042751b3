import { checkConfig, optionNames, type Contradiction, type Mistake } from "./check-config.js";
import type { Problem } from "./checks.js";
import { ConfigError } from "./config-error.js";
import {
  fromConnector,
  type Completed,
  type ConsumerAuthConfig,
  type ResolvedConfig,
} from "./options.js";

/** What is wrong with a value, and what to write instead; the option's name stands before it. */
const problems: Readonly<Record<Exclude<Problem, "choice">, string>> = {
  absolute: "must be a full URL such as https://login.example.com/authorize",
  accountId: "must be the account's id: letters, digits, - and _",
  age: "must be a number of seconds from 0 to 31536000",
  boolean: "must be true or false",
  credentials: "must not hold a user name or a password",
  fragment: "must not have a fragment (#…)",
  function: "must be a function, or the dotted path to one",
  hosts: "must be a list of host names",
  https: "must begin with https:// (http:// is for loopback addresses only)",
  identity: "must be { iss, sub }, a function that gives it, or the dotted path to one",
  key: "is not an RSA public key: write the base64 of its SubjectPublicKeyInfo on one line, or PEM (BEGIN PUBLIC KEY), as in the connector",
  methodName:
    "must be one name such as lpGetAuthenticationToken; the path to it goes into jsContext",
  milliseconds: "must be a number of milliseconds from 1 to 86400000",
  name: "must be one name such as consumerAuth",
  names: "must be a list of names",
  origin:
    "must be a page on the origin of this page; put callback.html and callback.js there, and write its path, such as /callback.html",
  parameters: 'must be a record of texts, or a query such as "a=1&b=2"',
  path: "must be a dotted path of names such as window, lpMethods or brand.chat",
  privateKey:
    "is a private key, which must never be in a page: replace that key pair now, and write the public key here",
  prompt:
    "must be one or more of login, consent, select_account and create; none is what silent does",
  reserved:
    "must not hold what the request says by itself, such as state or nonce, nor what is an option",
  scope: "must contain openid",
  seconds: "must be a number of seconds from 0 to 600",
  text: "must be text that is not empty",
};

const contradictions: Readonly<Record<Contradiction, string>> = {
  noAccount:
    'accountId is missing: anonymous tokens come from that account. Give it, or set anonymous to false or engagement to "authenticated".',
  noAnonymous:
    'anonymous is false, and engagement "unauthenticated" knows nothing else. Remove one of the two.',
  noCode: 'exchange "widget" needs flow "code": there is no code to exchange in the implicit flow.',
  noClient: "clientId is missing: write the id of the client at your identity provider.",
  noRedirect:
    "redirectUri is missing: write where callback.html lies on your site, such as /callback.html.",
  noIssuer:
    "issuer is missing: without it no ID token can be verified. Write the iss of your identity provider, exactly.",
  noExchange:
    'dpop and refreshTokenStorage need exchange "widget": without it no token is requested here.',
  noHybrid:
    'responseType "code id_token" needs flow "code" and exchange "window": elsewhere the page has an ID token anyway.',
  noDiscovery:
    "issuer is no https:// URL (http:// on loopback addresses only): write it as one, or give the endpoints.",
  noEndpoint:
    "issuer is missing, and authorizationEndpoint too: give one of them, so that a login can start.",
};

const choices: Readonly<Record<string, string>> = {
  flow: "code or implicit",
  exchange: "window or widget",
  engagement: "either, authenticated or unauthenticated",
  refreshTokenStorage: "memory or encrypted",
  responseType: "code, or code id_token",
  transport: "auto, popup or redirect",
  embeddedBrowsers: "allowed or refused",
};

function explainUnknown(option: string): string {
  if (/secret/i.test(option)) {
    return `${option} is refused: a client secret belongs to the cloud's connector, never in a page. Replace the secret, since it has been public.`;
  }
  const meant = optionNames.find((known) => known.toLowerCase() === option.toLowerCase());
  return `${option} is not an option${meant ? `; did you mean ${meant}?` : "."}`;
}

function explain(mistake: Mistake): string {
  if (!("option" in mistake)) return contradictions[mistake.wrong];
  const { option, wrong } = mistake;
  if (wrong === "unknown") return explainUnknown(option);
  if (wrong !== "choice") return `${option} ${problems[wrong]}.`;
  return `${option} must be ${choices[option] ?? "another"}.`;
}

/** Says where a mistake comes from, if not from the page. */
function explainOrigin(input: Completed, mistake: Mistake): string {
  const { name, options } = input[fromConnector] ?? {};
  const option = "option" in mistake ? (mistake.option as keyof ConsumerAuthConfig) : undefined;
  return option && options?.[option] !== undefined && options[option] === input[option]
    ? ` It is from the ${name}: mend it there, or write ${option} on the page.`
    : "";
}

/**
 * Checks a configuration as a whole.
 *
 * @param input - as the brand wrote it
 * @returns the checked configuration, with defaults, frozen
 * @throws ConfigError with every mistake, each naming the option and the mend
 */
export function validateConfig(input: ConsumerAuthConfig): ResolvedConfig {
  const { config, mistakes } = checkConfig(input);
  if (mistakes.length > 0) {
    throw new ConfigError(
      mistakes.map((mistake) => explain(mistake) + explainOrigin(input, mistake)),
    );
  }
  return config;
}
