import { own } from "../base/own.js";
import { defaults, type ConsumerAuthConfig, type ResolvedConfig } from "./options.js";

const name = /^(?!constructor$|prototype$)[a-zA-Z]\w*$/;
const address = /^https:\/\/([a-z\d]+(-[a-z\d]+)*\.)+[a-z]{2,}(\/[\w./-]*)?$/;

/** The values of which nobody needs to be told more than that they will do. */
const plain: Readonly<Partial<Record<keyof ConsumerAuthConfig, RegExp>>> = {
  accountId: /^[\w-]+$/,
  flow: /^(code|implicit)$/,
  exchange: /^(window|widget)$/,
  engagement: /^(either|(un)?authenticated)$/,
  issuer: address,
  authorizationEndpoint: address,
  clientId: /\S/,
  scope: /^openid( |$)/,
  redirectUri: /^\/[\w.-]+(\/[\w.-]+)*$/,
  jsMethodName: name,
  jsContext: name,
  anonymous: /^false$/,
};

/**
 * Reads the attributes of the many script tags that say nothing unusual, without a checker for all
 * that can be wrong. What it takes, the checker takes too, to the same effect.
 *
 * @param input - attributes, as text
 * @returns `undefined` where the checker must have a look
 */
export function readPlainConfig(input: ConsumerAuthConfig): ResolvedConfig | undefined {
  const isPlain = Object.entries(input).every(([option, value]) =>
    Object.hasOwn(plain, option)
      ? plain[option as keyof ConsumerAuthConfig]?.test(value as string)
      : false,
  );
  const config = own({ ...defaults, ...input, anonymous: !input.anonymous });
  const { engagement, redirectUri } = config;
  const isComplete =
    engagement === "unauthenticated"
      ? config.anonymous && config.accountId
      : config.issuer &&
        config.clientId &&
        redirectUri &&
        (config.accountId ?? (!config.anonymous || engagement === "authenticated")) &&
        !(config.flow === "implicit" && config.exchange === "widget");
  if (!isPlain || !isComplete) return undefined;
  if (redirectUri) config.redirectUri = new URL(redirectUri, location.href).href;
  return Object.freeze(config);
}
